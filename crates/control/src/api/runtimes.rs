//! `/api/v1/runtimes`.

use std::convert::Infallible;

use axum::Json as Reply;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use shukuba_model::RuntimeName;
use shukuba_model::traffic::Slot;
use shukuba_model::wire::{
    InstanceView, LaunchEvent, LaunchRequest, Problem, Rollback, RuntimeRules, RuntimeView,
};
use tokio::sync::mpsc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use crate::{Control, ControlError};

/// How many launch events wait for a slow reader before the build waits too.
const EVENT_BACKLOG: usize = 256;

/// Every route of runtimes.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(show, destroy))
        .routes(routes!(launch))
        .routes(routes!(rollback))
        .routes(routes!(set_rules))
        .routes(routes!(instances))
        .routes(routes!(traffic))
        .routes(routes!(stop_instance))
        .routes(routes!(logs))
}

/// Lists every runtime, by name.
#[utoipa::path(
    get,
    path = "/api/v1/runtimes",
    operation_id = "listRuntimes",
    tag = "runtimes",
    responses(
        (status = OK, description = "Every runtime", body = Vec<RuntimeView>),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<RuntimeView>>, ControlError> {
    control.runtimes().await.map(Reply)
}

/// Shows a runtime.
#[utoipa::path(
    get,
    path = "/api/v1/runtimes/{runtime}",
    operation_id = "showRuntime",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN")),
    responses(
        (status = OK, description = "The runtime", body = RuntimeView),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
    )
)]
pub(crate) async fn show(
    State(control): State<Control>,
    Path(runtime): Path<String>,
) -> Result<Reply<RuntimeView>, ControlError> {
    control.runtime(&runtime).await.map(Reply)
}

/// Removes a runtime and stops its instances.
///
/// Its API and applications stay.
#[utoipa::path(
    delete,
    path = "/api/v1/runtimes/{runtime}",
    operation_id = "destroyRuntime",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN")),
    responses(
        (status = NO_CONTENT, description = "It is removed"),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
    )
)]
pub(crate) async fn destroy(
    State(control): State<Control>,
    Path(runtime): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.destroy(&runtime).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Builds a version of a runtime and makes it the newest.
///
/// The answer is a stream of events, a JSON object a line, as they come. Its
/// last line is `launched`, or `failed` when nothing changed. The launch goes on
/// when its reader hangs up.
#[utoipa::path(
    post,
    path = "/api/v1/runtimes/{runtime}/versions",
    operation_id = "launchVersion",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name; it is created when there is none of that name")),
    request_body = LaunchRequest,
    responses(
        (status = OK, description = "The events, a JSON object a line", body = LaunchEvent, content_type = "application/x-ndjson"),
    )
)]
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

/// Lets an earlier version of a runtime serve again.
///
/// It is started once to see that it still can; until then nothing changes.
/// Sessions stay on the version they began with, and the rules who may call stay
/// as they are.
#[utoipa::path(
    post,
    path = "/api/v1/runtimes/{runtime}/rollback",
    operation_id = "rollBackRuntime",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN")),
    request_body = Rollback,
    responses(
        (status = OK, description = "The runtime; that version serves", body = RuntimeView),
        (status = NOT_FOUND, description = "There is no such runtime or version", body = Problem),
        (status = CONFLICT, description = "The version does not start any more", body = Problem),
    )
)]
pub(crate) async fn rollback(
    State(control): State<Control>,
    Path(runtime): Path<String>,
    Json(body): Json<Rollback>,
) -> Result<Reply<RuntimeView>, ControlError> {
    // It goes on when its asker hangs up, as a launch does.
    tokio::spawn(async move { control.rollback(&runtime, body.version).await })
        .await
        .map_err(ControlError::internal)?
        .map(Reply)
}

/// Replaces who may call a runtime, with the checks of a launch.
///
/// The next request is judged by them, those of open sessions included. A later
/// launch from a project file brings the rules of that file again.
#[utoipa::path(
    put,
    path = "/api/v1/runtimes/{runtime}/rules",
    operation_id = "setRules",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN")),
    request_body = RuntimeRules,
    responses(
        (status = OK, description = "The runtime with these rules", body = RuntimeView),
        (status = BAD_REQUEST, description = "The rules allow every token, or their issuer cannot be asked", body = Problem),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
        (status = CONFLICT, description = "A launch is under way", body = Problem),
    )
)]
pub(crate) async fn set_rules(
    State(control): State<Control>,
    Path(runtime): Path<String>,
    Json(body): Json<RuntimeRules>,
) -> Result<Reply<RuntimeView>, ControlError> {
    let set = control.change_rules(&runtime, body).await?;
    Ok(Reply(set.runtime))
}

/// Lists the instances of a runtime that run or start now, the oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/runtimes/{runtime}/instances",
    operation_id = "listInstances",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN")),
    responses(
        (status = OK, description = "The instances", body = Vec<InstanceView>),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
    )
)]
pub(crate) async fn instances(
    State(control): State<Control>,
    Path(runtime): Path<String>,
) -> Result<Reply<Vec<InstanceView>>, ControlError> {
    control.instances(&runtime).await.map(Reply)
}

/// Counts the calls and refusals of a runtime within the last day.
///
/// Slots of ten minutes, the oldest first. They are kept in memory, and begin
/// anew with the server.
#[utoipa::path(
    get,
    path = "/api/v1/runtimes/{runtime}/traffic",
    operation_id = "showTraffic",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN")),
    responses(
        (status = OK, description = "The slots", body = Vec<Slot>),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
    )
)]
pub(crate) async fn traffic(
    State(control): State<Control>,
    Path(runtime): Path<String>,
) -> Result<Reply<Vec<Slot>>, ControlError> {
    control.traffic(&runtime).await.map(Reply)
}

/// Ends an instance, with its sessions and the requests it is answering.
///
/// The next request of its principal starts another.
#[utoipa::path(
    delete,
    path = "/api/v1/runtimes/{runtime}/instances/{instance}",
    operation_id = "stopInstance",
    tag = "runtimes",
    params(
        ("runtime" = String, Path, description = "The runtime's name, id or ARN"),
        ("instance" = String, Path, description = "The instance's id"),
    ),
    responses(
        (status = NO_CONTENT, description = "It was asked to end"),
        (status = NOT_FOUND, description = "There is no such runtime or instance", body = Problem),
    )
)]
pub(crate) async fn stop_instance(
    State(control): State<Control>,
    Path((runtime, instance)): Path<(String, String)>,
) -> Result<StatusCode, ControlError> {
    control.stop_instance(&runtime, &instance).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which log lines are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// How many of the last lines.
    #[serde(default = "default_tail")]
    #[param(default = 100)]
    tail: usize,
    /// Whether later lines follow, until the caller hangs up.
    #[serde(default)]
    follow: bool,
}

fn default_tail() -> usize {
    100
}

/// Shows what the instances of a runtime print, as plain lines.
#[utoipa::path(
    get,
    path = "/api/v1/runtimes/{runtime}/logs",
    operation_id = "showLogs",
    tag = "runtimes",
    params(("runtime" = String, Path, description = "Its name, id or ARN"), LogQuery),
    responses(
        (status = OK, description = "The lines", body = String, content_type = "text/plain; charset=utf-8"),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
    )
)]
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
