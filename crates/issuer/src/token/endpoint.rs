//! A token request from its first byte to its answer: a call per phase.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, Uri};
use shukuba_model::wire::TokenIssued;

use crate::grants::{self, Grant};
use crate::oauth_error::OAuthError;
use crate::token::client_auth;
use crate::token::form::{Form, decode_component};
use crate::{Issuer, respond};

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// `POST /oauth/token`.
pub(crate) async fn token(State(issuer): State<Issuer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    finished(answer(&issuer, &parts, body).await)
}

/// Any method but POST and OPTIONS.
pub(crate) async fn method_not_allowed() -> Response {
    finished(Err(OAuthError::MethodNotAllowed))
}

/// `OPTIONS /oauth/token`.
pub(crate) async fn preflight() -> Response {
    let mut response = respond::preflight("POST, OPTIONS");
    respond::never_stored(response.headers_mut());
    response
}

async fn answer(issuer: &Issuer, parts: &Parts, body: Body) -> Result<TokenIssued, OAuthError> {
    refuse_credentials_in_query(&parts.uri)?;
    require_form(&parts.headers)?;
    let form = Form::parse(&read(body).await?)?;
    let grant = Grant::of(&form)?;
    let client = client_auth::authenticate(issuer, &parts.headers, &form).await?;
    match grant {
        Grant::ClientCredentials => grants::client_credentials::issue(issuer, &client, &form).await,
    }
}

fn finished(outcome: Result<TokenIssued, OAuthError>) -> Response {
    let mut response = match outcome {
        Ok(issued) => Json(issued).into_response(),
        Err(error) => error.into_response(),
    };
    respond::never_stored(response.headers_mut());
    respond::readable_from_anywhere(response.headers_mut());
    response
}

/// Addresses end up in logs and histories, so no credential may come in one
/// (OAuth 2.1 section 2.4.1).
fn refuse_credentials_in_query(uri: &Uri) -> Result<(), OAuthError> {
    let misplaced = uri.query().unwrap_or_default().split('&').find_map(|pair| {
        let name = decode_component(pair.split('=').next()?).ok()?;
        matches!(
            name.as_str(),
            "client_secret" | "client_id" | "client_assertion" | "grant_type"
        )
        .then_some(name)
    });
    match misplaced {
        Some(name) => Err(OAuthError::request(format!(
            "The parameter '{name}' came in the query of the address, where it ends up in logs: send all parameters in the body, and replace a secret that was sent like this."
        ))),
        None => Ok(()),
    }
}

fn require_form(headers: &HeaderMap) -> Result<(), OAuthError> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let one = values.next().filter(|_| values.next().is_none());
    let media_type = one
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    if media_type.eq_ignore_ascii_case(FORM) {
        return Ok(());
    }
    let seen = match media_type {
        "" => "none or several",
        seen => seen,
    };
    Err(OAuthError::request(format!(
        "The parameters must come as one form, Content-Type: {FORM} (seen: {seen}). JSON bodies are not read here."
    )))
}

async fn read(body: Body) -> Result<bytes::Bytes, OAuthError> {
    to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| OAuthError::TooLarge { limit: BODY_LIMIT })
}
