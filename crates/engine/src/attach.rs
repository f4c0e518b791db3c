//! What a request asks of the engine, and what it gets.

use std::sync::Arc;

use shukuba_model::name::RuntimeId;
use shukuba_model::route::{Lifecycle, Version};
use shukuba_model::session::RuntimeSessionId;

/// A request's wish for an instance.
#[derive(Debug, Clone, Copy)]
pub struct Attach<'a> {
    /// The runtime.
    pub runtime: &'a RuntimeId,
    /// The version a new instance is started from; a session that exists stays
    /// on the version it began with.
    pub version: &'a Arc<Version>,
    /// When the instance ends.
    pub lifecycle: Lifecycle,
    /// Who asks: an opaque key that is equal for equal principals.
    pub principal: &'a str,
    /// Which of the principal's instances is meant.
    pub selector: Selector<'a>,
}

/// Which of a principal's instances is meant.
#[derive(Debug, Clone, Copy)]
pub enum Selector<'a> {
    /// The one of this AgentCore runtime session; started when there is none.
    RuntimeSession(&'a RuntimeSessionId),
    /// The one that gave out this `Mcp-Session-Id`; it must exist.
    McpSession(&'a str),
    /// A fresh one, for a session that is about to begin. It ends with the
    /// lease unless the lease remembers a session or adopts it. For a version
    /// without sessions this is [`Selector::Principal`].
    NewSession,
    /// The one all requests of this principal share; started when there is none.
    Principal,
}

/// Why no instance could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachError {
    /// No such session, or it is another principal's (answer 404).
    #[error(
        "this session does not exist or has ended: begin a new one with initialize, without Mcp-Session-Id"
    )]
    UnknownSession,
    /// Every instance allowed by a limit is in use (answer 429).
    #[error(
        "the limit of {limit} instances {scope} is reached and all of them are in use: try again in {retry_after_s} s, or end sessions that are not needed"
    )]
    AtCapacity {
        /// Seconds after which to try again.
        retry_after_s: u64,
        /// Which limit: `on this server`, `of this runtime` or `of this principal`.
        scope: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The instance ended before it accepted connections.
    #[error("{message}")]
    StartFailed {
        /// What happened and what to do.
        message: String,
        /// The last lines it printed.
        log_tail: Vec<String>,
    },
    /// The instance ran, but accepted no connection in time.
    #[error("the server did not listen on 127.0.0.1:$PORT (or port 8000) within {seconds} s")]
    StartTimedOut {
        /// How long was waited.
        seconds: u64,
        /// The last lines it printed.
        log_tail: Vec<String>,
    },
    /// The engine is being shut down.
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// How an instance ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitFacts {
    /// Its exit code, when it ended by itself.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The last lines it printed.
    pub log_tail: Vec<String>,
}

impl ExitFacts {
    /// How it ended, to be read after "the server".
    pub fn describe(&self) -> String {
        match (self.code, self.signal) {
            (Some(code), _) => format!("ended with exit code {code}"),
            (None, Some(signal)) => format!("was ended by signal {signal}"),
            (None, None) => "ended".to_owned(),
        }
    }
}
