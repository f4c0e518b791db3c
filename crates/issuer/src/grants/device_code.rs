//! `device_code` (RFC 8628 section 3.4): a program without a browser asks,
//! until the person has answered in theirs.

use shukuba_model::Client;
use shukuba_store::{DeviceAnswer, Grant, Poll, Secret, StoredDeviceCode};

use crate::Issuer;
use crate::grants::Issued;
use crate::grants::person::{self, Person, Wanted};
use crate::oauth_error::OAuthError;
use crate::token::form::Form;

pub(crate) async fn issue(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<Issued, OAuthError> {
    let code = Secret::presented(form.required("device_code")?);
    let now = issuer.0.clock.now();
    let stored = issuer.0.store.device_code(&code).await?;
    let stored = stored
        .filter(|stored| stored.client_id == client.id)
        .ok_or_else(unknown)?;
    let grant = answered(issuer, &code, &stored, now).await?;
    let person = Person::of(issuer, client, &grant, form).await?;
    let first = person::first_tokens(issuer, client, &grant, &person, now);
    let redeemed = issuer.0.store.redeem_device(&code, &first, now);
    if !redeemed.await? {
        return Err(used());
    }
    let wanted = Wanted {
        client,
        grant: &grant,
        person: &person,
        scope: &grant.scope,
        nonce: None,
        refresh_token: first.refresh.as_ref().map(|refresh| &refresh.token),
    };
    person::issued(issuer, &wanted, now)
}

/// The grant, when the person has said yes; else what the program is told.
async fn answered(
    issuer: &Issuer,
    code: &Secret,
    stored: &StoredDeviceCode,
    now: i64,
) -> Result<Grant, OAuthError> {
    if stored.consumed_at.is_some() {
        return Err(used());
    }
    if now >= stored.expires_at {
        return Err(OAuthError::ExpiredToken(
            "Nobody answered in time: begin again.".to_owned(),
        ));
    }
    match &stored.answer {
        DeviceAnswer::Denied => Err(OAuthError::AccessDenied("The person said no.".to_owned())),
        DeviceAnswer::Pending => Err(match issuer.0.store.poll_device(code, now).await? {
            Poll::InTime => OAuthError::AuthorizationPending,
            Poll::TooSoon => OAuthError::SlowDown,
        }),
        DeviceAnswer::Allowed(grant_id) => {
            let grant = issuer.0.store.grant(grant_id).await?;
            grant.filter(|grant| grant.is_live(now)).ok_or_else(|| {
                OAuthError::grant("What the person allowed was taken back: begin again.")
            })
        }
    }
}

fn used() -> OAuthError {
    OAuthError::grant("The device code has given its tokens already: begin again.")
}

fn unknown() -> OAuthError {
    OAuthError::grant("The device code is unknown, or was given to another client: begin again.")
}
