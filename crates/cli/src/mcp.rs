//! A small MCP client for the commands: enough of both eras to list and call
//! tools through the whole door.

use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use crate::client::http_client;
use crate::failure::Failure;

const LEGACY_VERSION: &str = "2025-06-18";
const MODERN_VERSION: &str = "2026-07-28";
const SESSION_HEADER: &str = "mcp-session-id";

/// A connection to one MCP endpoint, with one token.
pub(crate) struct Connection {
    http: reqwest::Client,
    endpoint: String,
    token: String,
    era: Era,
    next_id: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Era {
    Legacy { session: Option<String> },
    Modern,
}

/// The answer to a JSON-RPC request, or the refusal in its place.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The JSON-RPC message, `Null` when the body held none.
    pub(crate) message: Value,
    /// How long the answer took.
    pub(crate) elapsed: Duration,
    /// The server's session id, when it gave one.
    session: Option<String>,
}

impl Answer {
    /// The `message` of a JSON-RPC error, when it is one.
    pub(crate) fn error(&self) -> Option<&str> {
        self.message
            .pointer("/error/message")
            .and_then(Value::as_str)
    }
}

impl Connection {
    /// Connects: the handshake where the server has one, else the modern era.
    ///
    /// # Errors
    /// When the endpoint cannot be reached, or refuses.
    pub(crate) async fn open(endpoint: &str, token: &str) -> Result<Self, Failure> {
        Self::open_with(http_client()?, endpoint, token).await
    }

    /// Connects with an HTTP client of one's own.
    ///
    /// # Errors
    /// As [`Connection::open`].
    pub(crate) async fn open_with(
        http: reqwest::Client,
        endpoint: &str,
        token: &str,
    ) -> Result<Self, Failure> {
        let mut connection = Self {
            http,
            endpoint: endpoint.to_owned(),
            token: token.to_owned(),
            era: Era::Legacy { session: None },
            next_id: 1,
        };
        let answer = connection
            .request("initialize", initialize_parameters())
            .await?;
        if answer.status == 401 || answer.status == 403 {
            return Err(refused(&answer));
        }
        if answer.message.get("result").is_some() {
            connection.era = Era::Legacy {
                session: answer.session,
            };
            connection.notify("notifications/initialized").await?;
        } else {
            connection.era = Era::Modern;
        }
        Ok(connection)
    }

    /// Calls a tool; the text of its result.
    ///
    /// # Errors
    /// When the call is refused, fails, or the tool reports an error.
    pub(crate) async fn call_tool(
        &mut self,
        name: &str,
        arguments: &Value,
    ) -> Result<(String, Duration), Failure> {
        let parameters = json!({ "name": name, "arguments": arguments });
        let answer = self.request("tools/call", parameters).await?;
        if let Some(message) = answer.error() {
            return Err(Failure::failed(format!(
                "{name} was not answered: {message}"
            )));
        }
        let text = result_text(&answer.message);
        if answer
            .message
            .pointer("/result/isError")
            .and_then(Value::as_bool)
            == Some(true)
        {
            return Err(Failure::failed(format!("{name} reports an error: {text}")));
        }
        Ok((text, answer.elapsed))
    }

    /// Sends a request and reads its answer, whether JSON or an event stream.
    ///
    /// # Errors
    /// When the endpoint cannot be reached or the answer breaks off.
    pub(crate) async fn request(
        &mut self,
        method: &str,
        parameters: Value,
    ) -> Result<Answer, Failure> {
        let id = self.next_id;
        self.next_id += 1;
        let message = self.message(method, parameters, Some(id));
        self.post(method, &message).await
    }

    /// Ends the session, where there is one.
    pub(crate) async fn close(self) {
        if let Era::Legacy {
            session: Some(session),
        } = &self.era
        {
            let request = self.http.delete(&self.endpoint).bearer_auth(&self.token);
            // A server that cannot end sessions answers 405, which is as good.
            drop(request.header(SESSION_HEADER, session).send().await);
        }
    }

