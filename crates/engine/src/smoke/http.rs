//! One HTTP/1.1 request to an instance on loopback.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::ANSWER_TIMEOUT;
use super::handshake::Unanswered;

/// An answer larger than this is not read on.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// How many characters of an answer that was not understood are shown.
const SHOWN: usize = 300;

/// An answer and, when it was asked for, the JSON-RPC message in it.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The message with the id that was asked for.
    pub(super) message: Option<Value>,
    /// The beginning of the body, for an error.
    pub(super) text: String,
}

/// Posts a JSON-RPC message; reads the reply to request `id`, be it JSON or an
/// event stream. For a notification, `id` is `None` and no body is read.
pub(super) async fn post(
    authority: SocketAddr,
    path: &str,
    headers: &HeaderMap,
    message: &Value,
    id: Option<u64>,
) -> Result<Answer, Unanswered> {
    let request = request(authority, path, headers, message)
        .map_err(|error| Unanswered::Transport(error.to_string()))?;
    match tokio::time::timeout(ANSWER_TIMEOUT, exchange(authority, request, id)).await {
        Ok(answer) => answer,
        Err(_) => Err(Unanswered::Transport(format!(
            "it did not answer within {} s",
            ANSWER_TIMEOUT.as_secs()
        ))),
    }
}

fn request(
    authority: SocketAddr,
    path: &str,
    headers: &HeaderMap,
    message: &Value,
) -> Result<Request<Full<Bytes>>, http::Error> {
    let mut request = Request::post(path)
        .header(header::HOST, authority.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .body(Full::from(message.to_string()))?;
    request.headers_mut().extend(headers.clone());
    Ok(request)
}

async fn exchange(
    authority: SocketAddr,
    request: Request<Full<Bytes>>,
    id: Option<u64>,
) -> Result<Answer, Unanswered> {
    let transport = |error: &dyn std::error::Error| Unanswered::Transport(error.to_string());
    let stream = TcpStream::connect(authority)
        .await
        .map_err(|error| transport(&error))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| transport(&error))?;
    let connection = tokio::spawn(connection);
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| transport(&error));
    let answer = match response {
        Ok(response) => read(response, id).await,
        Err(error) => Err(error),
    };
    connection.abort();
    answer
}

async fn read(response: http::Response<Incoming>, id: Option<u64>) -> Result<Answer, Unanswered> {
    let (parts, mut body) = response.into_parts();
    let mut answer = Answer {
        status: parts.status,
        headers: parts.headers,
        message: None,
        text: String::new(),
    };
    let Some(id) = id else {
        return Ok(answer);
    };
    let events = is_event_stream(&answer.headers);
    let mut received = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Unanswered::Transport(error.to_string()))?;
        if let Ok(data) = frame.into_data() {
            received.extend_from_slice(&data);
        }
        answer.message = events.then(|| in_events(&received, id)).flatten();
        if answer.message.is_some() || received.len() > LARGEST_ANSWER {
            break;
        }
    }
    if !events {
        answer.message = serde_json::from_slice(&received).ok();
    }
    answer.text = String::from_utf8_lossy(&received)
        .chars()
        .take(SHOWN)
        .collect();
    Ok(answer)
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().starts_with("text/event-stream"))
}

/// The message with an id among the complete events received so far. Servers
/// may send others first.
fn in_events(received: &[u8], id: u64) -> Option<Value> {
    let text = String::from_utf8_lossy(received).replace("\r\n", "\n");
    let (complete, _) = text.rsplit_once("\n\n")?;
    complete.split("\n\n").find_map(|event| {
        let data: Vec<&str> = event
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .map(str::trim_start)
            .collect();
        let message: Value = serde_json::from_str(&data.join("\n")).ok()?;
        (message.get("id")?.as_u64()? == id).then_some(message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reply_is_found_after_other_events_and_only_when_complete() {
        let stream = "event: message\r\ndata: {\"method\":\"notifications/message\"}\r\n\r\n\
                      : comment\n\nid: 1\ndata:\n\n\
                      data: {\"id\":7,\ndata: \"result\":{}}\n\n";
        let found = in_events(stream.as_bytes(), 7).unwrap();
        assert_eq!(found["result"], serde_json::json!({}));
        assert_eq!(in_events(stream.as_bytes(), 8), None);
        assert_eq!(in_events(stream.trim_end().as_bytes(), 7), None);
    }
}
