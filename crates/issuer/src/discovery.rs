//! The issuer's metadata and keys. One builder serves RFC 8414 and OpenID
//! Connect Discovery, so that the two can never disagree.

mod metadata;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;
use shukuba_model::jose::OwnIssuer;
use shukuba_model::journey::{Note, Step};

use crate::journey::noted;
use crate::{Issuer, respond};

use metadata::Metadata;

const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/.well-known/jwks.json";

/// For how long the documents may be cached, in seconds. A key signs no
/// sooner after it was published.
pub(crate) const CACHED_FOR: i64 = 300;
/// [`CACHED_FOR`] as a header.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The documents that change with the keys only, written once. The metadata
/// names the APIs' scopes, so it is written when it is asked for.
pub(crate) struct Documents {
    jwks: Bytes,
}

impl Documents {
    pub(crate) fn new(own: &OwnIssuer) -> Self {
        Self {
            jwks: written(&own.keys),
        }
    }
}

/// Every address the metadata can be read at.
pub(crate) fn addresses(issuer: &str) -> Vec<String> {
    vec![
        format!("{issuer}{OPENID_CONFIGURATION}"),
        format!("{issuer}{OAUTH_METADATA}"),
    ]
}

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    let document = || get(metadata).options(preflight);
    vec![
        (OAUTH_METADATA, document()),
        (OPENID_CONFIGURATION, document()),
        (JWKS, get(jwks).options(preflight)),
    ]
}

async fn metadata(State(issuer): State<Issuer>) -> Response {
    match issuer.0.store.all_api_scopes().await {
        Ok(scopes) => {
            let metadata = Metadata::new(&issuer.0.settings, &scopes);
            let document = public(written(&metadata), "application/json");
            noted(document, Note::done(Step::IssuerMetadata))
        }
        Err(error) => {
            tracing::error!(%error, "the metadata could not be written");
            unavailable()
        }
    }
}

async fn jwks(State(issuer): State<Issuer>) -> Response {
    public(
        issuer.0.documents.load().jwks.clone(),
        "application/jwk-set+json",
    )
}

async fn preflight() -> Response {
    respond::preflight("GET, HEAD, OPTIONS")
}

fn public(document: Bytes, content_type: &'static str) -> Response {
    let mut response = document.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, CACHE);
    respond::readable_from_anywhere(headers);
    response
}

fn unavailable() -> Response {
    let body = json!({
        "error": "server_error",
        "error_description": "The server failed to read its APIs; its log says why. Try again.",
    });
    let mut response = (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
    respond::never_stored(response.headers_mut());
    respond::readable_from_anywhere(response.headers_mut());
    response
}

#[expect(
    clippy::expect_used,
    reason = "structs of strings, lists and booleans are always JSON"
)]
fn written(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value)
        .expect("metadata is written as JSON")
        .into()
}
