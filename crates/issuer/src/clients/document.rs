//! Client ID Metadata Documents: what a client that nobody registered says of
//! itself at its own address (draft-ietf-oauth-client-id-metadata-document-02).
//!
//! [`MetadataDocument::parse`] reads the bytes that
//! [`shukuba_verify::fetch::PublicClient`] fetched. Real documents list more
//! than the draft allows for; what is merely odd is dropped with a note, what
//! would be unsafe is refused.

mod client_id_url;
pub(crate) mod display_name;
mod error;
pub(crate) mod keys;
mod strict_json;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use shukuba_model::jose::JwkSet;
use shukuba_model::{AuthMethod, ClientMetadata, GrantType, RedirectUri, Scopes};
use shukuba_verify::fetch::{PublicClient, PublicUrl};

pub use client_id_url::{ClientIdUrl, ClientIdUrlError};
pub use error::DocumentError;

use display_name::clean;
use keys::Keys;

/// A client as its document tells. Nobody vouches for any of it but for the
/// host the document came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataDocument {
    /// The address of the document, which is the client's id.
    pub client_id: ClientIdUrl,
    /// What it calls itself, made fit to be shown; its host when it has no name.
    pub name: String,
    /// Where a person may be sent back to: at least one.
    pub redirect_uris: Vec<RedirectUri>,
    /// Those of its grant types that a client with a document may use here.
    pub grant_types: Vec<GrantType>,
    /// How it must prove itself: [`AuthMethod::None`] or [`AuthMethod::PrivateKeyJwt`].
    pub auth_method: AuthMethod,
    /// Whether it lists `none` beside `private_key_jwt`, and would do without an
    /// assertion at a server that offers no such method.
    pub lists_none: bool,
    /// Its keys, where the document holds them.
    pub jwks: Option<JwkSet>,
    /// The address of its keys, where it names one.
    pub jwks_uri: Option<PublicUrl>,
    /// What else it says, with [`ClientMetadata::fingerprint`]: another one
    /// means that consent must be asked again (draft 02 section 8.4).
    pub metadata: ClientMetadata,
    /// What was dropped and why, for the log and the operator.
    pub notes: Vec<String>,
}

/// How many redirect URIs a document may list.
const MOST_REDIRECT_URIS: usize = 20;

impl MetadataDocument {
    /// Reads the document that was fetched from `client_id_url`.
    ///
    /// # Errors
    /// Says which rule the document breaks and what its author must change.
    pub fn parse(client_id_url: &str, body: &[u8]) -> Result<Self, DocumentError> {
        let client_id = ClientIdUrl::parse(client_id_url)?;
        let document = object(body)?;
        check_client_id(&client_id, &document)?;
        check_secrets(&document)?;
        let mut notes = Vec::new();
        let redirect_uris = redirect_uris(&document, &mut notes)?;
        let grant_types = grant_types(&document, &mut notes)?;
        let keys = keys::read(&document)?;
        let (auth_method, lists_none) = auth_method(&document, &keys)?;
        let name = match text(&document, "client_name")? {
            Some(name) if !clean(name).is_empty() => clean(name),
            _ => client_id.host().to_owned(),
        };
        let fingerprint = fingerprint(&name, &redirect_uris, &keys);
        let metadata = ClientMetadata {
            fingerprint: Some(fingerprint),
            ..metadata(&document, &mut notes)
        };
        Ok(Self {
            client_id,
            name,
            redirect_uris,
            grant_types,
            auth_method,
            lists_none,
            jwks: keys.inline,
            jwks_uri: keys.address,
            metadata,
            notes,
        })
    }

