//! What a client says of itself when it registers (RFC 7591 section 2): what
//! is understood is kept, what is not is left out, and only what would be
//! unsafe or useless is refused.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use shukuba_model::jose::JwkSet;
use shukuba_model::{
    ApplicationKind, AuthMethod, Client, ClientId, ClientMetadata, ClientSource, GrantType,
    RedirectUri, Scopes,
};
use shukuba_verify::fetch::{PublicUrl, PublicUrlError};

use super::document::display_name::clean;
use super::document::keys::public_keys;
use super::registration_error::RegistrationError;
use crate::token::form::shortened;

/// The most elements of a list that are read.
const MOST: usize = 50;
/// The longest text that is kept, in bytes.
const LONGEST: usize = 2048;

/// What a client asked for, with what it left out filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registration {
    name: String,
    pub(crate) auth_method: AuthMethod,
    grant_types: Vec<GrantType>,
    redirect_uris: Vec<RedirectUri>,
    jwks: Option<JwkSet>,
    jwks_uri: Option<String>,
    metadata: ClientMetadata,
}

/// The members of a request. `null` counts as absent.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Parses a body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, RegistrationError> {
        serde_json::from_slice(body).map(Self).map_err(|_| {
            RegistrationError::metadata(
                "The body must be one JSON object with the client's metadata (RFC 7591 section 2).",
            )
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text; empty counts as absent.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, RegistrationError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= LONGEST * 2 => {
                Ok(Some(text.as_str()).filter(|text| !text.is_empty()))
            }
            Some(_) => Err(RegistrationError::metadata(format!(
                "'{name}' must be a text, and not a long one."
            ))),
        }
    }

    fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, RegistrationError> {
        let wrong = || {
            RegistrationError::metadata(format!("'{name}' must be a list of at most {MOST} texts."))
        };
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(items)) if items.len() <= MOST => items
                .iter()
                .map(|item| item.as_str().ok_or_else(wrong))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(wrong()),
        }
    }
}

impl Registration {
    /// Judges what a client says of itself.
    pub(crate) fn of(members: &Members) -> Result<Self, RegistrationError> {
        check_software_statement(members)?;
        let auth_method = auth_method(members)?;
        let grant_types = grant_types(members, auth_method)?;
        check_response_types(members, &grant_types)?;
        let redirect_uris = redirect_uris(members, &grant_types)?;
        let (jwks, jwks_uri) = keys(members, auth_method)?;
        let name = clean(members.text("client_name")?.unwrap_or_default());
        Ok(Self {
            name: match name.as_str() {
                "" => "unnamed client".to_owned(),
                _ => name,
            },
            auth_method,
            grant_types,
            redirect_uris,
            jwks,
            jwks_uri,
            metadata: metadata(members)?,
        })
    }

