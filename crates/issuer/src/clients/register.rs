//! Dynamic client registration (RFC 7591).

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderMap, StatusCode};
use serde_json::{Value, json};
use shukuba_model::journey::{Note, Step};
use shukuba_model::{Client, GrantType};
use shukuba_store::{AuditEvent, NewRegistration, Registered, Secret, new_client_id};

use super::registration::{Members, Registration};
use super::registration_error::RegistrationError;
use crate::journey::noted;
use crate::settings::RegistrationPolicy;
use crate::{Issuer, people, respond};

/// The registration endpoint, and the prefix of the addresses that manage a
/// registration (RFC 7592).
pub(crate) const PATH: &str = "/oauth/register";
/// Where clients of MCP 2025-03-26 look for it without reading metadata.
const ALIAS: &str = "/register";

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;
/// The most registrations that wait for their first token.
const MOST_UNUSED: i64 = 10_000;
/// New registrations of one address in a minute.
pub(super) const NEW_PER_MINUTE: u32 = 10;
/// Requests of one address in a minute, with those that were registered before.
pub(super) const ASKED_PER_MINUTE: u32 = 60;
/// How long a registration may wait for its first token, in seconds.
pub(crate) const UNUSED_LIFETIME: i64 = 86_400;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    [PATH, ALIAS]
        .map(|path| (path, post(register).options(preflight)))
        .into()
}

/// A registration as it is told to the client, once.
pub(super) struct Told<'a> {
    pub(super) client: &'a Client,
    pub(super) secret: Option<&'a Secret>,
    pub(super) management: Option<&'a Secret>,
}

async fn preflight() -> Response {
    respond::preflight("POST, OPTIONS")
}

/// `POST /oauth/register`.
async fn register(State(issuer): State<Issuer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match answer(&issuer, &parts.headers, &parts.extensions, body).await {
        Ok(told) => {
            let note = registered(&told);
            noted(finished(StatusCode::CREATED, told), note)
        }
        Err(error) => {
            let note = Note::refused(Step::Registration, error.code(), &error.description());
            noted(error.into_response(), note)
        }
    }
}

fn registered(told: &Value) -> Note {
    let text = |name: &str| told.get(name).and_then(Value::as_str);
    let note = Note::done(Step::Registration);
    let note = match text("client_id").map(str::parse) {
        Some(Ok(id)) => note.client(&id),
        _ => note,
    };
    match text("client_name") {
        Some(name) => note.client_name(name),
        None => note,
    }
}

async fn answer(
    issuer: &Issuer,
    headers: &HeaderMap,
    extensions: &Extensions,
    body: Body,
) -> Result<Value, RegistrationError> {
    let policy = issuer.0.settings.registration;
    if policy == RegistrationPolicy::Off {
        return Err(RegistrationError::Off);
    }
    let address = people::address(extensions);
    let fetched = &issuer.0.fetched;
    let too_many = |retry_after| RegistrationError::TooMany { retry_after };
    fetched.asked.admit(&address).map_err(too_many)?;
    let token = match policy {
        RegistrationPolicy::InitialAccessToken => Some(initial_token(headers)?),
        _ => None,
    };
    let registration = Registration::of(&Members::parse(&read(body).await?)?)?;
    let admitted = fetched.registrations.admit(&address);
    // Last, so that no other refusal uses the token up.
    if let Some(token) = token {
        admitted.map_err(too_many)?;
        let now = issuer.0.clock.now();
        if !issuer.0.store.spend_initial_token(&token, now).await? {
            return Err(NO_INITIAL_TOKEN);
        }
    }
    let most_unused = admitted.map_or(0, |()| MOST_UNUSED);
    match keep(issuer, registration, most_unused).await {
        // Some clients register at each start, which is nothing new.
        Ok((told, false)) => {
            if admitted.is_ok() {
                fetched.registrations.forgive(&address);
            }
            Ok(told)
        }
        Ok((told, true)) => {
            record(issuer, &told, address).await;
            Ok(told)
        }
        Err(RegistrationError::Full) => Err(admitted.map_or_else(too_many, |()| {
            tracing::warn!("too many registrations wait for their first token");
            RegistrationError::Full
        })),
        Err(error) => Err(error),
    }
}