    /// Whether every place a person is sent back to is this machine: any
    /// program there could take part in the login, so consent warns about it.
    pub fn is_loopback_only(&self) -> bool {
        self.redirect_uris.iter().all(RedirectUri::is_loopback)
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, DocumentError> {
    let limit = PublicClient::DOCUMENT_LIMIT;
    if body.len() > limit {
        return Err(DocumentError::TooLarge {
            size: body.len(),
            limit,
        });
    }
    match strict_json::parse(body) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(_) => Err(DocumentError::NotJson {
            cause: "it is not an object".to_owned(),
        }),
        Err(error) => Err(DocumentError::NotJson {
            cause: error.to_string(),
        }),
    }
}

fn check_client_id(
    client_id: &ClientIdUrl,
    document: &Map<String, Value>,
) -> Result<(), DocumentError> {
    match text(document, "client_id")? {
        Some(found) if found == client_id.as_str() => Ok(()),
        Some(found) => Err(DocumentError::AnotherClient {
            expected: client_id.to_string(),
            found: clean(found),
        }),
        None => Err(DocumentError::Member {
            member: "client_id",
            expected: "the address the document is fetched from",
        }),
    }
}

/// Refuses `client_secret`, `client_secret_expires_at` and the like (draft 02
/// section 4.1).
fn check_secrets(document: &Map<String, Value>) -> Result<(), DocumentError> {
    match document
        .keys()
        .find(|name| name.starts_with("client_secret"))
    {
        Some(member) => Err(DocumentError::Secret {
            member: clean(member),
        }),
        None => Ok(()),
    }
}

fn redirect_uris(
    document: &Map<String, Value>,
    notes: &mut Vec<String>,
) -> Result<Vec<RedirectUri>, DocumentError> {
    let listed = strings(document, "redirect_uris")?.unwrap_or_default();
    if listed.len() > MOST_REDIRECT_URIS {
        return Err(DocumentError::Member {
            member: "redirect_uris",
            expected: "an array of at most 20 addresses",
        });
    }
    let mut usable = Vec::new();
    for text in listed {
        match text.parse::<RedirectUri>() {
            Ok(uri) if usable.contains(&uri) => {}
            Ok(uri) => usable.push(uri),
            Err(error) => notes.push(format!(
                "redirect URI '{}' was dropped: {}",
                clean(text),
                error.rule
            )),
        }
    }
    if usable.is_empty() {
        return Err(DocumentError::NoRedirectUri {
            notes: std::mem::take(notes),
        });
    }
    Ok(usable)
}

/// The grant types a client with a document may use. Others are dropped, since
/// real documents list what they use elsewhere (Claude lists jwt-bearer). A
/// document without a list means login with refresh.
fn grant_types(
    document: &Map<String, Value>,
    notes: &mut Vec<String>,
) -> Result<Vec<GrantType>, DocumentError> {
    let Some(listed) = strings(document, "grant_types")? else {
        return Ok(vec![GrantType::AuthorizationCode, GrantType::RefreshToken]);
    };
    let mut usable = Vec::new();
    for text in listed {
        match text.parse() {
            Ok(GrantType::ClientCredentials) | Err(_) => {
                notes.push(format!("grant type '{}' was dropped", clean(text)));
            }
            Ok(grant) if usable.contains(&grant) => {}
            Ok(grant) => usable.push(grant),
        }
    }
    let begins = [GrantType::AuthorizationCode, GrantType::DeviceCode];
    if begins.iter().any(|grant| usable.contains(grant)) {
        Ok(usable)
    } else {
        Err(DocumentError::NoGrant)
    }
}

/// How the client must prove itself, and whether it would also do without.
///
/// `token_endpoint_auth_method` is the client's choice;
/// `token_endpoint_auth_methods_supported` (OpenID RP Metadata Choices 1.0) lists
/// what else it can, and stands alone in some documents. Of a list the assertion
/// is taken when there are keys for it. A document that says nothing means none:
/// the default of RFC 7591 is a secret, which a document cannot have.
fn auth_method(
    document: &Map<String, Value>,
    keys: &Keys,
) -> Result<(AuthMethod, bool), DocumentError> {
    const NONE: &str = "none";
    const ASSERTION: &str = "private_key_jwt";
    let single = text(document, "token_endpoint_auth_method")?;
    let several = strings(document, "token_endpoint_auth_methods_supported")?;
    let can = |method| several.as_ref().is_some_and(|list| list.contains(&method));
    let refused = |method: &str| DocumentError::AuthMethod {
        method: clean(method),
    };
    match single {
        Some(NONE) => Ok((AuthMethod::None, true)),
        Some(ASSERTION) if !keys.is_empty() => Ok((AuthMethod::PrivateKeyJwt, can(NONE))),
        Some(ASSERTION) => Err(DocumentError::NoKeys),
        Some(other) => Err(refused(other)),
        None => match &several {
            None => Ok((AuthMethod::None, true)),
            Some(_) if can(ASSERTION) && !keys.is_empty() => {
                Ok((AuthMethod::PrivateKeyJwt, can(NONE)))
            }
            Some(_) if can(NONE) => Ok((AuthMethod::None, true)),
            Some(_) if can(ASSERTION) => Err(DocumentError::NoKeys),
            Some(list) => Err(refused(&list.join(" "))),
        },
    }
}

/// What else a document says, as far as it is usable.
fn metadata(document: &Map<String, Value>, notes: &mut Vec<String>) -> ClientMetadata {
    let mut address = |member: &str| {
        let text = document.get(member)?.as_str()?;
        match PublicUrl::parse(text) {
            Ok(_) => Some(text.to_owned()),
            Err(error) => {
                notes.push(format!("{member} was dropped: {error}"));
                None
            }
        }
    };
    let said = |member: &str| {
        let text = document.get(member)?.as_str()?;
        Some(clean(text)).filter(|text| !text.is_empty())
    };
    ClientMetadata {
        client_uri: address("client_uri"),
        logo_uri: address("logo_uri"),
        tos_uri: address("tos_uri"),
        policy_uri: address("policy_uri"),
        application_type: said("application_type")
            .filter(|kind| matches!(kind.as_str(), "web" | "native")),
        scope: document
            .get("scope")
            .and_then(Value::as_str)
            .filter(|scopes| scopes.parse::<Scopes>().is_ok())
            .map(str::to_owned),
        software_id: said("software_id"),
        software_version: said("software_version"),
        ..ClientMetadata::default()
    }
}

/// SHA-256 over what a person consented to: the name, the places they are sent
/// back to and the keys, each with its length before it so that no two
/// documents run together. The order in a list means nothing.
fn fingerprint(name: &str, redirect_uris: &[RedirectUri], keys: &Keys) -> String {
    let mut uris: Vec<&str> = redirect_uris.iter().map(RedirectUri::as_str).collect();
    uris.sort_unstable();
    let inline = keys.inline.iter().flat_map(|set| &set.keys);
    let mut inline: Vec<String> = inline
        .filter_map(|key| serde_json::to_string(key).ok())
        .collect();
    inline.sort_unstable();
    let address = keys.address.iter().map(PublicUrl::as_str).collect();
    let inline = inline.iter().map(String::as_str).collect();
    let mut context = Context::new(&SHA256);
    for list in [vec![name], uris, inline, address] {
        context.update(&(list.len() as u64).to_be_bytes());
        for item in list {
            context.update(&(item.len() as u64).to_be_bytes());
            context.update(item.as_bytes());
        }
    }
    URL_SAFE_NO_PAD.encode(context.finish())
}

/// A member that is a string, where it is there and not null.
fn text<'a>(
    document: &'a Map<String, Value>,
    member: &'static str,
) -> Result<Option<&'a str>, DocumentError> {
    match document.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(DocumentError::Member {
            member,
            expected: "a string",
        }),
    }
}

/// A member that is an array of strings, where it is there and not null.
fn strings<'a>(
    document: &'a Map<String, Value>,
    member: &'static str,
) -> Result<Option<Vec<&'a str>>, DocumentError> {
    let wrong = DocumentError::Member {
        member,
        expected: "an array of strings",
    };
    match document.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => items
            .iter()
            .map(Value::as_str)
            .collect::<Option<_>>()
            .map(Some)
            .ok_or(wrong),
        Some(_) => Err(wrong),
    }
}

#[cfg(test)]
mod tests;
