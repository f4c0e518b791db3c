//! A token request from its first byte to its answer: a call per phase.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
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
    let client = client_auth::authenticate(issuer, &headers, &form).await?;
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
/// that waits is no event.
async fn record(
    issuer: &Issuer,
    grant: GrantType,
    client: &Client,
    outcome: &Result<Issued, OAuthError>,
    address: String,
) {
    let (event, outcome, actor, subject, why) = match outcome {
        Ok(issued) => (
            "token.issued",
            "ok",
            issued.owner.clone(),
            issued.api.to_string(),
            String::new(),
        ),
        Err(OAuthError::AuthorizationPending | OAuthError::SlowDown) => return,
        Err(error) => (
            "token.refused",
            error.code(),
            String::new(),
            String::new(),
            format!(": {}", error.description()),
        ),
    };
    let event = AuditEvent {
        event,
        outcome,
        actor,
        client_id: client.id.to_string(),
        subject,
        address,
        detail: format!("{}{why}", grant.as_str()),
    };
    issuer.record(event).await;
}

/// The answer with the headers that every answer to a client has.
pub(crate) fn finished<T: IntoResponse>(outcome: Result<T, OAuthError>) -> Response {
    let mut response = match outcome {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(),
    };
    respond::never_stored(response.headers_mut());
    respond::readable_from_anywhere(response.headers_mut());
    response
}
