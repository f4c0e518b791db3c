//! The first start of a version: does it serve MCP, and what does it offer?

mod handshake;
mod http;

use std::sync::Arc;
use std::time::{Duration, Instant};

use shukuba_model::name::RuntimeId;
use shukuba_model::route::Version;
use shukuba_model::session::SessionMode;
use shukuba_model::wire::Tool;

use crate::attach::AttachError;
use crate::package::failure;
use crate::process::{Driver, Instance};
use handshake::Handshake;

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

/// Starts a throw-away instance, asks what it offers and ends it.
pub(crate) async fn run(
    driver: &Arc<Driver>,
    runtime: &RuntimeId,
    version: &Version,
) -> Result<Smoke, SmokeError> {
    let began = Instant::now();
    let instance = ThrowAway(driver.start(runtime, &version.command, |_| {}));
    let authority = instance.0.ready().await.map_err(not_started)?;
    let mut handshake = Handshake::new(authority, &version.command.path);
    let asked = async {
        let sessions = handshake.begin().await?;
        let start_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let tools = handshake.tools().await?;
        Ok::<_, handshake::Unanswered>(Smoke {
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
                hint: unanswered.hint(),
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
