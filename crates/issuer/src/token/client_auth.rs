//! Who asks for a token, proven the way the client was registered with
//! (RFC 6749 section 2.3, RFC 7523 section 2.2).

mod assertion;
mod credentials;
mod failure;

use http::HeaderMap;
use shukuba_model::{AuthMethod, Client};
use shukuba_store::Secret;

use crate::Issuer;
use crate::clients::{self, ClientError};
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

use credentials::{IdAndSecret, Presented};

/// As the fuzz target sees a header.
#[cfg(feature = "fuzzing")]
pub(crate) fn basic(header: &[u8]) -> Option<(String, String)> {
    let presented = credentials::parse_basic(header)?;
    Some((presented.client_id, presented.secret.to_string()))
}

/// Finds the client that sent the request, from `address`, and has it prove
/// itself; a public client has nothing to prove. One that fails is recorded.
pub(crate) async fn authenticate(
    issuer: &Issuer,
    headers: &HeaderMap,
    form: &Form,
    address: &str,
) -> Result<Client, OAuthError> {
    let presented = Presented::of(headers, form);
    let outcome = match &presented {
        Ok(presented) => prove(issuer, presented, address).await,
        Err(error) => Err(error.clone()),
    };
    if let Err(error) = &outcome {
        failure::record(issuer, presented.ok().as_ref(), error, address).await;
    }
    outcome
}

async fn prove(
    issuer: &Issuer,
    presented: &Presented<'_>,
    address: &str,
) -> Result<Client, OAuthError> {
    match presented {
        Presented::Id(client_id) => public(issuer, client_id, address).await,
        Presented::Secret(presented) => with_secret(issuer, presented, address).await,
        Presented::Assertion {
            assertion,
            client_id,
        } => assertion::check(issuer, assertion, *client_id, address).await,
    }
}

async fn public(issuer: &Issuer, client_id: &str, address: &str) -> Result<Client, OAuthError> {
    let client = find(issuer, client_id, false, address).await?;
    match client.auth_method {
        AuthMethod::None => Ok(client),
        AuthMethod::PrivateKeyJwt => Err(invalid_client(
            format!(
                "The client '{}' proves itself with private_key_jwt: send a client_assertion.",
                shortened(&client.name)
            ),
            false,
        )),
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost | AuthMethod::ClientSecret => {
            Err(invalid_client(
                format!(
                    "Missing client_secret: the client '{}' has a secret and must send it, {}.",
                    shortened(&client.name),
                    ways(client.auth_method)
                ),
                false,
            ))
        }
    }
}

async fn with_secret(
    issuer: &Issuer,
    presented: &IdAndSecret,
    address: &str,
) -> Result<Client, OAuthError> {
    let IdAndSecret {
        client_id,
        secret,
        basic,
    } = presented;
    let client = match find(issuer, client_id, *basic, address).await {
        Err(OAuthError::InvalidClient { .. }) => return Err(wrong(issuer, client_id, *basic)),
        found => found?,
    };
    let fits = match client.auth_method {
        AuthMethod::ClientSecret => true,
        AuthMethod::ClientSecretBasic => *basic,
        AuthMethod::ClientSecretPost => !*basic,
        AuthMethod::None | AuthMethod::PrivateKeyJwt => false,
    };
    if !fits {
        return Err(invalid_client(
            format!(
                "The client was registered with the authentication method {}: it proves itself {}.",
                client.auth_method.as_str(),
                ways(client.auth_method)
            ),
            *basic,
        ));
    }
    let right = issuer
        .0
        .store
        .check_client_secret(&client.id, &Secret::presented(secret), issuer.0.clock.now())
        .await
        .map_err(|error| failed(&error))?;
    if right {
        Ok(client)
    } else {
        Err(wrong(issuer, client_id, *basic))
    }
}

/// An unknown id and a wrong secret look the same from outside, and count.
fn wrong(issuer: &Issuer, client_id: &str, basic: bool) -> OAuthError {
    // The id is not logged: people paste secrets into the wrong field.
    tracing::warn!("a token request came with an unknown client id or a wrong secret");
    match issuer.0.wrong_secrets.count(client_id) {
        Some(retry_after) => OAuthError::TooManyAttempts { retry_after },
        None => invalid_client(
            "The client id is unknown or the client secret is wrong. 'shukuba app list' shows the ids; a secret is shown once, when it is made.",
            basic,
        ),
    }
}

/// The client of that id. A client that is not there is told so with 401
/// `invalid_client`, on which hosted clients register again.
async fn find(
    issuer: &Issuer,
    client_id: &str,
    basic: bool,
    address: &str,
) -> Result<Client, OAuthError> {
    clients::find_for(issuer, client_id, address)
        .await
        .map_err(|error| match error {
            ClientError::Unknown(_) => invalid_client(
                "The client id is unknown here: register the client again, or see 'shukuba app list'.",
                basic,
            ),
            ClientError::Document(text) => invalid_client(text, basic),
            ClientError::Store(error) => failed(&error),
        })
}

fn failed(error: &shukuba_store::StoreError) -> OAuthError {
    tracing::error!(%error, "a client could not be looked up");
    OAuthError::Server
}

/// How a client with that method sends its proof.
fn ways(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::None => "by its client_id alone, without a secret",
        AuthMethod::ClientSecretBasic => "by Basic (RFC 6749 section 2.3.1)",
        AuthMethod::ClientSecretPost => "as client_secret in the body",
        AuthMethod::ClientSecret => "by Basic or as client_secret in the body",
        AuthMethod::PrivateKeyJwt => "by a client_assertion (RFC 7523)",
    }
}

fn invalid_client(description: impl Into<String>, basic: bool) -> OAuthError {
    OAuthError::InvalidClient {
        description: description.into(),
        basic,
    }
}
