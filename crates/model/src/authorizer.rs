//! The inbound rules of a runtime.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::login::LoginEntry;
use crate::name::NameError;

/// The rules that decide who may call a runtime: entries, each bound to one
/// issuer. The token's issuer picks the entry, then all its rules must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizer {
    /// The entries, in the order they were configured.
    pub entries: Vec<Entry>,
    /// Lets people in who have logged in at our own issuer; `None` where
    /// logging in is off. Tokens of our own issuer that an application got for
    /// itself are judged by `entries`, those of people by this, and never by both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<LoginEntry>,
}

/// One rule set, bound to one issuer (AgentCore: `customJWTAuthorizer`).
/// Empty lists are rules that were not set; at least one of them is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name explanations use, `customJWTAuthorizer` for a configured one.
    pub name: String,
    /// Where the issuer's discovery document lies.
    pub discovery_url: DiscoveryUrl,
    /// The token's `aud` names one of these, byte for byte.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_audience: Vec<String>,
    /// The token's client is one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_clients: Vec<String>,
    /// The token carries one of these scopes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_scopes: Vec<String>,
    /// Which claims may name the client.
    #[serde(default)]
    pub client_claim: ClientClaim,
}

impl Entry {
    /// The name of an entry that a person configured.
    pub const CONFIGURED: &'static str = "customJWTAuthorizer";
}

/// Which claims of an access token may name the client. The default is strict,
/// `client_id` only, as on AgentCore; a preset is chosen, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClientClaim {
    /// RFC 9068: `client_id`.
    #[default]
    Rfc9068,
    /// Auth0's own profile: `client_id`, then `azp`.
    Auth0,
    /// Cognito: `client_id`; its access tokens carry no `aud`.
    Cognito,
}

impl ClientClaim {
    /// Every preset.
    pub const ALL: [Self; 3] = [Self::Rfc9068, Self::Auth0, Self::Cognito];

    /// The claims that may name the client, first match wins.
    pub fn claims(self) -> &'static [&'static str] {
        match self {
            Self::Rfc9068 | Self::Cognito => &["client_id"],
            Self::Auth0 => &["client_id", "azp"],
        }
    }

    /// The word used in YAML and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rfc9068 => "rfc9068",
            Self::Auth0 => "auth0",
            Self::Cognito => "cognito",
        }
    }
}

impl FromStr for ClientClaim {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "client_claim",
                value: value.to_owned(),
                rule: "one of rfc9068, auth0, cognito".to_owned(),
            })
    }
}

/// The address of a discovery document, in the form AgentCore demands:
/// `…/.well-known/openid-configuration` or `…/.well-known/oauth-authorization-server`,
/// with the issuer's path appended in the inserted forms. `https`, or `http` on loopback.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct DiscoveryUrl(String);

impl DiscoveryUrl {
    /// The address, as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DiscoveryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DiscoveryUrl {
    fn read(value: &str, plain_http: bool) -> Result<Self, NameError> {
        let fail = |rule: &str| NameError {
            kind: "discovery URL",
            value: value.chars().take(200).collect(),
            rule: rule.to_owned(),
        };
        let url = url::Url::parse(value).map_err(|_| fail("an absolute https URL"))?;
        match url.scheme() {
            "https" => {}
            "http" if plain_http || is_loopback(&url) => {}
            _ => return Err(fail("https; plain http only on a loopback address")),
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(fail("no query, fragment or user name in it"));
        }
        let document = [
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
        ]
        .iter()
        .any(|suffix| {
            url.path().ends_with(suffix) || url.path().starts_with(&format!("{suffix}/"))
        });
        if !document {
            return Err(fail(
                "its path ends in /.well-known/openid-configuration (or /.well-known/oauth-authorization-server)",
            ));
        }
        Ok(Self(value.to_owned()))
    }
}

/// As a person gives it: `https`, or `http` on loopback.
impl FromStr for DiscoveryUrl {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        Self::read(value, false)
    }
}

/// As it is stored and sent: plain `http` too, since that may be our own
/// issuer under a public URL without TLS. Nothing is fetched from there.
impl TryFrom<String> for DiscoveryUrl {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        Self::read(&value, true)
    }
}

impl From<DiscoveryUrl> for String {
    fn from(value: DiscoveryUrl) -> Self {
        value.0
    }
}

/// Whether a URL's host is this machine by name or address, where plain http
/// does not leave it.
pub fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_urls_are_https_or_loopback_and_name_a_document() {
        for good in [
            "https://tenant.us.auth0.com/.well-known/openid-configuration",
            "http://127.0.0.1:8430/.well-known/openid-configuration",
            "https://idp.example/.well-known/oauth-authorization-server/tenant/x",
            "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abc/.well-known/openid-configuration",
        ] {
            assert!(good.parse::<DiscoveryUrl>().is_ok(), "{good}");
        }
        for bad in [
            "http://idp.example/.well-known/openid-configuration",
            "https://idp.example/",
            "https://idp.example/.well-known/openid-configuration?x=1",
            "https://user@idp.example/.well-known/openid-configuration",
            "idp.example",
            "file:///.well-known/openid-configuration",
        ] {
            assert!(bad.parse::<DiscoveryUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn our_own_issuer_may_be_stored_under_plain_http() {
        let lan = "http://192.0.2.1:8430/.well-known/openid-configuration";
        assert!(lan.parse::<DiscoveryUrl>().is_err());
        let stored = serde_json::to_string(lan).unwrap();
        let url: DiscoveryUrl = serde_json::from_str(&stored).unwrap();
        assert_eq!(url.as_str(), lan);
        assert!(DiscoveryUrl::try_from("http://192.0.2.1/".to_owned()).is_err());
    }
}
