//! Discovery documents (OpenID Connect Discovery 1.0 section 4, RFC 8414).

use serde_json::Value;
use shukuba_model::ClientClaim;
use shukuba_model::authorizer::{DiscoveryUrl, is_loopback};
use url::Url;

use crate::fetch::{FetchError, GuardedClient, guarded};

const DOCUMENTS: [&str; 2] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

/// What a discovery document says, once it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderFacts {
    /// The issuer identifier, byte for byte as in `iss`.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where tokens are asked for, when it says so.
    pub token_endpoint: Option<String>,
    /// A provider whose own token profile needs a preset.
    pub preset: Option<PresetHint>,
}

/// A provider that names the client of its tokens in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresetHint {
    /// The provider's name.
    pub provider: &'static str,
    /// The preset its own token profile would need.
    pub client_claim: ClientClaim,
    /// What to know about it, one sentence.
    pub advice: &'static str,
}

impl PresetHint {
    /// Auth0.
    pub const AUTH0: Self = Self {
        provider: "Auth0",
        client_claim: ClientClaim::Auth0,
        advice: "Auth0's own token profile names the client in 'azp': set the API's JSON Web Token profile to RFC 9068, or 'client_claim: auth0' under 'shukuba:' in the project file.",
    };
    /// Amazon Cognito.
    pub const COGNITO: Self = Self {
        provider: "Cognito",
        client_claim: ClientClaim::Cognito,
        advice: "Cognito's access tokens carry no 'aud': leave the allowed audience empty and name the allowed clients.",
    };
}

/// Why a discovery document was not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// The document, or the keys it names, cannot be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The document is JSON, but no object with this member as a string.
    #[error("{url} is no discovery document: it has no '{member}'")]
    Missing {
        /// The address.
        url: String,
        /// The member.
        member: &'static str,
    },
    /// The document belongs elsewhere.
    #[error(
        "{url} names another issuer: expected '{expected}' (with or without a slash at its end), found '{found}'; give the discovery URL of that issuer"
    )]
    AnotherIssuer {
        /// The address.
        url: String,
        /// The issuer that would belong to the address.
        expected: String,
        /// The issuer the document names.
        found: String,
    },
    /// The keys would travel less safely than the document.
    #[error(
        "{url} names its keys at {jwks_uri}; the keys of a document fetched over https must be https too, and plain http must stay on loopback"
    )]
    UnsafeKeys {
        /// The address.
        url: String,
        /// The address of the keys.
        jwks_uri: String,
    },
    /// The key set has no key a signature could be checked with.
    #[error(
        "{jwks_uri} holds no key that can be used: RSA of 2,048 bits or more, P-256, P-384 or Ed25519, for signatures"
    )]
    NoKeys {
        /// The address of the keys.
        jwks_uri: String,
    },
}

/// Fetches the document at `url` and checks that it is what it must be.
///
/// # Errors
/// Says which rule the document, or the way to it, breaks.
pub async fn fetch(
    client: &GuardedClient,
    url: &DiscoveryUrl,
) -> Result<ProviderFacts, DiscoveryError> {
    let document = client
        .json(url.as_str(), GuardedClient::DISCOVERY_LIMIT)
        .await?;
    believe(url, &document)
}

/// Checks a document against the address it was fetched from.
fn believe(url: &DiscoveryUrl, document: &Value) -> Result<ProviderFacts, DiscoveryError> {
    let text = |member: &'static str| {
        document
            .get(member)
            .and_then(Value::as_str)
            .ok_or_else(|| DiscoveryError::Missing {
                url: url.to_string(),
                member,
            })
    };
    let issuer = text("issuer")?;
    let address = guarded(url.as_str())?;
    if !belongs(&address, issuer) {
        return Err(DiscoveryError::AnotherIssuer {
            url: url.to_string(),
            expected: issuer_of(&address),
            found: issuer.chars().take(200).collect(),
        });
    }
    let jwks_uri = text("jwks_uri")?;
    if !keys_travel_as_safely(&address, jwks_uri) {
        return Err(DiscoveryError::UnsafeKeys {
            url: url.to_string(),
            jwks_uri: jwks_uri.chars().take(200).collect(),
        });
    }
    Ok(ProviderFacts {
        issuer: issuer.to_owned(),
        jwks_uri: jwks_uri.to_owned(),
        token_endpoint: text("token_endpoint").ok().map(str::to_owned),
        preset: recognise(issuer, document),
    })
}

/// Whether a document at `address` may speak for `issuer`: its well-known
/// address is the issuer's with the suffix appended (OpenID Connect Discovery)
/// or inserted before the path (RFC 8414 section 3.1).
fn belongs(address: &Url, issuer: &str) -> bool {
    let Ok(parsed) = Url::parse(issuer) else {
        return false;
    };
    if parsed.query().is_some() || parsed.fragment().is_some() || parsed.cannot_be_a_base() {
        return false;
    }
    let path = parsed.path().trim_end_matches('/');
    let same_origin = parsed.origin() == address.origin();
    same_origin
        && DOCUMENTS.iter().any(|suffix| {
            address.path() == format!("{path}{suffix}")
                || address.path() == format!("{suffix}{path}")
        })
}

/// The issuer an address would belong to, without a slash at its end.
fn issuer_of(address: &Url) -> String {
    let origin = address.origin().ascii_serialization();
    let path = DOCUMENTS.iter().find_map(|suffix| {
        address
            .path()
            .strip_suffix(suffix)
            .or_else(|| address.path().strip_prefix(suffix))
    });
    format!("{origin}{}", path.unwrap_or_default())
}

