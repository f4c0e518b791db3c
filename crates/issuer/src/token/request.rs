//! A form that a client posts: to the token endpoint and to those beside it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Uri};

use crate::oauth_error::OAuthError;
use crate::token::form::{Form, decode_component};

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The headers and the parameters of a request, which come in its body alone.
pub(crate) async fn posted(request: Request) -> Result<(HeaderMap, Form), OAuthError> {
    let (parts, body) = request.into_parts();
    refuse_credentials_in_query(&parts.uri)?;
    require_form(&parts.headers)?;
    let form = Form::parse(&read(body).await?)?;
    Ok((parts.headers, form))
}

/// Addresses end up in logs and histories, so no credential may come in one
/// (OAuth 2.1 section 2.4.1).
fn refuse_credentials_in_query(uri: &Uri) -> Result<(), OAuthError> {
    let misplaced = uri.query().unwrap_or_default().split('&').find_map(|pair| {
        let name = decode_component(pair.split('=').next()?).ok()?;
        matches!(
            name.as_str(),
            "client_secret"
                | "client_id"
                | "client_assertion"
                | "grant_type"
                | "token"
                | "code"
                | "code_verifier"
                | "refresh_token"
                | "device_code"
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

/// A list of media types is no media type (RFC 9110 section 8.3), but a fetch that adds
/// headers makes one, and Inspector 0.22 sends that: the form among them is believed.
fn require_form(headers: &HeaderMap) -> Result<(), OAuthError> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let one = values.next().filter(|_| values.next().is_none());
    let media_types: Vec<&str> = one
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .split(',')
        .map(|listed| listed.split(';').next().unwrap_or_default().trim())
        .collect();
    if media_types
        .iter()
        .any(|media_type| media_type.eq_ignore_ascii_case(FORM))
    {
        return Ok(());
    }
    let seen = match media_types.join(", ") {
        none if none.is_empty() => "none or several".to_owned(),
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
