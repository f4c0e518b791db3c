//! The HTTP side: connections, addresses, and the controls of a provider that
//! runs as a process of its own.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::endpoint::Answer;
use super::{Profile, State};

/// Serves until its task is aborted, which ends all connections with it.
pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&state), request));
            // A client that goes away is no failure of the provider.
            http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if let Some(control) = path.strip_prefix("/_control/") {
        return respond(control_request(&state, &parts.method, control));
    }
    *state.requests.lock().entry(path.clone()).or_default() += 1;
    let delay = state.delay_ms.load(Ordering::SeqCst);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if state.down.load(Ordering::SeqCst) {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    respond(route(&state, &parts.method, &path, &parts.headers, &body))
}

fn route(state: &State, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Answer {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if method == Method::GET && path == state.discovery_path() {
        (200, state.discovery())
    } else if method == Method::GET && path == state.jwks_path() {
        (200, state.jwks())
    } else if method == Method::POST && path == state.token_path() {
        let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
        state.token_request(content_type, text(header::AUTHORIZATION), body)
    } else {
        (404, json!({"error": "not_found"}))
    }
}

/// `profile/{auth0|rfc9068}`, `lifetime/{seconds}`, `rotate`, `down/{true|false}`, `delay/{ms}`.
fn control_request(state: &State, method: &Method, control: &str) -> Answer {
    let done = (200, json!({"ok": true}));
    let wrong = |text: &str| (400, json!({"error": text}));
    if method != Method::POST {
        return wrong("controls are POST requests");
    }
    let (name, value) = control.split_once('/').unwrap_or((control, ""));
    match (name, value) {
        ("profile", "auth0") => *state.profile.write() = Profile::Auth0,
        ("profile", "rfc9068") => *state.profile.write() = Profile::Rfc9068,
        ("rotate", "") => state.rotate_keys(),
        ("down", "true") => state.down.store(true, Ordering::SeqCst),
        ("down", "false") => state.down.store(false, Ordering::SeqCst),
        ("delay", milliseconds) => match milliseconds.parse() {
            Ok(milliseconds) => state.delay_ms.store(milliseconds, Ordering::SeqCst),
            Err(_) => return wrong("delay takes milliseconds"),
        },
        ("lifetime", seconds) => match seconds.parse().map(|s| state.set_lifetime(s)) {
            Ok(Ok(())) => {}
            Ok(Err(refused)) => return wrong(&refused.0),
            Err(_) => return wrong("lifetime takes seconds"),
        },
        _ => return wrong("no such control"),
    }
    done
}

fn respond((status, body): (u16, Value)) -> Result<Response<Full<Bytes>>, io::Error> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .body(Full::new(Bytes::from(body.to_string())))
        .map_err(io::Error::other)
}
