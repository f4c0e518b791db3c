//! Everything that can keep a request from being answered by its server, and
//! the one place that renders it.

use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use serde_json::value::RawValue;
use shukuba_engine::{AttachError, ExitFacts};
use shukuba_verify::Refusal;

use crate::message::ErrorResponse;
use crate::reply::{self, Body};
use crate::resolve::Unresolved;
use crate::{challenge, wellknown};

/// Why a request is not answered by its server.
#[derive(Debug)]
pub(crate) enum Fault {
    /// No such runtime or qualifier.
    Unresolved(Unresolved),
    /// No resource of that address to describe.
    NoMetadata,
    /// Not let in.
    Refused(Box<Refusal>),
    /// A method nothing answers.
    Method { allowed: &'static str },
    /// A session header that is not what its specification demands.
    SessionHeader(String),
    /// A modern header that says otherwise than the body.
    HeaderMismatch(String),
    /// More header bytes than are taken.
    HeadersTooLarge { limit: usize },
    /// More body bytes than are taken.
    BodyTooLarge { limit: u64 },
    /// The client's body broke off.
    BodyBroken,
    /// No instance could be had.
    Attach(AttachError),
    /// The instance ended, or cut the connection, before it answered.
    Died(Option<ExitFacts>),
}

/// What a fault is rendered for.
pub(crate) struct Setting<'a> {
    /// The public origin.
    pub(crate) public_url: &'a str,
    /// The raw path that was called.
    pub(crate) path: &'a str,
    /// The runtime's name, once it is known.
    pub(crate) runtime: &'a str,
    /// The request's id, when it is a JSON-RPC request.
    pub(crate) id: Option<&'a RawValue>,
}

/// The code of JSON-RPC for a message that is not a valid request.
const INVALID_REQUEST: i32 = -32600;
/// JSON-RPC's code for what is the server's own trouble.
const INTERNAL: i32 = -32603;
/// What MCP SDKs answer for a session they do not know.
const SESSION_NOT_FOUND: i32 = -32001;
/// MCP's code for headers and body that disagree (2026-07-28).
const HEADER_MISMATCH: i32 = -32020;
/// AgentCore's code where too much was asked for.
const THROTTLED: i32 = -32003;
/// AgentCore's code for a runtime that does not exist.
const NOT_FOUND: i32 = -32004;
/// AgentCore's code for a server that failed.
const RUNTIME_FAILED: i32 = -32010;

