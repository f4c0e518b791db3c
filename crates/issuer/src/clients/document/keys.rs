//! The keys of a client, which everybody can read.

use serde_json::{Map, Value};
use shukuba_model::jose::JwkSet;
use shukuba_verify::fetch::PublicUrl;

use super::error::DocumentError;

/// How many keys a client may have.
const MOST: usize = 20;
/// Members of private and symmetric keys (RFC 7518 sections 6.2.2, 6.3.2 and
/// 6.4.1). `k` also makes a shared secret.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Where the keys of a client are.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) inline: Option<JwkSet>,
    pub(super) address: Option<PublicUrl>,
}

impl Keys {
    pub(super) fn is_empty(&self) -> bool {
        self.inline.is_none() && self.address.is_none()
    }
}

/// Reads `jwks` and `jwks_uri`, of which there may be one.
pub(super) fn read(document: &Map<String, Value>) -> Result<Keys, DocumentError> {
    let member = |name| document.get(name).filter(|value| !value.is_null());
    match (member("jwks"), member("jwks_uri")) {
        (None, None) => Ok(Keys::default()),
        (Some(_), Some(_)) => Err(DocumentError::KeysTwice),
        (Some(jwks), None) => Ok(Keys {
            inline: Some(public_keys(jwks)?),
            address: None,
        }),
        (None, Some(address)) => {
            let address = address.as_str().ok_or(DocumentError::Member {
                member: "jwks_uri",
                expected: "a string",
            })?;
            let address = PublicUrl::parse(address).map_err(DocumentError::KeysAddress)?;
            Ok(Keys {
                inline: None,
                address: Some(address),
            })
        }
    }
}

/// A key set without private or symmetric keys. Also for what is fetched from a
/// `jwks_uri`.
pub(crate) fn public_keys(jwks: &Value) -> Result<JwkSet, DocumentError> {
    let problem = |problem| DocumentError::Key { problem };
    let keys = jwks
        .get("keys")
        .and_then(Value::as_array)
        .ok_or_else(|| problem("the set has no array 'keys' (RFC 7517 section 5)"))?;
    if keys.is_empty() || keys.len() > MOST {
        return Err(problem("a set must have 1 to 20 keys"));
    }
    for key in keys {
        if PRIVATE.iter().any(|member| key.get(member).is_some()) {
            return Err(problem(
                "it holds private or symmetric key material; replace the key at once and publish only its public half",
            ));
        }
        if key.get("kty").and_then(Value::as_str) == Some("oct") {
            return Err(problem("it is symmetric (kty oct); use RSA or EC"));
        }
    }
    serde_json::from_value(jwks.clone())
        .map_err(|_| problem("it does not have the members of RFC 7517"))
}
