//! The questions a first start asks, in the legacy era and, when that is
//! refused, in the modern one.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use shukuba_model::session::SessionMode;
use shukuba_model::wire::Tool;

use super::http::{Answer, post};

const LEGACY: &str = "2025-06-18";
const MODERN: &str = "2026-07-28";
const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD_HEADER: HeaderName = HeaderName::from_static("mcp-method");
const SESSION_HEADER: HeaderName = HeaderName::from_static("mcp-session-id");
/// A server that goes on giving cursors is not asked further.
const MOST_PAGES: usize = 50;

/// Why a question was not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Unanswered {
    /// No HTTP answer came.
    #[error("no answer: {0}")]
    Transport(String),
    /// The answer was not the reply to a JSON-RPC request.
    #[error("POST {path} ({method}) was answered with {status}{}", shown(.text))]
    NotMcp {
        path: String,
        method: String,
        status: http::StatusCode,
        text: String,
    },
    /// The reply was an error.
    #[error("{method} was answered with the error {code}: {message}")]
    Refused {
        method: String,
        code: i64,
        message: String,
    },
}

fn shown(text: &str) -> String {
    match text.trim() {
        "" => String::new(),
        text => format!(": {text}"),
    }
}

impl Unanswered {
    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::NotMcp { path, status, .. } if *status == http::StatusCode::NOT_FOUND => format!(
                "Serve Streamable HTTP at {path} on port 8000 (or $PORT), as AgentCore's contract says: with the Python SDK, mcp.run(transport=\"streamable-http\")."
            ),
            Self::NotMcp { path, status, .. } if status.is_redirection() => format!(
                "Serve the endpoint at {path} itself: a POST is not redirected."
            ),
            Self::NotMcp { .. } | Self::Refused { .. } | Self::Transport(_) => {
                "Try the server by itself with the same request, for example with MCP Inspector, and launch again.".to_owned()
            }
        }
    }
}

/// A conversation with a server that has just started.
pub(super) struct Handshake {
    authority: SocketAddr,
    path: String,
    headers: HeaderMap,
    modern: bool,
    asked: u64,
}

impl Handshake {
    /// With the server at an address.
    pub(super) fn new(authority: SocketAddr, path: &str) -> Self {
        Self {
            authority,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            modern: false,
            asked: 0,
        }
    }

    /// Begins in the era the server speaks, and tells how it keeps sessions.
    pub(super) async fn begin(&mut self) -> Result<SessionMode, Unanswered> {
        match self.initialize().await {
            Ok(sessions) => Ok(sessions),
            Err(error @ Unanswered::Transport(_)) => Err(error),
            // The legacy refusal is what to show when the modern era fails too.
            Err(legacy) => self.discover().await.map_err(|_| legacy),
        }
    }

    /// MCP 2025-06-18 `basic/lifecycle`: initialize, then its notification.
    async fn initialize(&mut self) -> Result<SessionMode, Unanswered> {
        let parameters = json!({
            "protocolVersion": LEGACY,
            "capabilities": {},
            "clientInfo": client_info(),
        });
        let (answer, result) = self.ask("initialize", parameters).await?;
        let negotiated = result
            .get("protocolVersion")
            .and_then(Value::as_str)
            .and_then(|version| HeaderValue::from_str(version).ok());
        if let Some(negotiated) = negotiated {
            self.headers.insert(VERSION_HEADER, negotiated);
        }
        let sessions = match answer.headers.get(SESSION_HEADER) {
            None => SessionMode::Stateless,
            Some(session) => {
                self.headers.insert(SESSION_HEADER, session.clone());
                SessionMode::Stateful
            }
        };
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        post(
            self.authority,
            &self.path,
            &self.headers,
            &initialized,
            None,
        )
        .await?;
        Ok(sessions)
    }

    /// MCP 2026-07-28 `basic/versioning`: `server/discover`, no session.
    async fn discover(&mut self) -> Result<SessionMode, Unanswered> {
        self.modern = true;
        self.headers.clear();
        self.headers
            .insert(VERSION_HEADER, HeaderValue::from_static(MODERN));
        self.ask("server/discover", json!({})).await?;
        Ok(SessionMode::Stateless)
    }

    /// Every tool the server offers; none when it has no tools.
    pub(super) async fn tools(&mut self) -> Result<Vec<Tool>, Unanswered> {
        let mut tools = Vec::new();
        let mut parameters = json!({});
        for _ in 0..MOST_PAGES {
            let result = match self.ask("tools/list", parameters).await {
                Ok((_, result)) => result,
                // Method not found: a server of prompts or resources only.
                Err(Unanswered::Refused { code: -32601, .. }) => break,
                Err(error) => return Err(error),
            };
            let page = result.get("tools").and_then(Value::as_array);
            tools.extend(page.into_iter().flatten().filter_map(tool));
            match result.get("nextCursor") {
                Some(Value::String(cursor)) => parameters = json!({ "cursor": cursor }),
                _ => break,
            }
        }
        Ok(tools)
    }

    async fn ask(
        &mut self,
        method: &str,
        mut parameters: Value,
    ) -> Result<(Answer, Value), Unanswered> {
        self.asked += 1;
        if self.modern {
            if let Ok(name) = HeaderValue::from_str(method) {
                self.headers.insert(METHOD_HEADER, name);
            }
            if let Some(parameters) = parameters.as_object_mut() {
                parameters.insert("_meta".to_owned(), modern_meta());
            }
        }
        let request = json!({
            "jsonrpc": "2.0", "id": self.asked, "method": method, "params": parameters,
        });
        let answer = post(
            self.authority,
            &self.path,
            &self.headers,
            &request,
            Some(self.asked),
        )
        .await?;
        self.result(method, answer)
    }

    fn result(&self, method: &str, mut answer: Answer) -> Result<(Answer, Value), Unanswered> {
        let mut message = answer.message.take().unwrap_or_default();
        if let Some(error) = message.get("error") {
            return Err(Unanswered::Refused {
                method: method.to_owned(),
                code: error.get("code").and_then(Value::as_i64).unwrap_or(0),
                message: error
                    .get("message")
                    .and_then(Value::as_str)
                    .unwrap_or("no message")
                    .to_owned(),
            });
        }
        match message.get_mut("result").map(Value::take) {
            Some(result) if answer.status.is_success() => Ok((answer, result)),
            _ => Err(Unanswered::NotMcp {
                path: self.path.clone(),
                method: method.to_owned(),
                status: answer.status,
                text: answer.text,
            }),
        }
    }
}

fn client_info() -> Value {
    json!({"name": "shukuba", "version": env!("CARGO_PKG_VERSION")})
}

/// What every modern request carries (MCP 2026-07-28 `basic/index`).
fn modern_meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": client_info(),
    })
}

fn tool(described: &Value) -> Option<Tool> {
    Some(Tool {
        name: described.get("name")?.as_str()?.to_owned(),
        input_schema: described.get("inputSchema").cloned().unwrap_or_default(),
        destructive: described
            .pointer("/annotations/destructiveHint")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    })
}