impl Fault {
    /// A closed, countable word.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Unresolved(_) => "unknown_runtime",
            Self::NoMetadata => "no_metadata",
            Self::Refused(refusal) => refusal.reason.as_str(),
            Self::Method { .. } => "method",
            Self::SessionHeader(_) => "session_header",
            Self::HeaderMismatch(_) => "header_mismatch",
            Self::HeadersTooLarge { .. } => "headers_too_large",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::BodyBroken => "body_broken",
            Self::Attach(AttachError::UnknownSession) => "unknown_session",
            Self::Attach(AttachError::AtCapacity { .. }) => "at_capacity",
            Self::Attach(AttachError::StartFailed { .. }) => "start_failed",
            Self::Attach(AttachError::StartTimedOut { .. }) => "start_timed_out",
            Self::Attach(AttachError::ShuttingDown) => "shutting_down",
            Self::Died(_) => "instance_died",
        }
    }

    /// The answer a client gets.
    pub(crate) fn answer(&self, setting: &Setting<'_>) -> Response<Body> {
        match self {
            Self::Refused(refusal) => {
                let metadata = wellknown::address(setting.public_url, setting.path);
                challenge::answer(refusal, &metadata, setting.id)
            }
            Self::Method { allowed } => {
                reply::allowing(self.error(setting, StatusCode::METHOD_NOT_ALLOWED), allowed)
            }
            Self::Attach(AttachError::AtCapacity { retry_after_s, .. }) => {
                let answer = self.error(setting, StatusCode::TOO_MANY_REQUESTS);
                retry_after(answer, *retry_after_s)
            }
            Self::Attach(AttachError::ShuttingDown) => {
                retry_after(self.error(setting, StatusCode::SERVICE_UNAVAILABLE), 1)
            }
            Self::Attach(AttachError::StartFailed { .. } | AttachError::StartTimedOut { .. })
            | Self::Died(_) => self.error(setting, failure_status(setting)),
            Self::Unresolved(_) | Self::NoMetadata | Self::Attach(AttachError::UnknownSession) => {
                self.error(setting, StatusCode::NOT_FOUND)
            }
            Self::HeadersTooLarge { .. } => {
                self.error(setting, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
            }
            Self::BodyTooLarge { .. } => self.error(setting, StatusCode::PAYLOAD_TOO_LARGE),
            Self::SessionHeader(_) | Self::HeaderMismatch(_) | Self::BodyBroken => {
                self.error(setting, StatusCode::BAD_REQUEST)
            }
        }
    }

    fn error(&self, setting: &Setting<'_>, status: StatusCode) -> Response<Body> {
        let data = json!({ "reason": self.label() });
        let message = self.message(setting.runtime);
        let error = ErrorResponse::new(setting.id, self.code(), &message, Some(&data));
        reply::json(status, error.to_json())
    }

    fn code(&self) -> i32 {
        match self {
            Self::Unresolved(_) | Self::NoMetadata => NOT_FOUND,
            Self::Attach(AttachError::UnknownSession) => SESSION_NOT_FOUND,
            Self::Attach(AttachError::AtCapacity { .. }) => THROTTLED,
            Self::Attach(AttachError::ShuttingDown) => INTERNAL,
            Self::Attach(AttachError::StartFailed { .. } | AttachError::StartTimedOut { .. })
            | Self::Died(_) => RUNTIME_FAILED,
            Self::HeaderMismatch(_) => HEADER_MISMATCH,
            Self::Refused(_)
            | Self::Method { .. }
            | Self::SessionHeader(_)
            | Self::HeadersTooLarge { .. }
            | Self::BodyTooLarge { .. }
            | Self::BodyBroken => INVALID_REQUEST,
        }
    }

    /// What happened and what to do, in words.
    pub(crate) fn message(&self, runtime: &str) -> String {
        match self {
            Self::Unresolved(unresolved) => unresolved.to_string(),
            Self::NoMetadata => "No protected resource has this address. Ask with the path of a \
                runtime, such as /.well-known/oauth-protected-resource/mcp/NAME; the root form \
                answers only where there is exactly one runtime"
                .to_owned(),
            Self::Refused(refusal) => refusal.message.clone(),
            Self::Method { allowed } => {
                format!("This address does not answer that method. It answers {allowed}")
            }
            Self::SessionHeader(message) | Self::HeaderMismatch(message) => message.clone(),
            Self::HeadersTooLarge { limit } => {
                format!("The request's headers are larger than {limit} bytes: send less of them")
            }
            Self::BodyTooLarge { limit } => {
                format!("The request's body is larger than {limit} bytes: send it in parts")
            }
            Self::BodyBroken => {
                "The request's body ended before it was complete: send it again".to_owned()
            }
            Self::Attach(AttachError::UnknownSession) => {
                format!("Session not found: {}", AttachError::UnknownSession)
            }
            Self::Attach(
                error @ (AttachError::StartFailed { .. } | AttachError::StartTimedOut { .. }),
            ) => {
                format!(
                    "{error}. The server '{runtime}' could not be started; see `shukuba logs {runtime}`"
                )
            }
            Self::Attach(error) => error.to_string(),
            Self::Died(facts) => died(facts.as_ref(), runtime),
        }
    }
}

/// A client shows its user the text of a JSON-RPC error, and hides it behind
/// a transport error for any status but 200. Only a request has an id to
/// answer to.
fn failure_status(setting: &Setting<'_>) -> StatusCode {
    if setting.id.is_some() {
        StatusCode::OK
    } else {
        StatusCode::BAD_GATEWAY
    }
}

fn retry_after(mut answer: Response<Body>, seconds: u64) -> Response<Body> {
    answer
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

fn died(facts: Option<&ExitFacts>, runtime: &str) -> String {
    let what = facts.map_or_else(
        || "The server closed the connection".to_owned(),
        |facts| format!("The server's process {}", facts.describe()),
    );
    format!(
        "{what} while answering. The next call is served by a new instance; see `shukuba logs {runtime}`"
    )
}

/// The error a request gets whose answer was being streamed when its server died.
pub(crate) fn died_midway(facts: &ExitFacts, runtime: &str, id: &RawValue) -> Vec<u8> {
    let data = json!({ "reason": "instance_died" });
    let message = died(Some(facts), runtime);
    ErrorResponse::new(Some(id), RUNTIME_FAILED, &message, Some(&data)).to_json()
}
