//! The MCP server that is part of this binary: one tool, `add`, in both eras,
//! so that `demo` needs nothing else.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::ui;

const MODERN_VERSION: &str = "2026-07-28";
const MAX_BODY: usize = 64 * 1024;

/// Serves on the loopback port that the environment names, by the contract of
/// hosted servers (`PORT`, `/mcp`).
///
/// # Errors
/// When the port cannot be bound.
pub(crate) async fn run() -> Result<(), Failure> {
    let port: u16 = std::env::var("PORT")
        .ok()
        .and_then(|port| port.parse().ok())
        .unwrap_or(8000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    ui::note(format!("adder: listening on 127.0.0.1:{port}"));
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let service = service_fn(answer);
            // A client that hangs up mid-request concerns nobody else.
            drop(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await,
            );
        });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() != "/mcp" {
        return Ok(empty(StatusCode::NOT_FOUND));
    }
    if request.method() != Method::POST {
        return Ok(empty(StatusCode::METHOD_NOT_ALLOWED));
    }
    let modern = request
        .headers()
        .get("mcp-protocol-version")
        .is_some_and(|version| version.as_bytes() == MODERN_VERSION.as_bytes());
    let body = match Limited::new(request.into_body(), MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(empty(StatusCode::PAYLOAD_TOO_LARGE)),
    };
    let message: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(respond(&message, modern))
}

fn respond(message: &Value, modern: bool) -> Response<Full<Bytes>> {
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        return reply(
            StatusCode::BAD_REQUEST,
            &failure(message, -32600, "not a JSON-RPC request"),
        );
    };
    if message.get("id").is_none() {
        return empty(StatusCode::ACCEPTED);
    }
    match outcome(
        method,
        message.get("params").unwrap_or(&Value::Null),
        modern,
    ) {
        Ok(result) => {
            let id = message.get("id");
            reply(
                StatusCode::OK,
                &json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            )
        }
        Err((code, text)) => {
            let status = if modern && code == -32601 {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::OK
            };
            reply(status, &failure(message, code, &text))
        }
    }
}

fn outcome(method: &str, parameters: &Value, modern: bool) -> Result<Value, (i64, String)> {
    let mut result = match method {
        "initialize" if !modern => initialize(parameters),
        "ping" if !modern => json!({}),
        "server/discover" => cacheable(json!({
            "supportedVersions": [MODERN_VERSION],
            "capabilities": { "tools": {} },
        })),
        "tools/list" if modern => cacheable(json!({ "tools": [tool()] })),
        "tools/list" => json!({ "tools": [tool()] }),
        "tools/call" => call(parameters)?,
        _ => return Err((-32601, format!("there is no method '{method}'"))),
    };
    if modern && let Some(result) = result.as_object_mut() {
        result.insert("resultType".to_owned(), json!("complete"));
    }
    Ok(result)
}

/// Modern results that clients may keep say for how long and for whom.
fn cacheable(mut result: Value) -> Value {
    if let Some(result) = result.as_object_mut() {
        result.insert("ttlMs".to_owned(), json!(60_000));
        result.insert("cacheScope".to_owned(), json!("public"));
    }
    result
}

fn initialize(parameters: &Value) -> Value {
    const KNOWN: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
    let asked = parameters
        .get("protocolVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let version = KNOWN
        .iter()
        .find(|known| **known == asked)
        .unwrap_or(&"2025-11-25");
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "adder", "version": env!("CARGO_PKG_VERSION") },
    })
}

fn tool() -> Value {
    json!({
        "name": "add",
        "description": "Adds two numbers.",
        "inputSchema": {
            "type": "object",
            "properties": { "a": { "type": "integer" }, "b": { "type": "integer" } },
            "required": ["a", "b"],
        },
        "annotations": { "readOnlyHint": true },
    })
}

fn call(parameters: &Value) -> Result<Value, (i64, String)> {
    let name = parameters
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if name != "add" {
        return Err((-32602, format!("there is no tool '{name}'")));
    }
    let number = |key: &str| {
        parameters
            .pointer(&format!("/arguments/{key}"))
            .and_then(Value::as_i64)
    };
    let sum = number("a")
        .zip(number("b"))
        .and_then(|(a, b)| a.checked_add(b));
    Ok(match sum {
        Some(sum) => {
            json!({ "content": [{ "type": "text", "text": sum.to_string() }], "isError": false })
        }
        None => json!({
            "content": [{ "type": "text", "text": "a and b must be integers whose sum fits 64 bits" }],
            "isError": true,
        }),
    })
}

fn failure(message: &Value, code: i64, text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": message.get("id"), "error": { "code": code, "message": text } })
}

fn reply(status: StatusCode, message: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(message.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    response
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_adds_in_both_eras_and_says_no_to_the_rest() {
        let call = json!({ "name": "add", "arguments": { "a": 2, "b": 3 } });
        for modern in [false, true] {
            let result = outcome("tools/call", &call, modern).unwrap();
            assert_eq!(result.pointer("/content/0/text").unwrap(), "5");
        }
        assert_eq!(
            outcome("initialize", &Value::Null, true).unwrap_err().0,
            -32601
        );
        let overflow = json!({ "name": "add", "arguments": { "a": i64::MAX, "b": 1 } });
        assert_eq!(
            outcome("tools/call", &overflow, false).unwrap()["isError"],
            true
        );
    }
}