fn keys_travel_as_safely(address: &Url, jwks_uri: &str) -> bool {
    match guarded(jwks_uri) {
        Ok(keys) => {
            keys.scheme() == "https" || (address.scheme() == "http" && is_loopback(address))
        }
        Err(_) => false,
    }
}

/// Tells providers whose tokens need a preset, by host or by what only their
/// documents say.
fn recognise(issuer: &str, document: &Value) -> Option<PresetHint> {
    let parsed = Url::parse(issuer).ok()?;
    let host = parsed.host_str().unwrap_or_default();
    if host.ends_with(".auth0.com") || document.get("mfa_challenge_endpoint").is_some() {
        return Some(PresetHint::AUTH0);
    }
    if host.starts_with("cognito-idp.") || is_user_pool(parsed.path().trim_start_matches('/')) {
        return Some(PresetHint::COGNITO);
    }
    None
}

/// Whether a path is the id of a Cognito user pool, `REGION_LETTERS`.
fn is_user_pool(path: &str) -> bool {
    path.split_once('_').is_some_and(|(region, id)| {
        shukuba_model::name::REGIONS.contains(&region)
            && !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(url: &str, document: &Value) -> Result<ProviderFacts, DiscoveryError> {
        believe(&url.parse().unwrap(), document)
    }

    #[test]
    fn an_issuer_must_own_the_address_of_its_document() {
        let url = "https://idp.example/t/.well-known/openid-configuration";
        for foreign in [
            "https://idp.example",
            "https://idp.example/u",
            "https://other.example/t",
            "http://idp.example/t",
            "https://idp.example:8443/t",
            "https://idp.example/t?x=1",
            "https://idp.example/{tenant}",
            "nonsense",
        ] {
            let document = json!({"issuer": foreign, "jwks_uri": "https://idp.example/k"});
            let Err(DiscoveryError::AnotherIssuer {
                expected, found, ..
            }) = verdict(url, &document)
            else {
                panic!("{foreign} was believed");
            };
            assert_eq!(expected, "https://idp.example/t");
            assert_eq!(found, foreign);
        }
    }

    #[test]
    fn the_suffix_is_appended_or_inserted_and_the_slash_of_the_issuer_is_kept() {
        for (url, issuer) in [
            (
                "https://t.auth0.com/.well-known/openid-configuration",
                "https://t.auth0.com/",
            ),
            (
                "https://idp.example/.well-known/openid-configuration",
                "https://idp.example",
            ),
            (
                "https://idp.example/t/.well-known/openid-configuration",
                "https://idp.example/t",
            ),
            (
                "https://idp.example/t/.well-known/oauth-authorization-server",
                "https://idp.example/t/",
            ),
            (
                "https://idp.example/.well-known/oauth-authorization-server/t",
                "https://idp.example/t",
            ),
            (
                "https://idp.example/.well-known/openid-configuration/t",
                "https://idp.example/t",
            ),
        ] {
            let document = json!({"issuer": issuer, "jwks_uri": "https://idp.example/k"});
            assert_eq!(verdict(url, &document).unwrap().issuer, issuer, "{url}");
        }
    }

    #[test]
    fn a_document_without_issuer_or_jwks_uri_is_refused_by_name() {
        let url = "https://idp.example/.well-known/openid-configuration";
        for (document, expected) in [
            (json!({}), "issuer"),
            (json!([]), "issuer"),
            (json!({"issuer": 7}), "issuer"),
            (json!({"issuer": "https://idp.example"}), "jwks_uri"),
        ] {
            let error = verdict(url, &document).unwrap_err();
            assert!(
                matches!(&error, DiscoveryError::Missing { member, .. } if *member == expected),
                "{error}"
            );
        }
    }

    #[test]
    fn keys_never_travel_less_safely_than_the_document() {
        let https = "https://idp.example/.well-known/openid-configuration";
        for keys in [
            "http://idp.example/k",
            "http://127.0.0.1/k",
            "k",
            "file:///k",
        ] {
            let document = json!({"issuer": "https://idp.example", "jwks_uri": keys});
            assert!(
                matches!(
                    verdict(https, &document),
                    Err(DiscoveryError::UnsafeKeys { .. })
                ),
                "{keys}"
            );
        }
        let loopback = "http://127.0.0.1:9/.well-known/openid-configuration";
        let document = json!({"issuer": "http://127.0.0.1:9", "jwks_uri": "http://127.0.0.1:9/k"});
        assert!(verdict(loopback, &document).is_ok());
        let document = json!({"issuer": "http://127.0.0.1:9", "jwks_uri": "http://10.0.0.1/k"});
        assert!(verdict(loopback, &document).is_err());
    }

    #[test]
    fn auth0_and_cognito_are_recognised_and_others_are_not() {
        let hint = |url: &str, issuer: &str| {
            let document = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/k")});
            verdict(url, &document).unwrap().preset
        };
        assert_eq!(
            hint(
                "https://t.us.auth0.com/.well-known/openid-configuration",
                "https://t.us.auth0.com/"
            ),
            Some(PresetHint::AUTH0)
        );
        assert_eq!(
            hint(
                "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abc/.well-known/openid-configuration",
                "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abc"
            ),
            Some(PresetHint::COGNITO)
        );
        assert_eq!(
            hint(
                "https://idp.example/.well-known/openid-configuration",
                "https://idp.example"
            ),
            None
        );
    }
}
