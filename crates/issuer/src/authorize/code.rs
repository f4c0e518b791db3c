//! The end of a request: a code for the client, or an error.

use axum::response::Response;
use shukuba_model::journey::{Note, Step};
use shukuba_store::{NewCode, NewGrant, Secret, new_grant_id};

use super::failure::Failure;
use super::pending::Pending;
use super::problem::Problem;
use super::respond::{self, Via};
use crate::Issuer;
use crate::journey::{self, noted};
use crate::people::session::LoggedIn;

/// Answers a request with a code.
pub(crate) async fn issue(
    issuer: &Issuer,
    via: Via,
    pending: &Pending,
    who: &LoggedIn,
) -> Result<Response, Problem> {
    pending.answer(issuer).await?;
    send(issuer, via, pending, who).await
}

/// Makes the code of a request that was just answered, and sends it.
pub(crate) async fn send(
    issuer: &Issuer,
    via: Via,
    pending: &Pending,
    who: &LoggedIn,
) -> Result<Response, Problem> {
    let request = &pending.request;
    let lifetimes = &issuer.0.settings.lifetimes;
    let now = issuer.0.clock.now();
    let new = NewCode {
        code: Secret::generate("skc_"),
        grant: NewGrant {
            id: new_grant_id(),
            user_id: who.user.id.clone(),
            client_id: request.client_id.clone(),
            client_name: pending.client.name.clone(),
            api: request.target.api.clone(),
            resource: request.target.resource.clone(),
            scope: request.scope.clone(),
            auth_time: who.auth_time,
            created_at: now,
            expires_at: now.saturating_add(lifetimes.refresh_absolute),
        },
        redirect_uri: request.back.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        expires_at: now.saturating_add(lifetimes.code),
    };
    issuer.0.store.create_code(&new).await?;
    tracing::info!(
        client_id = %request.client_id,
        user_id = %who.user.id,
        api = %request.target.api,
        grant_id = %new.grant.id,
        "authorization code issued"
    );
    let response = respond::code(issuer, via, &request.back, &new.code);
    let note = Note::done(Step::Authorization);
    Ok(noted(response, journey::of_request(issuer, note, pending)))
}

/// Answers a request with an error.
pub(crate) async fn refuse(
    issuer: &Issuer,
    via: Via,
    pending: &Pending,
    failure: &Failure,
) -> Result<Response, Problem> {
    pending.answer(issuer).await?;
    tracing::info!(
        client_id = %pending.request.client_id,
        error = failure.code.as_str(),
        "authorization refused"
    );
    let response = respond::failure(issuer, via, &pending.request.back, failure);
    let note = journey::sent_back(Step::Authorization, failure);
    Ok(noted(response, journey::of_request(issuer, note, pending)))
}
