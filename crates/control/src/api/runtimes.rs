//! `/api/v1/runtimes`.

use std::convert::Infallible;

use axum::Json as Reply;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use shukuba_model::RuntimeName;
use shukuba_model::wire::{LaunchEvent, LaunchRequest, RuntimeView};
use tokio::sync::mpsc;

use super::extract::{Json, Query};
use crate::{Control, ControlError};

/// How many launch events wait for a slow reader before the build waits too.
const EVENT_BACKLOG: usize = 256;

/// `GET`: every runtime.
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<RuntimeView>>, ControlError> {
    control.runtimes().await.map(Reply)
}

/// `GET` of one, by name, id or ARN.
pub(crate) async fn show(
    State(control): State<Control>,
    Path(runtime): Path<String>,
) -> Result<Reply<RuntimeView>, ControlError> {
    control.runtime(&runtime).await.map(Reply)
}

/// `DELETE` of one, by name, id or ARN.
pub(crate) async fn destroy(
    State(control): State<Control>,
    Path(runtime): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.destroy(&runtime).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/versions`: a launch, answered with its events as they come.
pub(crate) async fn launch(
    State(control): State<Control>,
    Path(name): Path<String>,
    Json(body): Json<LaunchRequest>,
) -> Result<Response, ControlError> {
    let name: RuntimeName = name
        .parse()
        .map_err(|error: shukuba_model::NameError| ControlError::invalid(error.to_string()))?;
    let (events, receiver) = mpsc::channel(EVENT_BACKLOG);
    // The launch goes on when its reader hangs up: half a launch helps nobody.
    tokio::spawn(async move { control.launch(name, body, events).await });
    let lines = tokio_stream(receiver).map(|event| Ok::<_, Infallible>(line(&event)));
    Ok(streamed("application/x-ndjson", Body::from_stream(lines)))
}

/// Which log lines are wanted.
#[derive(Deserialize)]
pub(crate) struct LogQuery {
    #[serde(default = "default_tail")]
    tail: usize,
    #[serde(default)]
    follow: bool,
}

fn default_tail() -> usize {
    100
}

/// `GET …/logs`: what its instances print, as plain lines.
pub(crate) async fn logs(
    State(control): State<Control>,
    Path(runtime): Path<String>,
    Query(query): Query<LogQuery>,
) -> Result<Response, ControlError> {
    let lines = control.logs(&runtime, query.tail, query.follow).await?;
    let lines = lines.map(|line| Ok::<_, Infallible>(Bytes::from(line + "\n")));
    Ok(streamed(
        "text/plain; charset=utf-8",
        Body::from_stream(lines),
    ))
}

fn tokio_stream<T>(receiver: mpsc::Receiver<T>) -> impl Stream<Item = T> {
    futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|item| (item, receiver))
    })
}

fn line(event: &LaunchEvent) -> Bytes {
    // Serialising our own event types cannot fail: no map with non-string keys.
    let mut text = serde_json::to_string(event).unwrap_or_default();
    text.push('\n');
    Bytes::from(text)
}

fn streamed(kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
