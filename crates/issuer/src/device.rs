//! The device authorization endpoint (RFC 8628 section 3.1): a program without
//! a browser asks for a code that a person types into theirs.

mod code;
mod page;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use serde::Serialize;
use shukuba_model::journey::{Note, Step};
use shukuba_model::{Client, GrantType};
use shukuba_store::{NewDeviceCode, Secret, StoreError, new_user_code};

use crate::Issuer;
use crate::authorize::{scope, target};
use crate::grants;
use crate::journey::{self, noted};
use crate::oauth_error::OAuthError;
use crate::people;
use crate::throttle::network;
use crate::token::form::Form;
use crate::token::{client_auth, endpoint, request};

pub(crate) const PATH: &str = "/oauth/device";
/// Where the person types the code.
pub(crate) const PAGE: &str = "/device";

/// How many seconds lie between two polls.
const INTERVAL: i64 = 5;
/// How many codes may wait for an answer, of all clients together.
const MOST_WAITING: i64 = 10_000;
/// How many codes an address may ask for in a minute.
pub(crate) const MOST_PER_ADDRESS: u32 = 30;
/// How many wrong codes an address may type in a minute (RFC 8628 section 5.1).
pub(crate) const MOST_WRONG_CODES: u32 = 5;

/// RFC 8628 section 3.2.
#[derive(Serialize)]
struct DeviceAuthorization {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: i64,
    interval: i64,
}

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    let methods = post(authorize).fallback(endpoint::method_not_allowed_unshared);
    vec![(PATH, methods), (PAGE, get(page::show).post(page::answer))]
}

async fn authorize(State(issuer): State<Issuer>, request: Request) -> Response {
    let (outcome, note) = match begin(&issuer, request).await {
        Ok((answer, client)) => (Ok(Json(answer)), of_client(&client)),
        Err(error) => {
            let note = journey::of_error(Step::DeviceCode, &error);
            (Err(error), note)
        }
    };
    noted(endpoint::unshared(outcome), note)
}

fn of_client(client: &Client) -> Note {
    Note::waits(Step::DeviceCode)
        .client(&client.id)
        .client_name(&client.name)
}

async fn begin(
    issuer: &Issuer,
    request: Request,
) -> Result<(DeviceAuthorization, Client), OAuthError> {
    let address = people::address(request.extensions());
    let (headers, form) = request::posted(request).await?;
    let client = client_auth::authenticate(issuer, &headers, &form, &address).await?;
    grants::require(GrantType::DeviceCode, &client)?;
    if let Some(retry_after) = issuer.0.device_requests.count(&network(&address)) {
        return Err(OAuthError::Busy { retry_after });
    }
    let now = issuer.0.clock.now();
    if issuer.0.store.waiting_device_codes(now).await? >= MOST_WAITING {
        return Err(OAuthError::Busy { retry_after: 60 });
    }
    let kept = keep(issuer, &client, &form, address, now).await?;
    let page = format!("{}{PAGE}", issuer.0.settings.issuer);
    let answer = DeviceAuthorization {
        device_code: kept.device_code.reveal().to_owned(),
        verification_uri_complete: format!("{page}?user_code={}", kept.user_code),
        user_code: kept.user_code,
        verification_uri: page,
        expires_in: issuer.0.settings.lifetimes.device_code,
        interval: INTERVAL,
    };
    Ok((answer, client))
}

struct Kept {
    device_code: Secret,
    user_code: String,
}

async fn keep(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
    address: String,
    now: i64,
) -> Result<Kept, OAuthError> {
    let target = target::choose(issuer, client, form).await?;
    let scope = scope::choose(issuer, client, &target.api, form.get("scope")).await?;
    let device_code = Secret::generate("skd_");
    let mut new = NewDeviceCode {
        device_code: device_code.clone(),
        user_code: device_code.clone(),
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        api: target.api,
        resource: target.resource,
        scope,
        interval: INTERVAL,
        address,
        created_at: now,
        expires_at: now.saturating_add(issuer.0.settings.lifetimes.device_code),
    };
    // A code that is in use is as likely as guessing one.
    for _ in 0..3 {
        let user_code = new_user_code();
        new.user_code = code::secret(issuer, &user_code);
        match issuer.0.store.create_device_code(&new).await {
            Ok(()) => {
                tracing::info!(client_id = %client.id, api = %new.api, "device code issued");
                return Ok(Kept {
                    device_code,
                    user_code: code::shown(&user_code),
                });
            }
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(OAuthError::Busy { retry_after: 1 })
}
