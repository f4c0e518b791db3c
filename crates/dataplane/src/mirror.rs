//! The headers of the modern era that repeat what the body says: `Mcp-Method`,
//! `Mcp-Name`, `MCP-Protocol-Version` (MCP 2026-07-28, streamable HTTP).
//!
//! Whoever routes or decides by them must be able to trust them, so a request
//! whose headers and body disagree is not forwarded. `Mcp-Param-*` needs the
//! tool's schema and is left to the server, which must check it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::era::{Era, PROTOCOL_VERSION};
use crate::fault::Fault;
use crate::inbound::{Inbound, Peeked};

/// The revision whose rules these are; later ones may have others, and their
/// servers know them.
const REVISION: &[u8] = b"2026-07-28";
const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
const MCP_NAME: HeaderName = HeaderName::from_static("mcp-name");
/// A longer body is left to the server: nothing here decides by its headers.
const BODY_CAP: usize = 1024 * 1024;

/// What the headers repeat, and nothing else of a message.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(default)]
    id: Option<IgnoredAny>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<Parameters<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    uri: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    task_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<Cow<'a, str>>,
}

/// Refuses a modern request whose headers say otherwise than its body.
pub(crate) async fn check(head: &Parts, inbound: &mut Inbound) -> Result<(), Fault> {
    let version = head.headers.get(PROTOCOL_VERSION);
    let modern = Era::of(&head.headers) == Era::Modern;
    let known = version.is_some_and(|version| version.as_bytes() == REVISION);
    if head.method != Method::POST || !modern || !known {
        return Ok(());
    }
    match inbound.peek(BODY_CAP).await {
        Peeked::Whole(body) => agree(&head.headers, &body).map_err(Fault::HeaderMismatch),
        Peeked::Longer => Ok(()),
        Peeked::Broken => Err(Fault::BodyBroken),
    }
}

/// What does not parse, and what is no request, is the server's to answer.
fn agree(headers: &HeaderMap, body: &[u8]) -> Result<(), String> {
    let Ok(message) = serde_json::from_slice::<Message<'_>>(body) else {
        return Ok(());
    };
    let (Some(method), true) = (&message.method, message.id.is_some()) else {
        return Ok(());
    };
    same(headers, &MCP_METHOD, method)?;
    let Some(parameters) = &message.params else {
        return Ok(());
    };
    if let Some(name) = mirrored_name(method, parameters) {
        same(headers, &MCP_NAME, name)?;
    }
    match parameters
        .meta
        .as_ref()
        .and_then(|meta| meta.version.as_deref())
    {
        Some(version) => same(headers, &PROTOCOL_VERSION, version),
        None => Ok(()),
    }
}

/// The value that `Mcp-Name` repeats for a method.
fn mirrored_name<'a>(method: &str, parameters: &'a Parameters<'_>) -> Option<&'a str> {
    let value = match method {
        "tools/call" | "prompts/get" => &parameters.name,
        "resources/read" => &parameters.uri,
        "tasks/get" | "tasks/update" | "tasks/cancel" => &parameters.task_id,
        _ => return None,
    };
    value.as_deref()
}

fn same(headers: &HeaderMap, name: &HeaderName, expected: &str) -> Result<(), String> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(format!(
            "The header {name} is not there, or more than once: it repeats the body's value"
        ));
    };
    if value.as_bytes() == expected.as_bytes()
        || decoded(value.as_bytes()).is_some_and(|text| text == expected.as_bytes())
    {
        return Ok(());
    }
    Err(format!("The header {name} says otherwise than the body"))
}

/// A value outside visible ASCII travels as `=?base64?…?=`.
fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    let inner = value.strip_prefix(b"=?base64?")?.strip_suffix(b"?=")?;
    BASE64_STANDARD.decode(inner).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"name":"x"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn headers_that_repeat_the_body_pass() {
        let good = headers(&[
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "add"),
        ]);
        assert_eq!(agree(&good, CALL.as_bytes()), Ok(()));
        let encoded = headers(&[
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "=?base64?YWRk?="),
        ]);
        assert_eq!(agree(&encoded, CALL.as_bytes()), Ok(()));
    }

    #[test]
    fn headers_that_say_otherwise_or_nothing_are_refused() {
        let good = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "add"),
        ];
        for (changed, value) in [
            ("mcp-method", "tools/list"),
            ("mcp-name", "remove"),
            ("mcp-name", "Add"),
        ] {
            let mut bad = headers(&good);
            bad.insert(
                HeaderName::from_static(changed),
                HeaderValue::from_static(value),
            );
            assert!(agree(&bad, CALL.as_bytes()).is_err(), "{changed}: {value}");
        }
        for missing in ["mcp-method", "mcp-name"] {
            let mut bad = headers(&good);
            bad.remove(missing);
            assert!(agree(&bad, CALL.as_bytes()).is_err(), "{missing}");
        }
        let mut twice = headers(&good);
        twice.append("mcp-name", HeaderValue::from_static("add"));
        assert!(agree(&twice, CALL.as_bytes()).is_err());
    }

    #[test]
    fn what_is_no_request_is_left_to_the_server() {
        let none = HeaderMap::new();
        for body in [
            "",
            "[]",
            r#"{"method":"notifications/x"}"#,
            r#"{"id":1,"result":{}}"#,
            r#"{"id":1,"method":5}"#,
        ] {
            assert_eq!(agree(&none, body.as_bytes()), Ok(()), "{body}");
        }
    }
}
