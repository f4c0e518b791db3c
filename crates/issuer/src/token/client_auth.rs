//! Who asks for a token: `client_secret_basic` or `client_secret_post`, never both.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use shukuba_model::{AuthMethod, Client, ClientApi, ClientMetadata, ClientSource, GrantType};
use shukuba_store::{Application, Secret, StoreError};
use zeroize::Zeroizing;

use crate::Issuer;
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, decode_component, shortened};

/// Clients that leave the padding out are understood as well.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A client id and secret as they were presented.
#[derive(PartialEq, Eq)]
struct Presented {
    client_id: String,
    secret: Zeroizing<String>,
    basic: bool,
}

/// Finds the client that sent the request and checks its secret, where it has
/// one (the smallest body; the clients room's version replaces it).
pub(crate) async fn authenticate(
    issuer: &Issuer,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Client, OAuthError> {
    if let Some(client) = public(issuer, headers, form).await? {
        return Ok(client);
    }
    let presented = presented(headers, form)?;
    let Presented {
        client_id,
        secret,
        basic,
    } = &presented;
    find(issuer, client_id, secret).await?.ok_or_else(|| {
        // The id is not logged: people paste secrets into the wrong field.
        tracing::warn!("a token request came with an unknown client id or a wrong secret");
        match issuer.0.wrong_secrets.count(client_id) {
            Some(retry_after) => OAuthError::TooManyAttempts { retry_after },
            None => OAuthError::InvalidClient {
                description: "The client id is unknown or the client secret is wrong. 'shukuba app list' shows the ids; a secret is shown once, when its application is created.".to_owned(),
                basic: *basic,
            },
        }
    })
}

async fn public(
    issuer: &Issuer,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Option<Client>, OAuthError> {
    if headers.contains_key(AUTHORIZATION) || form.get("client_secret").is_some() {
        return Ok(None);
    }
    let Some(client_id) = form.get("client_id") else {
        return Ok(None);
    };
    let client = issuer.0.store.client(client_id).await?;
    Ok(client.filter(Client::is_public))
}

async fn find(
    issuer: &Issuer,
    client_id: &str,
    secret: &str,
) -> Result<Option<Client>, StoreError> {
    let store = &issuer.0.store;
    if let Some(client) = store.client(client_id).await? {
        let presented = Secret::presented(secret);
        let now = issuer.0.clock.now();
        let right = store
            .check_client_secret(&client.id, &presented, now)
            .await?;
        return Ok(right.then_some(client));
    }
    let application = store.authenticate(client_id, secret).await?;
    Ok(application.as_ref().map(client_of))
}

/// An application of the first version as the client it will be.
pub(crate) fn client_of(application: &Application) -> Client {
    Client {
        id: application.client_id.clone(),
        name: application.name.clone(),
        source: ClientSource::Registered,
        kind: application.kind,
        auth_method: AuthMethod::ClientSecret,
        grant_types: vec![GrantType::ClientCredentials],
        redirect_uris: Vec::new(),
        apis: application
            .apis
            .iter()
            .map(|api| ClientApi {
                identifier: api.clone(),
                scopes: None,
            })
            .collect(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at: application.created_at,
        last_used_at: None,
    }
}

fn presented(headers: &HeaderMap, form: &Form) -> Result<Presented, OAuthError> {
    if form.get("client_assertion").is_some() || form.get("client_assertion_type").is_some() {
        return Err(invalid_client(
            "Client assertions are not accepted here: send the client secret, by Basic or in the body.",
            false,
        ));
    }
    let mut values = headers.get_all(AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => from_body(form),
        (Some(value), None) => from_header(value, form),
        (Some(_), Some(_)) => Err(OAuthError::request(
            "The request has several Authorization headers; send one.",
        )),
    }
}

fn from_body(form: &Form) -> Result<Presented, OAuthError> {
    let client_id = form.get("client_id").ok_or_else(|| {
        invalid_client(
            "Missing client_id: send the client id and secret, by Basic or as client_id and client_secret in the body.",
            false,
        )
    })?;
    let secret = form.get("client_secret").ok_or_else(|| {
        invalid_client(
            "Missing client_secret: every application of this server has a secret, to be sent by Basic or as client_secret in the body.",
            false,
        )
    })?;
    Ok(Presented {
        client_id: client_id.to_owned(),
        secret: Zeroizing::new(secret.to_owned()),
        basic: false,
    })
}

fn from_header(value: &HeaderValue, form: &Form) -> Result<Presented, OAuthError> {
    if form.get("client_secret").is_some() {
        return Err(OAuthError::request(
            "The client secret came both in the Authorization header and in the body; use one way.",
        ));
    }
    let presented = parse_basic(value.as_bytes()).ok_or_else(|| {
        invalid_client(
            "The Authorization header is not 'Basic' with the base64 of 'client_id:client_secret', both form-encoded (RFC 6749 section 2.3.1).",
            true,
        )
    })?;
    match form.get("client_id") {
        Some(other) if other != presented.client_id => Err(OAuthError::request(format!(
            "The body names the client '{}', the Authorization header another one.",
            shortened(other)
        ))),
        _ => Ok(presented),
    }
}

/// Parses `Basic …` as RFC 6749 section 2.3.1 defines it: id and secret are
/// form-encoded before they are joined by a colon. `None` for anything else.
fn parse_basic(header: &[u8]) -> Option<Presented> {
    let header = std::str::from_utf8(header).ok()?;
    let (scheme, credentials) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(BASE64.decode(credentials.trim_start()).ok()?);
    let (client_id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let client_id = decode_component(client_id).ok()?;
    let secret = Zeroizing::new(decode_component(secret).ok()?);
    if client_id.is_empty() || secret.is_empty() {
        return None;
    }
    Some(Presented {
        client_id,
        secret,
        basic: true,
    })
}

fn invalid_client(description: &str, basic: bool) -> OAuthError {
    OAuthError::InvalidClient {
        description: description.to_owned(),
        basic,
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn basic(userinfo: &str) -> String {
        format!("Basic {}", BASE64.encode(userinfo))
    }

    proptest! {
        #[test]
        fn any_other_authorization_header_is_refused(header in prop::collection::vec(any::<u8>(), 0..200)) {
            // Random bytes hardly ever spell the scheme.
            prop_assume!(!header.to_ascii_lowercase().starts_with(b"basic"));
            prop_assert!(parse_basic(&header).is_none());
        }

        #[test]
        fn any_decoded_credentials_parse_or_are_refused(userinfo in prop::collection::vec(any::<u8>(), 0..200)) {
            let header = format!("Basic {}", BASE64.encode(userinfo));
            if let Some(presented) = parse_basic(header.as_bytes()) {
                prop_assert!(!presented.client_id.is_empty() && !presented.secret.is_empty());
            }
        }

        #[test]
        fn id_and_secret_come_back_whatever_they_hold(id in ".{1,20}", secret in ".{1,40}") {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let header = basic(&format!("{}:{}", encode(&id), encode(&secret)));
            let presented = parse_basic(header.as_bytes()).unwrap();
            prop_assert_eq!(&presented.client_id, &id);
            prop_assert_eq!(presented.secret.as_str(), secret.as_str());
        }
    }

    #[test]
    fn the_scheme_is_case_insensitive_and_padding_optional() {
        for header in [
            "basic YTpi",
            "BASIC YTpi",
            "Basic  YTpi",
            "Basic YTpiYw",
            "Basic YTpiYw==",
        ] {
            assert!(parse_basic(header.as_bytes()).is_some(), "{header}");
        }
    }

    #[test]
    fn t10_broken_credentials_are_no_credentials() {
        for header in [
            "Basic".to_owned(),
            "Basic ".to_owned(),
            "Basic %%%".to_owned(),
            "Bearer YTpi".to_owned(),
            basic("no colon"),
            basic("a:%zz"),
            basic("%:b"),
            basic(":secret"),
            basic("id:"),
            "Basic /////w==".to_owned(),
        ] {
            assert!(parse_basic(header.as_bytes()).is_none(), "{header}");
        }
    }
}
