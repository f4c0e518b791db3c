//! Which headers reach an instance, and which come back from it.
//!
//! To the instance only an allow-list passes: `Authorization` and `Cookie` are
//! the caller's secrets, `Forwarded`, `X-Forwarded-*` and `X-Amzn-*` are claims
//! that anybody can make. `Origin` is dropped: an instance listens on loopback
//! and would take any public origin for an attack by DNS rebinding, which the
//! bearer token we demanded has ruled out.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::cors;

/// Headers besides `Mcp-*` that pass to an instance.
const PASSED: [&str; 13] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "content-encoding",
    "content-language",
    "content-type",
    "last-event-id",
    "baggage",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-amzn-trace-id",
    "x-amzn-bedrock-agentcore-runtime-session-id",
];

/// Headers that are about one connection (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers that act on our whole origin, where every runtime and the
/// issuer's pages live: no runtime may set them.
const ORIGIN_WIDE: [&str; 6] = [
    "alt-svc",
    "clear-site-data",
    "nel",
    "report-to",
    "set-cookie",
    "strict-transport-security",
];

/// The headers an instance gets.
pub(crate) fn to_instance(client: &HeaderMap, host: &HeaderValue) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(client.len() + 1);
    headers.insert(HOST, host.clone());
    for (name, value) in client {
        if passes(name) && !is_listed(client, name) {
            headers.append(name.clone(), value.clone());
        }
    }
    // With a transfer coding the length is the transfer's own (RFC 9112 section 6.3).
    if !client.contains_key(TRANSFER_ENCODING)
        && let Some(length) = client.get(CONTENT_LENGTH)
    {
        headers.insert(CONTENT_LENGTH, length.clone());
    }
    headers
}

fn passes(name: &HeaderName) -> bool {
    name.as_str().starts_with("mcp-") || PASSED.contains(&name.as_str())
}

/// Whether `Connection` makes a header one of the connection's own.
fn is_listed(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|listed| listed.trim().eq_ignore_ascii_case(name.as_str()))
}

/// Takes away what is not for the client; all else stays as the instance sent it.
pub(crate) fn to_client(headers: &mut HeaderMap) {
    let dropped: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            HOP_BY_HOP.contains(&name.as_str())
                || ORIGIN_WIDE.contains(&name.as_str())
                || cors::is_sharing_header(name)
                || is_listed(headers, name)
        })
        .cloned()
        .collect();
    for name in dropped {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
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
    fn an_instance_sees_no_secret_and_no_claim_of_the_caller() {
        let headers = to_instance(
            &map(&[
                ("host", "mcp.example"),
                ("authorization", "Bearer secret"),
                ("cookie", "a=b"),
                ("proxy-authorization", "Basic x"),
                ("forwarded", "for=1.2.3.4"),
                ("x-forwarded-for", "1.2.3.4"),
                ("x-real-ip", "1.2.3.4"),
                ("x-amzn-bedrock-agentcore-runtime-user-id", "root"),
                ("origin", "https://client.example"),
                ("x-anything", "else"),
            ]),
            &HeaderValue::from_static("127.0.0.1:9"),
        );
        assert_eq!(headers, map(&[("host", "127.0.0.1:9")]));
    }

    #[test]
    fn mirrored_headers_of_both_eras_pass_with_every_value() {
        let pairs = [
            ("accept", "application/json, text/event-stream"),
            ("content-type", "application/json"),
            ("content-length", "2"),
            ("mcp-session-id", "abc"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "=?base64?w7w=?="),
            ("mcp-param-region", "a"),
            ("mcp-param-region", "b"),
            ("last-event-id", "7"),
            ("traceparent", "00-1-2-01"),
            ("x-amzn-trace-id", "Root=1"),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_static(value));
        }
        let mut sent = to_instance(&headers, &HeaderValue::from_static("h"));
        sent.remove(HOST);
        assert_eq!(sent, headers);
    }

    #[test]
    fn headers_of_one_connection_stay_on_it() {
        let request = map(&[
            ("connection", "keep-alive, Mcp-Hop"),
            ("mcp-hop", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("content-length", "5"),
        ]);
        assert_eq!(
            to_instance(&request, &HeaderValue::from_static("h")),
            map(&[("host", "h")])
        );
        let mut answer = map(&[
            ("connection", "X-Hop"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("set-cookie", "a=b"),
            ("access-control-allow-origin", "http://a"),
            ("content-length", "5"),
            ("server", "uvicorn"),
        ]);
        to_client(&mut answer);
        assert_eq!(
            answer,
            map(&[("content-length", "5"), ("server", "uvicorn")])
        );
    }
}
