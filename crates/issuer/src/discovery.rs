//! The issuer's metadata and keys. One document serves RFC 8414 and OpenID
//! Connect Discovery, so that the two can never disagree.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;
use shukuba_model::jose::OwnIssuer;

use crate::{Issuer, authorize, respond, token};

const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/.well-known/jwks.json";

/// For how long the documents may be cached, in seconds. A key signs no
/// sooner after it was published.
pub(crate) const CACHED_FOR: i64 = 300;
/// [`CACHED_FOR`] as a header.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The metadata members, as RFC 8414 section 2 and OpenID Connect Discovery
/// section 3 name them. Lists without an element are left out (RFC 8414
/// section 3.2), but for `response_types_supported`, which both require.
#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    /// Answers with an explanation until people can log in; clients refuse
    /// metadata without it.
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    response_types_supported: [&'a str; 0],
    grant_types_supported: [&'a str; 1],
    token_endpoint_auth_methods_supported: [&'a str; 2],
    code_challenge_methods_supported: [&'a str; 1],
    subject_types_supported: [&'a str; 1],
    id_token_signing_alg_values_supported: [&'a str; 1],
    claims_supported: [&'a str; 5],
    request_parameter_supported: bool,
    /// `true` where it is left out (OpenID Connect Discovery section 3).
    request_uri_parameter_supported: bool,
}

/// The documents, written once.
pub(crate) struct Documents {
    metadata: Bytes,
    jwks: Bytes,
}

impl Documents {
    pub(crate) fn new(own: &OwnIssuer) -> Self {
        let issuer = own.issuer.as_str();
        let metadata = Metadata {
            issuer,
            authorization_endpoint: format!("{issuer}{}", authorize::PATH),
            token_endpoint: format!("{issuer}{}", token::PATH),
            jwks_uri: format!("{issuer}{JWKS}"),
            response_types_supported: [],
            grant_types_supported: ["client_credentials"],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
            code_challenge_methods_supported: ["S256"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
            claims_supported: ["iss", "sub", "aud", "exp", "iat"],
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
        };
        Self {
            metadata: json(&metadata),
            jwks: json(&own.keys),
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
    public(
        issuer.0.documents.load().metadata.clone(),
        "application/json",
    )
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

#[expect(
    clippy::expect_used,
    reason = "structs of strings, lists and booleans are always JSON"
)]
fn json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value)
        .expect("metadata is written as JSON")
        .into()
}
