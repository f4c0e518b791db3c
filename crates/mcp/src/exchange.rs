//! One HTTP/1.1 request and its answer.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::{Reach, Unanswered};

/// An answer larger than this is not read on, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// How many characters of an answer that was not understood are shown.
const SHOWN: usize = 300;

/// An answer and, when it was asked for, the JSON-RPC message in it.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The message with the id that was asked for.
    pub(crate) message: Option<Value>,
    /// The beginning of the body, for an error.
    pub(crate) text: String,
}

/// Sends a request; reads the reply to the JSON-RPC request `id`, be it JSON or
/// an event stream. Where `id` is `None`, no body is read.
pub(crate) async fn exchange(
    reach: &dyn Reach,
    patience: Duration,
    request: Request<Full<Bytes>>,
    id: Option<u64>,
) -> Result<Answer, Unanswered> {
    match tokio::time::timeout(patience, connect_and_send(reach, request, id)).await {
        Ok(answer) => answer,
        Err(_) => Err(Unanswered::Transport(format!(
            "it did not answer within {} s",
            patience.as_secs()
        ))),
    }
}

async fn connect_and_send(
    reach: &dyn Reach,
    request: Request<Full<Bytes>>,
    id: Option<u64>,
) -> Result<Answer, Unanswered> {
    let stream = reach.connect().await.map_err(|error| broken(&error))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    let connection = Running(tokio::spawn(async move {
        // Whoever waits for the answer is told of the same error.
        drop(connection.await);
    }));
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| broken(&error))?;
    let answer = read(answer, id).await;
    drop(connection);
    answer
}

/// A task that ends with this value, also where the answer is not waited for.
struct Running(tokio::task::JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn broken(error: &dyn Error) -> Unanswered {
    Unanswered::Transport(error.to_string())
}

async fn read(answer: Response<Incoming>, id: Option<u64>) -> Result<Answer, Unanswered> {
    let (parts, mut body) = answer.into_parts();
    let mut answer = Answer {
        status: parts.status,
        headers: parts.headers,
        message: None,
        text: String::new(),
    };
    let Some(id) = id else {
        return Ok(answer);
    };
    let mut events = is_event_stream(&answer.headers).then(Events::default);
    let mut received = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        if let Ok(data) = frame.into_data() {
            received.extend_from_slice(&data);
        }
        if received.len() > LARGEST {
            return Err(Unanswered::Transport(format!(
                "the answer is larger than {} MiB",
                LARGEST >> 20
            )));
        }
        if let Some(events) = &mut events {
            answer.message = events.reply(&received, id);
            if answer.message.is_some() {
                break;
            }
        }
    }
    if events.is_none() {
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

/// How far an event stream (WHATWG HTML, server-sent events) has been read.
#[derive(Default)]
struct Events {
    /// Where the first line begins that was not complete yet.
    read: usize,
    /// Up to where no end of that line was found.
    searched: usize,
    /// The data of the event that is being read.
    data: String,
}

impl Events {
    /// The message with an id among the events that are complete by now.
    /// Servers may send others first.
    fn reply(&mut self, received: &[u8], id: u64) -> Option<Value> {
        while let Some(unsearched) = received.get(self.searched..)
            && let Some(length) = unsearched.iter().position(|byte| *byte == b'\n')
        {
            let end = self.searched + length;
            let line = String::from_utf8_lossy(received.get(self.read..end)?);
            let line = line.trim_end_matches('\r');
            self.read = end + 1;
            self.searched = self.read;
            if let Some(data) = line.strip_prefix("data:") {
                self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
                self.data.push('\n');
            } else if line.is_empty() {
                let data = std::mem::take(&mut self.data);
                let message = serde_json::from_str::<Value>(&data).ok();
                let is_reply =
                    |message: &Value| message.get("id").and_then(Value::as_u64) == Some(id);
                if let Some(reply) = message.filter(is_reply) {
                    return Some(reply);
                }
            }
        }
        self.searched = received.len();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reply_is_found_after_other_events_and_only_when_complete() {
        let stream = "event: message\r\ndata: {\"method\":\"notifications/message\"}\r\n\r\n\
                      : comment\n\nid: 1\ndata:\n\n\
                      data: {\"id\":7,\ndata: \"result\":{}}\n\n";
        let found = Events::default().reply(stream.as_bytes(), 7).unwrap();
        assert_eq!(found["result"], serde_json::json!({}));
        let reply = |text: &str, id| Events::default().reply(text.as_bytes(), id);
        assert_eq!(reply(stream, 8), None);
        assert_eq!(reply(stream.trim_end(), 7), None);
    }

    #[test]
    fn a_stream_that_comes_byte_by_byte_is_the_same() {
        let stream = "data: {\"id\":6}\r\n\r\ndata: {\"id\":7,\r\ndata: \"result\":\"é\"}\r\n\r\n";
        let mut events = Events::default();
        let replies: Vec<Value> = (0..=stream.len())
            .filter_map(|length| events.reply(&stream.as_bytes()[..length], 7))
            .collect();
        assert_eq!(replies, [serde_json::json!({"id": 7, "result": "é"})]);
    }
}
