//! A person's logins at MCP servers: found by discovery, kept in a file of
//! mode 0600, renewed when they near their end.

mod device;
mod discovery;
mod kept;

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use shukuba_model::wire::TokenIssued;

use crate::client::http_client;
use crate::failure::Failure;

pub(crate) use device::{Prompt, log_in};
pub(crate) use kept::Kept;

/// A token with less time than this is renewed before it is used, in seconds.
const MARGIN: u64 = 60;

/// What a token endpoint answers, with the refresh token.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default = "an_hour")]
    expires_in: u64,
    #[serde(default)]
    scope: Option<String>,
}

fn an_hour() -> u64 {
    3600
}

/// An error of an OAuth endpoint (RFC 6749 section 5.2).
#[derive(Debug, Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
    /// A device endpoint's own interval after `slow_down`, where it says so.
    #[serde(default)]
    interval: Option<u64>,
}

/// A token for the server, renewed where it is about to end.
///
/// # Errors
/// When nobody logged in there, or the login has ended.
pub(crate) async fn token(server: &str) -> Result<TokenIssued, Failure> {
    let mut kept = Kept::read()?;
    let login = kept.login(server).ok_or_else(|| {
        Failure::failed(format!("nobody is logged in at {server}"))
            .hint(format!("run `shukuba login {server}`"))
    })?;
    let now = now();
    if login.expires_at > now + MARGIN {
        return Ok(issued(login, now));
    }
    let Some(refresh) = login.refresh_token.clone() else {
        return Err(ended(server, "its token has expired and cannot be renewed"));
    };
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
        ("client_id", login.client_id.as_str()),
        ("resource", login.resource.as_str()),
    ];
    match post::<Answer>(&http_client()?, &login.token_endpoint, &form).await? {
        Ok(answer) => {
            login.take(answer, now);
            let issued = issued(login, now);
            kept.write()?;
            Ok(issued)
        }
        Err(refused) => Err(ended(server, &refused.error_description)),
    }
}

/// Ends the login at the server; its tokens are revoked (RFC 7009).
///
/// # Errors
/// When nobody is logged in there, or the file cannot be written.
pub(crate) async fn log_out(server: &str) -> Result<(), Failure> {
    let mut kept = Kept::read()?;
    let Some(login) = kept.remove(server) else {
        return Err(Failure::failed(format!("nobody is logged in at {server}")));
    };
    kept.write()?;
    let token = login.refresh_token.as_ref().unwrap_or(&login.access_token);
    if let Some(endpoint) = &login.revocation_endpoint {
        let form = [("token", token.as_str()), ("client_id", &login.client_id)];
        // The login is forgotten here even where its server cannot be reached.
        drop(http_client()?.post(endpoint).form(&form).send().await);
    }
    Ok(())
}

fn ended(server: &str, why: &str) -> Failure {
    Failure::refused(format!("the login at {server} has ended: {why}"))
        .hint(format!("run `shukuba login {server}` again"))
}

fn issued(login: &kept::Login, now: u64) -> TokenIssued {
    TokenIssued {
        access_token: login.access_token.clone(),
        token_type: "Bearer".to_owned(),
        expires_in: login.expires_at.saturating_sub(now),
        scope: login.scope.clone(),
    }
}

/// Posts a form; the inner result is what the endpoint said.
async fn post<T: serde::de::DeserializeOwned>(
    http: &reqwest::Client,
    endpoint: &str,
    form: &[(&str, &str)],
) -> Result<Result<T, Refused>, Failure> {
    let failed = |error: reqwest::Error| {
        Failure::failed(format!(
            "{endpoint} cannot be asked: {}",
            error.without_url()
        ))
    };
    let response = http
        .post(endpoint)
        .form(form)
        .send()
        .await
        .map_err(failed)?;
    let status = response.status();
    let body = response.bytes().await.map_err(failed)?;
    let unexpected = |error: serde_json::Error| {
        Failure::failed(format!(
            "{endpoint} answered {status} with something else than expected: {error}"
        ))
    };
    if status.is_success() {
        serde_json::from_slice(&body).map(Ok).map_err(unexpected)
    } else {
        serde_json::from_slice(&body).map(Err).map_err(unexpected)
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
