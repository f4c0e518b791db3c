//! The grants: what a client asks a token with. A file per grant.

pub(crate) mod authorization_code;
pub(crate) mod client_credentials;
pub(crate) mod device_code;
pub(crate) mod person;
pub(crate) mod refresh_token;
pub(crate) mod target;

use serde::Serialize;
use shukuba_model::wire::TokenIssued;
use shukuba_model::{ApiIdentifier, Client, GrantType};

use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

/// The answer to a token request (RFC 6749 section 5.1, OpenID Connect Core
/// section 3.1.3.3).
#[derive(Serialize)]
pub(crate) struct Issued {
    #[serde(flatten)]
    pub(crate) access: TokenIssued,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    /// The id of the person they speak for; empty where it is the client itself.
    #[serde(skip)]
    pub(crate) owner: String,
    /// What they are for.
    #[serde(skip)]
    pub(crate) api: ApiIdentifier,
}

/// The grant a request names; one of those the server gives.
pub(crate) fn named(form: &Form) -> Result<GrantType, OAuthError> {
    let Some(name) = form.get("grant_type") else {
        return Err(OAuthError::request(
            "Missing required parameter: grant_type. Send grant_type=client_credentials, authorization_code or refresh_token.",
        ));
    };
    name.parse().map_err(|_| {
        OAuthError::UnsupportedGrantType(format!(
            "The grant type '{}' is not given here; this server gives authorization_code, refresh_token, client_credentials and urn:ietf:params:oauth:grant-type:device_code.",
            shortened(name)
        ))
    })
}

/// Refuses a grant that the client was not registered with.
pub(crate) fn require(grant: GrantType, client: &Client) -> Result<(), OAuthError> {
    if !client.may_use(grant) {
        let own: Vec<&str> = client.grant_types.iter().map(|own| own.as_str()).collect();
        return Err(OAuthError::UnauthorizedClient(format!(
            "The client '{}' may not use the grant type '{}'; it is registered with: {}.",
            shortened(&client.name),
            grant.as_str(),
            own.join(", ")
        )));
    }
    if grant == GrantType::ClientCredentials && client.is_public() {
        return Err(OAuthError::UnauthorizedClient(format!(
            "The client '{}' has no secret and no key, so it cannot act for itself (RFC 6749 section 4.4): let a person log in, or register an application of the type m2m.",
            shortened(&client.name)
        )));
    }
    Ok(())
}
