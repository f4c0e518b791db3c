//! A token request from its first byte to its answer: a call per phase.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::ALLOW;
use shukuba_model::journey::{Note, Step};
use shukuba_model::{Client, GrantType};
use shukuba_store::AuditEvent;

use crate::grants::{self, Issued};
use crate::journey::{self, noted};
use crate::oauth_error::OAuthError;
use crate::token::form::Form;
use crate::token::{client_auth, request};
use crate::{Issuer, people, respond};

/// `POST /oauth/token`.
pub(crate) async fn token(State(issuer): State<Issuer>, request: Request) -> Response {
    match answer(&issuer, request).await {
        Ok((outcome, note)) => noted(finished(outcome.map(Json)), note),
        Err(error) => {
            let note = journey::of_error(Step::Token, &error);
            noted(finished::<()>(Err(error)), note)
        }
    }
}

/// Any method but POST and OPTIONS.
pub(crate) async fn method_not_allowed() -> Response {
    finished::<()>(Err(OAuthError::MethodNotAllowed))
}

/// `OPTIONS /oauth/token`.
pub(crate) async fn preflight() -> Response {
    let mut response = respond::preflight("POST, OPTIONS");
    respond::never_stored(response.headers_mut());
    response
}

/// What came of a request whose client has proven itself, with a note of it;
/// else the error that keeps it from that.
async fn answer(
    issuer: &Issuer,
    request: Request,
) -> Result<(Result<Issued, OAuthError>, Note), OAuthError> {
    let address = people::address(request.extensions());
    let (headers, form) = request::posted(request).await?;
    let grant = grants::named(&form)?;
    let client = client_auth::authenticate(issuer, &headers, &form, &address).await?;
    let outcome = issue(issuer, grant, &client, &form).await;
    record(issuer, grant, &client, &outcome, address).await;
    if outcome.is_ok() {
        issuer.note_used(&client).await;
    }
    let note = journey::of_grant(issuer, grant, &client.id, &outcome);
    Ok((outcome, note))
}

async fn issue(
    issuer: &Issuer,
    grant: GrantType,
    client: &Client,
    form: &Form,
) -> Result<Issued, OAuthError> {
    grants::require(grant, client)?;
    match grant {
        GrantType::ClientCredentials => {
            grants::client_credentials::issue(issuer, client, form).await
        }
        GrantType::AuthorizationCode => {
            grants::authorization_code::issue(issuer, client, form).await
        }
        GrantType::RefreshToken => grants::refresh_token::issue(issuer, client, form).await,
        GrantType::DeviceCode => grants::device_code::issue(issuer, client, form).await,
    }
}

/// Records what came of a request whose client has proven itself. A device
/// that waits is no event. A public client has nothing to prove, so a refusal is
/// anybody's to cause.
async fn record(
    issuer: &Issuer,
    grant: GrantType,
    client: &Client,
    outcome: &Result<Issued, OAuthError>,
    address: String,
) {
    let grant = grant.as_str();
    let client_id = client.id.to_string();
    match outcome {
        Ok(issued) => {
            let event = AuditEvent {
                event: "token.issued",
                outcome: "ok",
                actor: issued.owner.clone(),
                client_id,
                subject: issued.api.to_string(),
                address,
                detail: grant.to_owned(),
            };
            issuer.record(event).await;
        }
        Err(OAuthError::AuthorizationPending | OAuthError::SlowDown) => {}
        Err(error) => {
            let event = AuditEvent {
                event: "token.refused",
                outcome: error.code(),
                client_id,
                address,
                detail: format!("{grant}: {}", error.description()),
                ..AuditEvent::default()
            };
            issuer.record_of_stranger(event).await;
        }
    }
}

/// Any method but POST where no page of another origin has to do.
pub(crate) async fn method_not_allowed_unshared() -> Response {
    let mut response = unshared::<()>(Err(OAuthError::MethodNotAllowed));
    let post = HeaderValue::from_static("POST");
    response.headers_mut().insert(ALLOW, post);
    response
}

/// The answer with the headers that every answer to a client has which may be
/// a page's script.
pub(crate) fn finished<T: IntoResponse>(outcome: Result<T, OAuthError>) -> Response {
    let mut response = unshared(outcome);
    respond::readable_from_anywhere(response.headers_mut());
    response
}

/// The answer to a client that is never a page's script: no other origin reads it.
pub(crate) fn unshared<T: IntoResponse>(outcome: Result<T, OAuthError>) -> Response {
    let mut response = match outcome {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(),
    };
    respond::never_stored(response.headers_mut());
    response
}
