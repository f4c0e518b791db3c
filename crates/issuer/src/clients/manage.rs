//! What a client that registered itself may do to its registration (RFC 7592).

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::{Extensions, HeaderMap, StatusCode};
use serde_json::Value;
use shukuba_model::Client;
use shukuba_store::{AuditEvent, Secret, StoreError};

use super::register::{Told, bearer, finished, read, secret_of, view};
use super::registration::{Members, Registration};
use super::registration_error::RegistrationError;
use crate::{Issuer, RegistrationPolicy, people, respond};

const PATH: &str = "/oauth/register/{client_id}";

/// What the server gives, so that a client may repeat but not choose it (RFC
/// 7592 section 2.2).
const NOT_SENT: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

/// A wrong token and a client that is gone look the same from outside.
const NOT_ITS_TOKEN: RegistrationError = RegistrationError::Token(
    "This needs the registration access token of this very client, as a bearer token; registering again gives a new client.",
);

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    let methods = get(show).put(replace).delete(delete).options(preflight);
    vec![(PATH, methods)]
}

async fn preflight() -> Response {
    respond::preflight("GET, PUT, DELETE, OPTIONS")
}

/// `GET`: the registration as it is.
async fn show(
    State(issuer): State<Issuer>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let (client, token) = managed(&issuer, &client_id, &headers).await?;
        Ok(told(&issuer, &client, &token, None))
    };
    ended(shown.await)
}

/// `PUT`: replaces it whole.
async fn replace(
    State(issuer): State<Issuer>,
    Path(client_id): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let replaced = async {
        let (client, token) = managed(&issuer, &client_id, &parts.headers).await?;
        let members = Members::parse(&read(body).await?)?;
        let client = changed(&issuer, client, &members).await?;
        let new = Registration::of(&members)?.into_client(client.id.clone(), client.created_at);
        let first = secret_of(&new).filter(|_| !client.auth_method.has_secret());
        let now = issuer.0.clock.now();
        issuer
            .0
            .store
            .replace_registration(&new, &token, first.as_ref(), now)
            .await
            .map_err(gone_or_failed)?;
        tracing::info!(client_id = %new.id, "a client changed its registration");
        Ok(told(&issuer, &new, &token, first.as_ref()))
    };
    ended(replaced.await)
}

/// `DELETE`: ends it, and with it all its tokens (RFC 7592 section 2.3).
async fn delete(
    State(issuer): State<Issuer>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    let deleted = async {
        let (client, _) = managed(&issuer, &client_id, &headers).await?;
        issuer
            .delete_client(&client.id)
            .await
            .map_err(gone_or_failed)?;
        let event = AuditEvent {
            event: "client.removed",
            outcome: "ok",
            client_id: client.id.to_string(),
            address: people::address(&extensions),
            detail: "by itself".to_owned(),
            ..AuditEvent::default()
        };
        issuer.record(event).await;
        Ok(())
    };
    match deleted.await {
        Ok(()) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            respond::never_stored(response.headers_mut());
            respond::readable_from_anywhere(response.headers_mut());
            response
        }
        Err(error) => RegistrationError::into_response(error),
    }
}

fn ended(outcome: Result<Value, RegistrationError>) -> Response {
    match outcome {
        Ok(body) => finished(StatusCode::OK, body),
        Err(error) => error.into_response(),
    }
}

/// The client, when the request carries its own token.
async fn managed(
    issuer: &Issuer,
    client_id: &str,
    headers: &HeaderMap,
) -> Result<(Client, Secret), RegistrationError> {
    if issuer.0.settings.registration == RegistrationPolicy::Off {
        return Err(RegistrationError::Off);
    }
    let token = bearer(headers).ok_or(NOT_ITS_TOKEN)?;
    let client = issuer.0.store.managed_client(client_id, &token).await?;
    Ok((client.ok_or(NOT_ITS_TOKEN)?, token))
}

/// Refuses what the server alone gives: another id, another secret.
async fn changed(
    issuer: &Issuer,
    client: Client,
    members: &Members,
) -> Result<Client, RegistrationError> {
    let refused = |text: &str| Err(RegistrationError::metadata(text));
    if members.text("client_id")? != Some(client.id.as_str()) {
        return refused("'client_id' must be that of this very client (RFC 7592 section 2.2).");
    }
    if let Some(name) = NOT_SENT.iter().find(|name| members.get(name).is_some()) {
        return refused(&format!(
            "'{name}' must not be sent: the server gives it (RFC 7592 section 2.2)."
        ));
    }
    if let Some(secret) = members.text("client_secret")? {
        let now = issuer.0.clock.now();
        let presented = Secret::presented(secret);
        let store = &issuer.0.store;
        if !store
            .check_client_secret(&client.id, &presented, now)
            .await?
        {
            return refused(
                "'client_secret' is not the client's: a client cannot choose its secret; leave it out.",
            );
        }
    }
    Ok(client)
}

fn told(issuer: &Issuer, client: &Client, token: &Secret, secret: Option<&Secret>) -> Value {
    view(
        issuer,
        &Told {
            client,
            secret,
            management: Some(token),
        },
    )
}

fn gone_or_failed(error: StoreError) -> RegistrationError {
    match error {
        StoreError::NotFound { .. } => NOT_ITS_TOKEN,
        other => other.into(),
    }
}
