//! The device flow (RFC 8628): a code here, a browser anywhere.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::discovery::{self, Found};
use super::kept::{Kept, Login};
use super::{Answer, now, post};
use crate::client::http_client;
use crate::failure::Failure;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a person is to do.
pub(crate) struct Prompt {
    /// The address to open.
    pub(crate) address: String,
    /// The code to compare or type.
    pub(crate) user_code: String,
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
}

#[derive(Deserialize)]
struct Device {
    device_code: String,
    user_code: String,
    verification_uri: String,
    #[serde(default)]
    verification_uri_complete: Option<String>,
    expires_in: u64,
    #[serde(default = "five")]
    interval: u64,
}

fn five() -> u64 {
    5
}

/// Logs in at the server behind an MCP address. `tell` is given what the
/// person is to do.
///
/// # Errors
/// When the server offers no such login, or the person refused.
pub(crate) async fn log_in(
    address: &str,
    client_id: Option<String>,
    tell: impl FnOnce(&Prompt),
) -> Result<(), Failure> {
    let http = http_client()?;
    let found = discovery::find(&http, address).await?;
    let endpoint = found
        .server
        .device_authorization_endpoint
        .clone()
        .ok_or_else(|| {
            Failure::failed(format!("{} offers no device login", found.server.issuer))
        })?;
    let client_id = match client_id {
        Some(client_id) => client_id,
        None => register(&http, &found).await?,
    };
    let scope = found.scopes.join(" ");
    let mut form = vec![
        ("client_id", client_id.as_str()),
        ("resource", found.resource.as_str()),
    ];
    if !scope.is_empty() {
        form.push(("scope", &scope));
    }
    let device: Device = post(&http, &endpoint, &form)
        .await?
        .map_err(|refused| Failure::refused(refused.error_description))?;
    tell(&Prompt {
        address: device
            .verification_uri_complete
            .clone()
            .unwrap_or_else(|| device.verification_uri.clone()),
        user_code: device.user_code.clone(),
    });
    let answer = poll(&http, &found, &client_id, &device).await?;
    let mut kept = Kept::read()?;
    kept.put(address, Login::new(&found, client_id, answer, now()));
    kept.write()
}

async fn register(http: &reqwest::Client, found: &Found) -> Result<String, Failure> {
    let endpoint = found.server.registration_endpoint.as_ref().ok_or_else(|| {
        Failure::failed(format!(
            "{} lets no client register itself",
            found.server.issuer
        ))
        .hint("ask its operator for a client id, and give it with --client-id")
    })?;
    let body = json!({
        "client_name": "Shukuba CLI",
        "grant_types": [GRANT, "refresh_token"],
        "response_types": [],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
    });
    let failed = |error: reqwest::Error| {
        Failure::failed(format!(
            "{endpoint} did not register this client: {}",
            error.without_url()
        ))
    };
    let response = http
        .post(endpoint)
        .json(&body)
        .send()
        .await
        .map_err(failed)?;
    let response = response.error_for_status().map_err(failed)?;
    let registered: Registered = response.json().await.map_err(failed)?;
    Ok(registered.client_id)
}

/// Asks until the person has decided (RFC 8628 section 3.5).
async fn poll(
    http: &reqwest::Client,
    found: &Found,
    client_id: &str,
    device: &Device,
) -> Result<Answer, Failure> {
    let mut interval = device.interval.max(1);
    let until = now().saturating_add(device.expires_in);
    let form = [
        ("grant_type", GRANT),
        ("device_code", device.device_code.as_str()),
        ("client_id", client_id),
    ];
    while now() < until {
        tokio::time::sleep(Duration::from_secs(interval)).await;
        let refused = match post(http, &found.server.token_endpoint, &form).await? {
            Ok(answer) => return Ok(answer),
            Err(refused) => refused,
        };
        match refused.error.as_str() {
            "authorization_pending" => {}
            "slow_down" => interval = refused.interval.unwrap_or(interval + 5),
            "access_denied" => return Err(Failure::refused("the login was denied in the browser")),
            "expired_token" => break,
            _ => {
                return Err(Failure::refused(format!(
                    "{}: {}",
                    refused.error, refused.error_description
                )));
            }
        }
    }
    Err(
        Failure::refused("the code has expired before anyone entered it")
            .hint("run the command again, and open the address within ten minutes"),
    )
}
