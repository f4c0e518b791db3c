//! A token request from its first byte to its answer: a call per phase.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use shukuba_model::GrantType;

use crate::grants::{self, Issued};
use crate::oauth_error::OAuthError;
use crate::token::{client_auth, request};
use crate::{Issuer, respond};

/// `POST /oauth/token`.
pub(crate) async fn token(State(issuer): State<Issuer>, request: Request) -> Response {
    finished(answer(&issuer, request).await.map(Json))
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

async fn answer(issuer: &Issuer, request: Request) -> Result<Issued, OAuthError> {
    let (headers, form) = request::posted(request).await?;
    let grant = grants::named(&form)?;
    let client = client_auth::authenticate(issuer, &headers, &form).await?;
    grants::require(grant, &client)?;
    let issued = match grant {
        GrantType::ClientCredentials => {
            grants::client_credentials::issue(issuer, &client, &form).await
        }
        GrantType::AuthorizationCode => {
            grants::authorization_code::issue(issuer, &client, &form).await
        }
        GrantType::RefreshToken => grants::refresh_token::issue(issuer, &client, &form).await,
        GrantType::DeviceCode => grants::device_code::issue(issuer, &client, &form).await,
    }?;
    issuer.note_used(&client).await;
    Ok(issued)
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
