//! A look at a JSON-RPC message without taking it apart.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<&'a RawValue>,
}

/// The id of a request, as its client wrote it; `None` for notifications,
/// responses, batches, and what is no JSON-RPC at all.
pub(crate) fn request_id(body: &[u8]) -> Option<Box<RawValue>> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
    // The id of a response belongs to the server that asked.
    envelope.method?;
    envelope
        .id
        .filter(|id| {
            let first = id.get().bytes().next();
            first.is_some_and(|byte| byte == b'"' || byte == b'-' || byte.is_ascii_digit())
        })
        .map(ToOwned::to_owned)
}

/// Whether a message is a request that begins a legacy session.
pub(crate) fn is_initialize(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope<'_>>(body)
        .ok()
        .and_then(|envelope| envelope.method)
        .and_then(|method| serde_json::from_str::<Cow<'_, str>>(method.get()).ok())
        .is_some_and(|method| method == "initialize")
}

/// An error response (JSON-RPC 2.0 section 5.1).
#[derive(Serialize)]
pub(crate) struct ErrorResponse<'a> {
    jsonrpc: &'static str,
    id: Option<&'a RawValue>,
    error: ErrorObject<'a>,
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    code: i32,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a serde_json::Value>,
}

impl<'a> ErrorResponse<'a> {
    /// An error for the request of that id; `null` where there is none.
    pub(crate) fn new(
        id: Option<&'a RawValue>,
        code: i32,
        message: &'a str,
        data: Option<&'a serde_json::Value>,
    ) -> Self {
        Self {
            jsonrpc: "2.0",
            id,
            error: ErrorObject {
                code,
                message,
                data,
            },
        }
    }

    /// The response on one line.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Serializing strings and parsed values into memory has no way to fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(body: &str) -> Option<String> {
        request_id(body.as_bytes()).map(|id| id.get().to_owned())
    }

    #[test]
    fn the_id_of_a_request_is_kept_byte_for_byte() {
        assert_eq!(
            id(r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#).unwrap(),
            "7"
        );
        assert_eq!(
            id(r#"{"method":"x","params":{"id":1},"id":"a\u0041"}"#).unwrap(),
            r#""a\u0041""#
        );
        assert_eq!(id(r#"{"method":"x","id":-1.50}"#).unwrap(), "-1.50");
    }

    #[test]
    fn what_is_not_a_request_has_no_id() {
        for body in [
            "",
            "{",
            "null",
            r#"[{"id":1,"method":"x"}]"#,
            r#"{"method":"notifications/x"}"#,
            r#"{"id":1,"result":{}}"#,
            r#"{"id":null,"method":"x"}"#,
            r#"{"id":{"a":1},"method":"x"}"#,
            r#"{"id":true,"method":"x"}"#,
            r#"{"id":1,"id":2,"method":"x"}"#,
        ] {
            assert_eq!(id(body), None, "{body}");
        }
        assert!(request_id(b"{\"id\":1,\"method\":\"\xff\"}").is_none());
    }

    #[test]
    fn an_initialize_request_is_told_from_all_others() {
        assert!(is_initialize(br#"{"id":0,"method":"initialize"}"#));
        assert!(is_initialize(br#"{"id":0,"method":"\u0069nitialize"}"#));
        assert!(!is_initialize(br#"{"method":"notifications/initialized"}"#));
        assert!(!is_initialize(br#"{"params":{"method":"initialize"}}"#));
        assert!(!is_initialize(b"initialize"));
    }
}
