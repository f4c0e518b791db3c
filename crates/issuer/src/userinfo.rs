//! The userinfo endpoint (OpenID Connect Core section 5.3): whose the access
//! token is, for whoever holds it. Its refusals are those of RFC 6750.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;
use shukuba_model::Scopes;
use shukuba_store::{StoreError, User};

use crate::tokens::id_token::PersonClaims;
use crate::tokens::own::OwnToken;
use crate::{Issuer, respond};

pub(crate) const PATH: &str = "/oauth/userinfo";

#[derive(Serialize)]
struct UserInfo<'a> {
    sub: &'a str,
    #[serde(flatten)]
    person: PersonClaims<'a>,
}

/// Why nothing is told (RFC 6750 section 3.1).
enum Refused {
    /// No token came: no error code either.
    NoToken,
    InvalidRequest,
    InvalidToken,
    InsufficientScope,
    Server,
}

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    vec![(PATH, get(userinfo).post(userinfo).options(preflight))]
}

async fn preflight() -> Response {
    respond::preflight("GET, HEAD, POST, OPTIONS")
}

async fn userinfo(State(issuer): State<Issuer>, headers: HeaderMap) -> Response {
    let mut response = match asked(&issuer, &headers).await {
        Ok((user, scope)) => Json(UserInfo {
            sub: user.id.as_str(),
            person: PersonClaims::of(&user, &scope),
        })
        .into_response(),
        Err(refused) => refused.into_response(),
    };
    respond::never_stored(response.headers_mut());
    respond::readable_from_anywhere(response.headers_mut());
    response
}

async fn asked(issuer: &Issuer, headers: &HeaderMap) -> Result<(User, Scopes), Refused> {
    let token = bearer(headers)?;
    let own = issuer.0.own.load_full();
    let token = OwnToken::live(&own, token, issuer.0.clock.now()).ok_or(Refused::InvalidToken)?;
    let scope: Scopes = token
        .scope
        .as_deref()
        .unwrap_or_default()
        .parse()
        .map_err(|_| Refused::InvalidToken)?;
    if !scope.contains("openid") {
        return Err(Refused::InsufficientScope);
    }
    let id = token.sub.parse().map_err(|_| Refused::InvalidToken)?;
    let user = issuer.0.store.user(&id).await?;
    let user = user.filter(|user| !user.disabled);
    Ok((user.ok_or(Refused::InvalidToken)?, scope))
}

/// The token of the one `Authorization` header (RFC 6750 section 2.1). Neither
/// the query nor a form is looked at.
fn bearer(headers: &HeaderMap) -> Result<&str, Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refused::NoToken)?;
    if values.next().is_some() {
        return Err(Refused::InvalidRequest);
    }
    let value = value.to_str().map_err(|_| Refused::InvalidRequest)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::NoToken);
    }
    let token = token.trim_start_matches(' ');
    match is_b64token(token) {
        true => Ok(token),
        false => Err(Refused::InvalidRequest),
    }
}

/// The syntax of a bearer token (RFC 6750 section 2.1): anything else cannot be
/// one, be it two tokens or a tab before it.
fn is_b64token(text: &str) -> bool {
    let word = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    let text = text.trim_end_matches('=');
    !text.is_empty() && text.bytes().all(word)
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a person could not be looked up");
        Self::Server
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code, description) = match self {
            Self::NoToken => {
                let challenge = HeaderValue::from_static("Bearer realm=\"shukuba\"");
                return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response();
            }
            Self::InvalidRequest => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "Send one Authorization header with one bearer token.",
            ),
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "The token is not a live access token of a person at this server.",
            ),
            Self::InsufficientScope => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "The token lacks the scope openid: ask for it at the login.",
            ),
            Self::Server => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "The server failed; its log says why. Try again.",
            ),
        };
        let scope = match self {
            Self::InsufficientScope => ", scope=\"openid\"",
            _ => "",
        };
        let challenge = format!(
            "Bearer realm=\"shukuba\", error=\"{code}\", error_description=\"{description}\"{scope}"
        );
        let body = Json(json!({ "error": code, "error_description": description }));
        let mut response = (status, body).into_response();
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