    /// What makes two registrations the same client: a public client is what
    /// it is called, where it is sent back to and how it asks. One with a
    /// secret or a key is never the same as another.
    pub(crate) fn duplicate_key(&self) -> Option<Vec<u8>> {
        if self.auth_method != AuthMethod::None {
            return None;
        }
        let sorted = |texts: Vec<&str>| {
            let mut texts = texts;
            texts.sort_unstable();
            texts.dedup();
            texts.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let what = json!([
            self.name,
            sorted(self.redirect_uris.iter().map(RedirectUri::as_str).collect()),
            sorted(
                self.grant_types
                    .iter()
                    .map(|grant| grant.as_str())
                    .collect()
            ),
        ]);
        Some(
            digest(&SHA256, what.to_string().as_bytes())
                .as_ref()
                .to_vec(),
        )
    }

    /// The client it becomes.
    pub(crate) fn into_client(self, id: ClientId, created_at: i64) -> Client {
        Client {
            id,
            name: self.name,
            source: ClientSource::Dynamic,
            kind: match self.auth_method {
                AuthMethod::None => ApplicationKind::Native,
                _ => ApplicationKind::Connector,
            },
            auth_method: self.auth_method,
            grant_types: self.grant_types,
            redirect_uris: self.redirect_uris,
            apis: Vec::new(),
            jwks: self.jwks,
            jwks_uri: self.jwks_uri,
            metadata: self.metadata,
            created_at,
            last_used_at: None,
        }
    }
}

/// No statement is trusted here, so a well-formed one changes nothing (RFC
/// 7591 section 2.3) and anything else is a mistake worth telling.
fn check_software_statement(members: &Members) -> Result<(), RegistrationError> {
    let signed = |text: &str| {
        let mut parts = text.split('.');
        let segment = |part: &str| {
            let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !part.is_empty() && part.bytes().all(word)
        };
        parts.by_ref().take(3).filter(|part| segment(part)).count() == 3 && parts.next().is_none()
    };
    match members.get("software_statement") {
        None => Ok(()),
        Some(Value::String(text)) if signed(text) => Ok(()),
        Some(_) => Err(RegistrationError::SoftwareStatement),
    }
}

fn auth_method(members: &Members) -> Result<AuthMethod, RegistrationError> {
    let Some(asked) = members.text("token_endpoint_auth_method")? else {
        // RFC 7591 section 2.
        return Ok(AuthMethod::ClientSecretBasic);
    };
    match asked.parse() {
        // Our own word for either way; strangers have to choose one.
        Ok(AuthMethod::ClientSecret) | Err(_) => Err(RegistrationError::metadata(format!(
            "The token_endpoint_auth_method '{}' is not known here; use none, client_secret_basic, client_secret_post or private_key_jwt.",
            shortened(asked)
        ))),
        Ok(known) => Ok(known),
    }
}

fn grant_types(
    members: &Members,
    auth_method: AuthMethod,
) -> Result<Vec<GrantType>, RegistrationError> {
    let refused = |text: &str| Err(RegistrationError::metadata(text));
    let Some(asked) = members.texts("grant_types")? else {
        return Ok(vec![GrantType::AuthorizationCode, GrantType::RefreshToken]);
    };
    if let Some(unsafe_one) = asked
        .iter()
        .find(|grant| matches!(**grant, "implicit" | "password"))
    {
        return Err(RegistrationError::metadata(format!(
            "The grant type '{unsafe_one}' is not given by any server that follows RFC 9700; use authorization_code with PKCE."
        )));
    }
    if auth_method == AuthMethod::None && asked.contains(&"client_credentials") {
        return refused(
            "client_credentials needs a client that proves itself, and token_endpoint_auth_method is none.",
        );
    }
    let mut grants: Vec<GrantType> = Vec::new();
    for grant in asked.iter().filter_map(|grant| grant.parse().ok()) {
        // What a client may do without a person is the operator's to say.
        if grant != GrantType::ClientCredentials && !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    if grants.is_empty() {
        return refused(
            "No grant type is left that a client may register for by itself: use authorization_code and refresh_token. For client_credentials the operator registers it with 'shukuba app create --type m2m'.",
        );
    }
    Ok(grants)
}

fn check_response_types(
    members: &Members,
    grant_types: &[GrantType],
) -> Result<(), RegistrationError> {
    let Some(asked) = members.texts("response_types")? else {
        return Ok(());
    };
    if asked.contains(&"code") || !grant_types.contains(&GrantType::AuthorizationCode) {
        return Ok(());
    }
    Err(RegistrationError::metadata(
        "The only response type here is code: response_types must hold it, or be left out.",
    ))
}

/// One odd URI among good ones is left out; VS Code sends four kinds at once.
fn redirect_uris(
    members: &Members,
    grant_types: &[GrantType],
) -> Result<Vec<RedirectUri>, RegistrationError> {
    let asked = match members.texts("redirect_uris") {
        Ok(asked) => asked.unwrap_or_default(),
        Err(_) => {
            return Err(RegistrationError::RedirectUri(format!(
                "'redirect_uris' must be a list of at most {MOST} texts."
            )));
        }
    };
    let mut usable: Vec<RedirectUri> = Vec::new();
    let mut refusal = None;
    for uri in &asked {
        match uri.parse::<RedirectUri>() {
            Ok(uri) if usable.contains(&uri) => {}
            Ok(uri) => usable.push(uri),
            Err(error) => refusal = refusal.or_else(|| Some(error.to_string())),
        }
    }
    if !usable.is_empty() || !grant_types.contains(&GrantType::AuthorizationCode) {
        return Ok(usable);
    }
    Err(RegistrationError::RedirectUri(refusal.unwrap_or_else(
        || {
            "authorization_code needs redirect_uris: the addresses a person may be sent back to."
                .to_owned()
        },
    )))
}

fn keys(
    members: &Members,
    auth_method: AuthMethod,
) -> Result<(Option<JwkSet>, Option<String>), RegistrationError> {
    match (members.get("jwks"), members.text("jwks_uri")?) {
        (Some(_), Some(_)) => Err(RegistrationError::metadata(
            "Both jwks and jwks_uri were given; send one (RFC 7591 section 2).",
        )),
        (Some(jwks), None) => match public_keys(jwks) {
            Ok(keys) => Ok((Some(keys), None)),
            Err(error) => Err(RegistrationError::metadata(format!(
                "'jwks' is refused: {error}."
            ))),
        },
        (None, Some(uri)) => match PublicUrl::parse(uri) {
            Ok(_) => Ok((None, Some(uri.to_owned()))),
            Err(error) => Err(RegistrationError::metadata(format!("'jwks_uri': {error}."))),
        },
        (None, None) if auth_method == AuthMethod::PrivateKeyJwt => {
            Err(RegistrationError::metadata(
                "private_key_jwt needs the client's public keys, as jwks or jwks_uri.",
            ))
        }
        (None, None) => Ok((None, None)),
    }
}

fn metadata(members: &Members) -> Result<ClientMetadata, RegistrationError> {
    let short = |name| -> Result<Option<String>, RegistrationError> {
        Ok(members
            .text(name)?
            .map(clean)
            .filter(|text| !text.is_empty()))
    };
    let scope = members.text("scope")?;
    let scope = scope.map(str::parse::<Scopes>).transpose();
    let post_logout = members.texts("post_logout_redirect_uris")?;
    Ok(ClientMetadata {
        client_uri: link(members, "client_uri")?,
        logo_uri: link(members, "logo_uri")?,
        tos_uri: link(members, "tos_uri")?,
        policy_uri: link(members, "policy_uri")?,
        contacts: members
            .texts("contacts")?
            .unwrap_or_default()
            .into_iter()
            .map(clean)
            .filter(|text| !text.is_empty())
            .collect(),
        scope: scope
            .map_err(|error| RegistrationError::metadata(error.to_string()))?
            .map(|scopes| scopes.to_string()),
        application_type: members
            .text("application_type")?
            .filter(|kind| matches!(*kind, "web" | "native"))
            .map(str::to_owned),
        software_id: short("software_id")?,
        software_version: short("software_version")?,
        post_logout_redirect_uris: post_logout
            .unwrap_or_default()
            .into_iter()
            .filter(|uri| uri.parse::<RedirectUri>().is_ok())
            .map(str::to_owned)
            .collect(),
        fingerprint: None,
    })
}

/// A link that a page may show. One into this network is refused (CIMD draft
/// 02 section 8.6 gives the reason); another that is not https is left out.
fn link(members: &Members, name: &str) -> Result<Option<String>, RegistrationError> {
    let Some(uri) = members.text(name)? else {
        return Ok(None);
    };
    match PublicUrl::parse(uri) {
        Ok(_) => Ok(Some(uri.to_owned())),
        Err(PublicUrlError::Text { .. }) => Ok(None),
        Err(error) => Err(RegistrationError::metadata(format!("'{name}': {error}."))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(body: &Value) -> Result<Registration, RegistrationError> {
        Registration::of(&Members::parse(body.to_string().as_bytes())?)
    }

    proptest! {
        #[test]
        fn any_body_is_a_registration_or_an_error(body in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(members) = Members::parse(&body) {
                drop(Registration::of(&members));
            }
        }

        #[test]
        fn any_member_of_any_type_is_a_registration_or_an_error(
            member in prop::sample::select(vec![
                "redirect_uris", "grant_types", "response_types", "token_endpoint_auth_method",
                "jwks", "jwks_uri", "client_name", "scope", "contacts", "logo_uri",
                "software_statement", "application_type",
            ]),
            text in "\\PC{0,30}",
        ) {
            for value in [json!(text), json!([text]), json!({"keys": [text]}), json!(1), json!(null)] {
                let mut body = json!({"redirect_uris": ["https://client.example/cb"]});
                body[member] = value;
                if let Ok(registration) = of(&body) {
                    prop_assert!(!registration.grant_types.is_empty());
                    prop_assert!(!registration.name.is_empty());
                }
            }
        }
    }

    #[test]
    fn the_order_of_a_list_makes_no_other_client() {
        let key = |uris: [&str; 2]| {
            let body = json!({"redirect_uris": uris, "token_endpoint_auth_method": "none"});
            of(&body).unwrap().duplicate_key().unwrap()
        };
        let (one, other) = ("https://client.example/a", "https://client.example/b");
        assert_eq!(key([one, other]), key([other, one]));
        assert_ne!(key([one, other]), key([one, one]));
    }
}