async fn record(issuer: &Issuer, told: &Value, address: String) {
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    let event = AuditEvent {
        event: "client.registered",
        outcome: "ok",
        client_id: text("client_id").to_owned(),
        address,
        detail: format!("named '{}'", text("client_name")),
        ..AuditEvent::default()
    };
    issuer.record(event).await;
}

const NO_INITIAL_TOKEN: RegistrationError = RegistrationError::Token(
    "Registering here needs an initial access token as a bearer token: ask the operator for one; each is for so many clients and so long.",
);

fn initial_token(headers: &HeaderMap) -> Result<Secret, RegistrationError> {
    bearer(headers).ok_or(NO_INITIAL_TOKEN)
}

/// Keeps the registration, or finds the client that registered the same; and
/// whether it is a new one.
async fn keep(
    issuer: &Issuer,
    registration: Registration,
    most_unused: i64,
) -> Result<(Value, bool), RegistrationError> {
    let now = issuer.0.clock.now();
    let duplicate_key = registration.duplicate_key();
    let mut client = registration.into_client(new_client_id(), now);
    let secret = secret_of(&client);
    let management = Secret::generate("skr_");
    let registered = issuer
        .0
        .store
        .register_client(&NewRegistration {
            client: &client,
            secret: secret.as_ref(),
            management_token: &management,
            duplicate_key,
            most_unused,
            unused_since: now.saturating_sub(UNUSED_LIFETIME),
        })
        .await?;
    let managed = registered == Registered::New;
    match registered {
        Registered::New => {}
        Registered::Known(id) => client.id = id,
        Registered::Full => return Err(RegistrationError::Full),
    }
    tracing::info!(client_id = %client.id, new = managed, "a client registered itself");
    let told = Told {
        client: &client,
        secret: secret.as_ref(),
        management: managed.then_some(&management),
    };
    Ok((view(issuer, &told), managed))
}

/// A first secret for a client whose method has one.
pub(super) fn secret_of(client: &Client) -> Option<Secret> {
    client
        .auth_method
        .has_secret()
        .then(|| Secret::generate("skb_"))
}

/// The whole registration (RFC 7591 section 3.2.1).
pub(super) fn view(issuer: &Issuer, told: &Told<'_>) -> Value {
    let client = told.client;
    let mut body = match serde_json::to_value(&client.metadata) {
        Ok(Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    let code = client.may_use(GrantType::AuthorizationCode);
    put("client_id", json!(client.id));
    put("client_id_issued_at", json!(client.created_at));
    put("client_name", json!(client.name));
    put("redirect_uris", json!(client.redirect_uris));
    put("grant_types", json!(client.grant_types));
    put(
        "response_types",
        if code { json!(["code"]) } else { json!([]) },
    );
    put(
        "token_endpoint_auth_method",
        json!(client.auth_method.as_str()),
    );
    if let Some(jwks) = &client.jwks {
        put("jwks", json!(jwks));
    }
    if let Some(uri) = &client.jwks_uri {
        put("jwks_uri", json!(uri));
    }
    if let Some(secret) = told.secret {
        put("client_secret", json!(secret.reveal()));
    }
    if client.auth_method.has_secret() {
        put("client_secret_expires_at", json!(0));
    }
    if let Some(token) = told.management {
        put("registration_access_token", json!(token.reveal()));
        let own = &issuer.0.settings.issuer;
        let uri = format!("{own}{PATH}/{}", client.id);
        put("registration_client_uri", json!(uri));
    }
    Value::Object(body)
}

/// Reads a body up to the limit.
pub(super) async fn read(body: Body) -> Result<Bytes, RegistrationError> {
    to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| RegistrationError::TooLarge { limit: BODY_LIMIT })
}

/// The bearer token of a request; `None` for anything else, such as several
/// headers (RFC 6750 section 2.1: one space, then `b64token`).
pub(super) fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    };
    let right = scheme.eq_ignore_ascii_case("bearer")
        && (1..=512).contains(&token.len())
        && token.bytes().all(allowed);
    right.then(|| Secret::presented(token))
}

/// An answer that no cache keeps and pages of any origin may read.
pub(super) fn finished(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    respond::never_stored(response.headers_mut());
    respond::readable_from_anywhere(response.headers_mut());
    response
}
