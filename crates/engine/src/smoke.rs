//! The first start of a version: does it serve MCP, and what does it offer?

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use shukuba_mcp::{Conversation, Reach, Stream, Unanswered};
use shukuba_model::name::RuntimeId;
use shukuba_model::route::Version;
use shukuba_model::session::SessionMode;
use shukuba_model::wire::Tool;
use tokio::net::TcpStream;

use crate::attach::AttachError;
use crate::package::failure;
use crate::process::{Driver, Instance};

/// How long the server may take to answer one question.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// What the first start of a version told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smoke {
    /// Whether its sessions have state.
    pub sessions: SessionMode,
    /// What it offers.
    pub tools: Vec<Tool>,
    /// From the start of the process to its first answer, in milliseconds.
    pub start_ms: u64,
}

/// Why a version did not serve at its first start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SmokeError {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The last lines the server printed, at most 15.
    pub output: Vec<String>,
}

/// Stops the throw-away instance however its use ends.
struct ThrowAway(Arc<Instance>);

impl Drop for ThrowAway {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// An instance on loopback.
struct Loopback(SocketAddr);

impl Reach for Loopback {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let stream = TcpStream::connect(self.0).await?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    }
}

fn conversation(authority: SocketAddr, path: &str) -> Conversation {
    let mut headers = HeaderMap::new();
    if let Ok(host) = HeaderValue::from_str(&authority.to_string()) {
        headers.insert(header::HOST, host);
    }
    Conversation::new(Arc::new(Loopback(authority)), path, headers, ANSWER_TIMEOUT)
}

/// What to do about a server that did not answer.
fn hint(unanswered: &Unanswered) -> String {
    match unanswered {
        Unanswered::NotMcp { path, status, .. } if *status == StatusCode::NOT_FOUND => format!(
            "Serve Streamable HTTP at {path} on port 8000 (or $PORT), as AgentCore's contract says: with the Python SDK, mcp.run(transport=\"streamable-http\")."
        ),
        Unanswered::NotMcp { path, status, .. } if status.is_redirection() => {
            format!("Serve the endpoint at {path} itself: a POST is not redirected.")
        }
        Unanswered::NotMcp { .. } | Unanswered::Refused { .. } | Unanswered::Transport(_) => {
            "Try the server by itself with the same request, for example with MCP Inspector, and launch again.".to_owned()
        }
    }
}

/// Starts a throw-away instance, asks what it offers and ends it.
pub(crate) async fn run(
    driver: &Arc<Driver>,
    runtime: &RuntimeId,
    version: &Version,
) -> Result<Smoke, SmokeError> {
    let began = Instant::now();
    let instance = ThrowAway(driver.start(runtime, &version.command, |_| {}));
    let authority = instance.0.ready().await.map_err(not_started)?;
    let mut conversation = conversation(authority, &version.command.path);
    let asked = async {
        let sessions = conversation.begin().await?;
        let start_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let tools = conversation.tools().await?;
        Ok::<_, Unanswered>(Smoke {
            sessions,
            tools,
            start_ms,
        })
    };
    match asked.await {
        Ok(smoke) => Ok(smoke),
        Err(unanswered) => {
            instance.0.stop();
            let facts = instance.0.exited().await;
            Err(SmokeError {
                message: format!("The server started, but does not serve MCP: {unanswered}."),
                hint: hint(&unanswered),
                output: facts.log_tail,
            })
        }
    }
}

fn not_started(error: AttachError) -> SmokeError {
    let (output, timed_out) = match &error {
        AttachError::StartFailed { log_tail, .. } => (log_tail.clone(), false),
        AttachError::StartTimedOut { log_tail, .. } => (log_tail.clone(), true),
        AttachError::UnknownSession
        | AttachError::AtCapacity { .. }
        | AttachError::ShuttingDown => (Vec::new(), false),
    };
    let hint = failure::start_hint(&output, timed_out);
    SmokeError {
        message: format!("The server did not start: {error}."),
        hint,
        output,
    }
}
