//! A conversation with a server, in the legacy era and, when that is refused,
//! in the modern one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use shukuba_model::session::SessionMode;
use shukuba_model::wire::Tool;

use crate::exchange::{Answer, exchange};
use crate::{Reach, Unanswered, mirror};

const LEGACY: &str = "2025-06-18";
const MODERN: &str = "2026-07-28";
const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");
const SESSION_HEADER: HeaderName = HeaderName::from_static("mcp-session-id");
/// How long a server may take to end a session: nobody needs its answer.
const FAREWELL: Duration = Duration::from_secs(5);
/// A server that goes on giving cursors is not asked further.
const MOST_PAGES: usize = 50;
/// How much of a tool's words is kept, in characters.
const LONGEST_TITLE: usize = 200;
const LONGEST_DESCRIPTION: usize = 4000;

/// What a tool answered.
#[derive(Debug, Clone)]
pub struct Called {
    /// The `result` of `tools/call`, as the server wrote it.
    pub result: Value,
    /// From the request to the end of its answer.
    pub took: Duration,
}

/// A conversation with one server.
pub struct Conversation {
    reach: Arc<dyn Reach>,
    path: String,
    patience: Duration,
    /// What every request carries.
    headers: HeaderMap,
    /// What every request carries since the conversation began.
    own: HeaderMap,
    modern: bool,
    asked: u64,
}

impl Conversation {
    /// With the server whose MCP endpoint has that path. Every request carries
    /// `headers`, which name at least the `Host`, and may take `patience`.
    pub fn new(reach: Arc<dyn Reach>, path: &str, headers: HeaderMap, patience: Duration) -> Self {
        Self {
            reach,
            path: path.to_owned(),
            patience,
            headers,
            own: HeaderMap::new(),
            modern: false,
            asked: 0,
        }
    }

    /// Begins in the era the server speaks, and tells how it keeps sessions.
    ///
    /// # Errors
    /// When the server speaks neither. The legacy refusal is given, which is
    /// what most servers are asked by most clients.
    pub async fn begin(&mut self) -> Result<SessionMode, Unanswered> {
        match self.initialize().await {
            Ok(sessions) => Ok(sessions),
            Err(error) if is_final(&error) => Err(error),
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
        let (answer, result) = self.ask("initialize", parameters, &Value::Null).await?;
        let negotiated = result
            .get("protocolVersion")
            .and_then(Value::as_str)
            .and_then(|version| HeaderValue::from_str(version).ok());
        if let Some(negotiated) = negotiated {
            self.own.insert(VERSION_HEADER, negotiated);
        }
        let sessions = match answer.headers.get(SESSION_HEADER) {
            None => SessionMode::Stateless,
            Some(session) => {
                self.own.insert(SESSION_HEADER, session.clone());
                SessionMode::Stateful
            }
        };
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let request = self.request(Method::POST, HeaderMap::new(), initialized.to_string())?;
        exchange(&*self.reach, self.patience, request, None).await?;
        Ok(sessions)
    }

    /// MCP 2026-07-28 `basic/versioning`: `server/discover`, no session.
    async fn discover(&mut self) -> Result<SessionMode, Unanswered> {
        self.modern = true;
        self.own.clear();
        self.own
            .insert(VERSION_HEADER, HeaderValue::from_static(MODERN));
        self.ask("server/discover", json!({}), &Value::Null).await?;
        Ok(SessionMode::Stateless)
    }

    /// Every tool the server offers; none when it has no tools.
    ///
    /// # Errors
    /// When a question is not answered.
    pub async fn tools(&mut self) -> Result<Vec<Tool>, Unanswered> {
        let mut tools = Vec::new();
        let mut parameters = json!({});
        for _ in 0..MOST_PAGES {
            let result = match self.ask("tools/list", parameters, &Value::Null).await {
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

    /// Calls a tool.
    ///
    /// # Errors
    /// When the call is not answered. A tool that fails is answered: its result
    /// has `isError`.
    pub async fn call(&mut self, tool: &Tool, arguments: Value) -> Result<Called, Unanswered> {
        let parameters = json!({"name": tool.name, "arguments": arguments});
        let began = Instant::now();
        let (_, result) = self
            .ask("tools/call", parameters, &tool.input_schema)
            .await?;
        Ok(Called {
            result,
            took: began.elapsed(),
        })
    }

    /// Ends the session, where the server keeps one.
    pub async fn end(self) {
        if !self.own.contains_key(SESSION_HEADER) {
            return;
        }
        if let Ok(request) = self.request(Method::DELETE, HeaderMap::new(), String::new()) {
            // A server that cannot end sessions answers 405, which is as good.
            let patience = self.patience.min(FAREWELL);
            drop(exchange(&*self.reach, patience, request, None).await);
        }
    }

    async fn ask(
        &mut self,
        method: &str,
        mut parameters: Value,
        schema: &Value,
    ) -> Result<(Answer, Value), Unanswered> {
        self.asked += 1;
        let mut headers = HeaderMap::new();
        if self.modern {
            mirror::add(&mut headers, method, &parameters, schema);
            if let Some(parameters) = parameters.as_object_mut() {
                parameters.insert("_meta".to_owned(), modern_meta());
            }
        }
        let message = json!({
            "jsonrpc": "2.0", "id": self.asked, "method": method, "params": parameters,
        });
        let request = self.request(Method::POST, headers, message.to_string())?;
        let answer = exchange(&*self.reach, self.patience, request, Some(self.asked)).await?;
        self.result(method, answer)
    }

    fn request(
        &self,
        method: Method,
        headers: HeaderMap,
        body: String,
    ) -> Result<Request<Full<Bytes>>, Unanswered> {
        let mut request = Request::builder()
            .method(method)
            .uri(&self.path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .body(Full::from(body))
            .map_err(|error| Unanswered::Transport(error.to_string()))?;
        for some in [&self.headers, &self.own, &headers] {
            request.headers_mut().extend(some.clone());
        }
        Ok(request)
    }

    fn result(&self, method: &str, mut answer: Answer) -> Result<(Answer, Value), Unanswered> {
        let mut message = answer.message.take().unwrap_or_default();
        if let Some(error) = message.get("error") {
            return Err(Unanswered::Refused {
                method: method.to_owned(),
                status: answer.status,
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

/// Whether asking in another era would come to the same.
fn is_final(error: &Unanswered) -> bool {
    use http::StatusCode;
    match error {
        Unanswered::Transport(_) => true,
        Unanswered::NotMcp { status, .. } | Unanswered::Refused { status, .. } => matches!(
            *status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
        ),
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
    let words = |value: Option<&Value>, most: usize| -> Option<String> {
        let text = value?.as_str()?.trim();
        (!text.is_empty()).then(|| text.chars().take(most).collect())
    };
    let annotated = |name: &str| described.get("annotations")?.get(name);
    // The title came after the annotation of the same name.
    let title = described.get("title").or_else(|| annotated("title"));
    Some(Tool {
        name: described.get("name")?.as_str()?.to_owned(),
        title: words(title, LONGEST_TITLE),
        description: words(described.get("description"), LONGEST_DESCRIPTION),
        input_schema: described.get("inputSchema").cloned().unwrap_or_default(),
        destructive: annotated("destructiveHint").and_then(Value::as_bool) == Some(true),
    })
}
