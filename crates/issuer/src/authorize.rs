//! The authorization endpoint. Nobody can log in here yet, and this says so.

use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::header::{ACCEPT, CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;

use crate::{Issuer, respond};

pub(crate) const PATH: &str = "/oauth/authorize";
/// Where clients of MCP 2025-03-26 look for it without reading metadata.
const ALIAS: &str = "/authorize";

const PAGE: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>No login here yet</title></head>
<body>
<h1>People cannot log in at this server yet</h1>
<p>Only applications get tokens here: they send their client id and secret to
<code>/oauth/token</code> with <code>grant_type=client_credentials</code>.</p>
<p>To call a runtime as an application: register one with
<code>shukuba app create --name NAME --type m2m --api IDENTIFIER</code>, get a token with
<code>shukuba token get --app NAME</code>, and give it to your MCP client as the header
<code>Authorization: Bearer TOKEN</code>.</p>
</body></html>
";

const SENTENCE: &str = "People cannot log in at this server yet; only applications get tokens, by client_credentials at /oauth/token. Register one with 'shukuba app create', get a token with 'shukuba token get' and send it as a bearer token.";

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    [PATH, ALIAS]
        .map(|path| (path, get(explain).post(explain)))
        .into()
}

/// A page for browsers, JSON for programs; never a redirect, since no redirect
/// URI can be proven here.
async fn explain(headers: HeaderMap) -> Response {
    let mut response = if wants_json(&headers) {
        let body = json!({ "error": "unsupported_response_type", "error_description": SENTENCE });
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    } else {
        (StatusCode::BAD_REQUEST, Html(PAGE)).into_response()
    };
    let headers = response.headers_mut();
    respond::never_stored(headers);
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    response
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}
