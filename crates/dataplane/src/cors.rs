//! Cross-origin sharing, for clients that run in a browser.
//!
//! Any origin may read our answers: what protects a runtime is its bearer
//! token, which a browser never attaches by itself, and no cookie is looked at.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::reply::{self, Body};

const ANY: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE, HEAD, OPTIONS");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After, \
     X-Amzn-Bedrock-AgentCore-Runtime-Session-Id, X-Amzn-Trace-Id, traceparent, tracestate, baggage",
);
const HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Accept, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID, \
     Mcp-Method, Mcp-Name, X-Amzn-Bedrock-AgentCore-Runtime-Session-Id",
);
const A_DAY: HeaderValue = HeaderValue::from_static("86400");

/// The answer to a preflight. The names asked for are reflected, because a
/// wildcard does not cover `Authorization` and `Mcp-Param-*` has no fixed names.
pub(crate) fn preflight(request: &HeaderMap) -> Response<Body> {
    let mut answer = reply::empty(StatusCode::NO_CONTENT);
    let headers = answer.headers_mut();
    let wanted = request
        .get(ACCESS_CONTROL_REQUEST_HEADERS)
        .cloned()
        .unwrap_or(HEADERS);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, A_DAY);
    headers.insert(VARY, HeaderValue::from(ACCESS_CONTROL_REQUEST_HEADERS));
    answer
}

/// Lets any origin read an answer.
pub(crate) fn share(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// Whether a header is one of ours to set: an instance's own would contradict them.
pub(crate) fn is_sharing_header(name: &HeaderName) -> bool {
    name.as_str().starts_with("access-control-")
}
