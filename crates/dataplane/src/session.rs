//! Which of its principal's instances a request belongs to.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use shukuba_engine::{AttachError, Selector};
use shukuba_model::session::{RuntimeSessionId, SessionMode};
use shukuba_verify::Permit;

use crate::era::Era;
use crate::fault::Fault;
use crate::inbound::{Inbound, Peeked};
use crate::message;
use crate::resolve::Target;

/// AgentCore's session header.
pub(crate) const RUNTIME_SESSION: HeaderName =
    HeaderName::from_static("x-amzn-bedrock-agentcore-runtime-session-id");
/// The session header of MCP up to 2025-11-25.
pub(crate) const MCP_SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// How much of a body is read to learn whether it begins a session.
const INITIALIZE_CAP: usize = 1024 * 1024;

/// Which instance is meant, in the caller's words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Selection<'a> {
    /// That of an AgentCore runtime session.
    Runtime(RuntimeSessionId),
    /// The one that gave out this `Mcp-Session-Id`.
    Mcp(&'a str),
    /// A fresh one.
    New,
    /// The one the principal's requests share.
    Principal,
}

impl Selection<'_> {
    /// The engine's word for it.
    pub(crate) fn selector(&self) -> Selector<'_> {
        match self {
            Self::Runtime(id) => Selector::RuntimeSession(id),
            Self::Mcp(id) => Selector::McpSession(id),
            Self::New => Selector::NewSession,
            Self::Principal => Selector::Principal,
        }
    }
}

/// Reads the session headers. A session never lets anybody in: it only picks
/// among the instances of the principal that `_permit` stands for.
pub(crate) async fn select<'a>(
    _permit: &Permit,
    target: &Target,
    head: &'a Parts,
    inbound: &mut Inbound,
) -> Result<Selection<'a>, Fault> {
    if let Some(value) = single(&head.headers, &RUNTIME_SESSION)? {
        return runtime_session(value).map(Selection::Runtime);
    }
    // The modern era has no sessions: its header is to be ignored there.
    if Era::of(&head.headers) == Era::Modern {
        return Ok(Selection::Principal);
    }
    if let Some(value) = single(&head.headers, &MCP_SESSION)? {
        return mcp_session(value).map(Selection::Mcp);
    }
    let may_begin = head.method == Method::POST && target.version.sessions == SessionMode::Stateful;
    if may_begin && begins_session(inbound).await? {
        return Ok(Selection::New);
    }
    Ok(Selection::Principal)
}

async fn begins_session(inbound: &mut Inbound) -> Result<bool, Fault> {
    match inbound.peek(INITIALIZE_CAP).await {
        Peeked::Whole(body) => Ok(message::is_initialize(&body)),
        Peeked::Longer => Ok(false),
        Peeked::Broken => Err(Fault::BodyBroken),
    }
}

/// The value of a header that may be there once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>, Fault> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(Fault::SessionHeader(format!(
            "The header {name} is there more than once: send it once"
        ))),
    }
}

fn runtime_session(value: &HeaderValue) -> Result<RuntimeSessionId, Fault> {
    let parsed = value.to_str().ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| {
        Fault::SessionHeader(format!(
            "Value at 'runtimeSessionId' failed to satisfy constraint: 33 to 256 printable ASCII \
             characters in the header X-Amzn-Bedrock-AgentCore-Runtime-Session-Id; {} came",
            value.len()
        ))
    })
}

/// An id outside visible ASCII was never given out (MCP 2025-11-25, transports).
fn mcp_session(value: &HeaderValue) -> Result<&str, Fault> {
    value
        .to_str()
        .ok()
        .filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .ok_or(Fault::Attach(AttachError::UnknownSession))
}