    async fn notify(&self, method: &str) -> Result<(), Failure> {
        let message = self.message(method, Value::Null, None);
        self.post(method, &message).await.map(drop)
    }

    fn message(&self, method: &str, parameters: Value, id: Option<u64>) -> Value {
        let mut parameters = match parameters {
            Value::Object(parameters) => parameters,
            _ => Map::new(),
        };
        if self.era == Era::Modern {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            parameters.insert("_meta".to_owned(), meta);
        }
        let mut message = Map::new();
        message.insert("jsonrpc".to_owned(), json!("2.0"));
        if let Some(id) = id {
            message.insert("id".to_owned(), json!(id));
        }
        message.insert("method".to_owned(), json!(method));
        if !parameters.is_empty() {
            message.insert("params".to_owned(), Value::Object(parameters));
        }
        Value::Object(message)
    }

    async fn post(&self, method: &str, message: &Value) -> Result<Answer, Failure> {
        let mut request = self
            .http
            .post(&self.endpoint)
            .bearer_auth(&self.token)
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(message.to_string());
        match &self.era {
            Era::Legacy {
                session: Some(session),
            } => {
                request = request
                    .header(SESSION_HEADER, session)
                    .header("mcp-protocol-version", LEGACY_VERSION);
            }
            Era::Legacy { session: None } => {}
            Era::Modern => {
                request = request
                    .header("mcp-protocol-version", MODERN_VERSION)
                    .header("mcp-method", method);
                if let Some(name) = message.pointer("/params/name").and_then(Value::as_str) {
                    request = request.header("mcp-name", name);
                }
            }
        }
        read_answer(request, message.get("id")).await
    }
}

/// Sends a prepared request and reads the JSON-RPC answer to `id`.
///
/// # Errors
/// When the endpoint cannot be reached or the answer breaks off.
pub(crate) async fn read_answer(
    request: reqwest::RequestBuilder,
    id: Option<&Value>,
) -> Result<Answer, Failure> {
    let began = Instant::now();
    let failed =
        |error: reqwest::Error| Failure::failed(format!("the call did not come back: {error}"));
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let session = header(SESSION_HEADER);
    let streamed = header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"));
    let body = response.text().await.map_err(failed)?;
    let message = if streamed {
        event_answering(&body, id)
    } else {
        parse(&body)
    };
    Ok(Answer {
        status,
        message,
        elapsed: began.elapsed(),
        session,
    })
}

/// The failure that says a call was not let in.
pub(crate) fn refused(answer: &Answer) -> Failure {
    let text = answer.error().unwrap_or("the server gave no reason");
    Failure::refused(format!("HTTP {}: {text}", answer.status))
}

fn initialize_parameters() -> Value {
    json!({
        "protocolVersion": LEGACY_VERSION,
        "capabilities": {},
        "clientInfo": { "name": "shukuba", "version": env!("CARGO_PKG_VERSION") },
    })
}

fn parse(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or(Value::Null)
}

/// The message of an event stream that answers `id`; other events (progress,
/// log messages) come before it.
fn event_answering(body: &str, id: Option<&Value>) -> Value {
    body.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|data| parse(data.trim_start()))
        .find(|message| message.get("id").is_some() && message.get("id") == id)
        .unwrap_or(Value::Null)
}

/// What a tool answered, as text: its structured value when that is one
/// number or word, else its text blocks.
fn result_text(message: &Value) -> String {
    let blocks = message.pointer("/result/content").and_then(Value::as_array);
    let texts: Vec<&str> = blocks
        .into_iter()
        .flatten()
        .filter_map(|block| block.get("text").and_then(Value::as_str))
        .collect();
    texts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_behind_other_events() {
        let body = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"5\"}]}}\n\n";
        let message = event_answering(body, Some(&json!(2)));
        assert_eq!(result_text(&message), "5");
        assert_eq!(event_answering("data:\n\n", Some(&json!(2))), Value::Null);
    }
}
