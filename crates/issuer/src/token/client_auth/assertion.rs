//! `private_key_jwt`: a client proves itself with a key (RFC 7523 section 2.2).

use shukuba_model::jose::JwkSet;
use shukuba_model::{AuthMethod, Client, ClientSource};
use shukuba_verify::{ClientAssertion, Signature};

use super::{failed, find, invalid_client, ways};
use crate::Issuer;
use crate::oauth_error::OAuthError;
use crate::token;
use crate::token::form::shortened;

/// Checks an assertion and uses it up.
pub(super) async fn check(
    issuer: &Issuer,
    text: &str,
    client_id: Option<&str>,
    address: &str,
) -> Result<Client, OAuthError> {
    let assertion = ClientAssertion::parse(text).map_err(|error| refused(&error.to_string()))?;
    let subject = assertion
        .subject()
        .ok_or_else(|| refused("Its 'sub' must be the client id."))?;
    if client_id.is_some_and(|named| named != subject) {
        return Err(refused("It is of another client than client_id names."));
    }
    let client = find(issuer, subject, false, address).await?;
    if !has_keys(&client) {
        return Err(invalid_client(
            format!(
                "The client was registered with the authentication method {}: it proves itself {}.",
                client.auth_method.as_str(),
                ways(client.auth_method)
            ),
            false,
        ));
    }
    let own = &issuer.0.settings.issuer;
    // The issuer is what RFC 7523bis asks for; the others are what clients send.
    let audiences = [
        own.clone(),
        format!("{own}/"),
        format!("{own}{}", token::PATH),
    ];
    let now = issuer.0.clock.now();
    let used = assertion
        .judge(
            client.id.as_str(),
            &audiences.each_ref().map(String::as_str),
            now,
        )
        .map_err(|error| refused(&error.to_string()))?;
    check_signature(issuer, &client, &assertion).await?;
    let first = issuer
        .0
        .store
        .use_assertion_id(&client.id, &used.jti, used.remember_until)
        .await
        .map_err(|error| failed(&error))?;
    if first {
        Ok(client)
    } else {
        tracing::warn!(client_id = %client.id, "a client assertion came twice");
        Err(refused(
            "Its 'jti' was used before: each assertion counts once.",
        ))
    }
}

/// Whether a client may prove itself with a key. A client with a document may
/// list this way beside none.
fn has_keys(client: &Client) -> bool {
    match client.auth_method {
        AuthMethod::PrivateKeyJwt => true,
        AuthMethod::None if client.source == ClientSource::Document => {
            client.jwks.is_some() || client.jwks_uri.is_some()
        }
        _ => false,
    }
}

async fn check_signature(
    issuer: &Issuer,
    client: &Client,
    assertion: &ClientAssertion<'_>,
) -> Result<(), OAuthError> {
    let first = match (&client.jwks, &client.jwks_uri) {
        (Some(keys), _) => assertion.verify(keys),
        (None, Some(uri)) => {
            let keys = fetched(issuer, uri, false).await?;
            match assertion.verify(&keys) {
                Signature::UnknownKey => assertion.verify(&fetched(issuer, uri, true).await?),
                other => other,
            }
        }
        (None, None) => Signature::UnknownKey,
    };
    match first {
        Signature::Verified => Ok(()),
        Signature::UnknownKey => Err(refused(
            "The client has no key that it could be signed with.",
        )),
        Signature::Refused(why) => Err(refused(&why)),
    }
}

async fn fetched(issuer: &Issuer, uri: &str, newer: bool) -> Result<JwkSet, OAuthError> {
    let keys = &issuer.0.fetched.keys;
    keys.get(uri, newer).await.map_err(|why| {
        refused(&format!(
            "The client's keys cannot be had: {}",
            shortened(&why)
        ))
    })
}

fn refused(why: &str) -> OAuthError {
    invalid_client(format!("The client assertion proves nothing. {why}"), false)
}
