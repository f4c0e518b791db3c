//! What the issuer needs to know of an API (resource server) it mints tokens
//! for: identifier, token profile, signing algorithm, lifetime.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::NameError;

/// The identifier of an API, kept and compared byte for byte: with and
/// without its trailing slash it names two APIs, as at Auth0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ApiIdentifier(String);

impl ApiIdentifier {
    /// The text of the identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ApiIdentifier {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let allowed = value.chars().all(|c| !c.is_control() && !c.is_whitespace());
        if !value.is_empty() && value.len() <= 600 && allowed && !value.contains('#') {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError {
                kind: "API identifier",
                value: value.chars().take(80).collect(),
                rule: "1 to 600 bytes without spaces, control characters or '#'; a URL is usual"
                    .to_owned(),
            })
        }
    }
}

impl TryFrom<String> for ApiIdentifier {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<ApiIdentifier> for String {
    fn from(value: ApiIdentifier) -> Self {
        value.0
    }
}

/// The shape of the access tokens of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TokenProfile {
    /// Auth0's own: `typ` JWT, the client in `azp`, `gty`, no `jti`.
    Auth0,
    /// RFC 9068: `typ` at+jwt, the client in `client_id`, `jti`.
    Rfc9068,
    /// RFC 9068 and `azp`: accepted by readers of either.
    #[default]
    Both,
}

impl TokenProfile {
    /// Every profile, the default last.
    pub const ALL: [Self; 3] = [Self::Auth0, Self::Rfc9068, Self::Both];

    /// The word used on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Rfc9068 => "rfc9068",
            Self::Both => "both",
        }
    }
}

impl FromStr for TokenProfile {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        match value {
            "auth0" => Ok(Self::Auth0),
            "rfc9068" => Ok(Self::Rfc9068),
            "both" => Ok(Self::Both),
            _ => Err(NameError {
                kind: "token profile",
                value: value.to_owned(),
                rule: "one of auth0, rfc9068, both".to_owned(),
            }),
        }
    }
}

/// What a token of an API would say, for whoever chooses its profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSample {
    /// `typ` of its header.
    pub typ: &'static str,
    /// Its claims as JSON, a line each, in the order a token has them.
    pub claims: String,
}

/// The JWS algorithm an API's tokens are signed with (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

impl SigningAlgorithm {
    /// Every algorithm the issuer signs with.
    pub const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    /// The JOSE name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

impl FromStr for SigningAlgorithm {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        match value {
            "RS256" => Ok(Self::Rs256),
            "ES256" => Ok(Self::Es256),
            _ => Err(NameError {
                kind: "signing algorithm",
                value: value.to_owned(),
                rule: "one of RS256, ES256".to_owned(),
            }),
        }
    }
}

/// How long an API's access tokens live, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2_592_000))]
#[serde(try_from = "u64", into = "u64")]
pub struct TokenLifetime(u64);

impl TokenLifetime {
    /// The longest lifetime: 30 days, as at Auth0.
    pub const MAX: u64 = 2_592_000;
    /// A lifetime above this, one day, is accepted with a warning.
    pub const WARN_ABOVE: u64 = 86_400;

    /// The lifetime in seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// One line of warning for a lifetime above a day.
    pub fn warning(self) -> Option<String> {
        (self.0 > Self::WARN_ABOVE).then(|| {
            format!(
                "tokens of this API live {} s ({} days): a leaked one cannot be taken back before it expires, and a client that fetches its own token (headersHelper, client_credentials) does not need long ones",
                self.0,
                self.0 / 86_400
            )
        })
    }
}

impl Default for TokenLifetime {
    fn default() -> Self {
        Self(3600)
    }
}

impl TryFrom<u64> for TokenLifetime {
    type Error = NameError;
    fn try_from(seconds: u64) -> Result<Self, NameError> {
        if (1..=Self::MAX).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(NameError {
                kind: "token lifetime",
                value: seconds.to_string(),
                rule: format!("1 to {} seconds (30 days)", Self::MAX),
            })
        }
    }
}

impl From<TokenLifetime> for u64 {
    fn from(value: TokenLifetime) -> Self {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_is_the_longest_lifetime_and_warns() {
        assert!(
            TokenLifetime::try_from(2_592_000)
                .unwrap()
                .warning()
                .is_some()
        );
        assert!(TokenLifetime::try_from(86_400).unwrap().warning().is_none());
        let error = TokenLifetime::try_from(2_592_001).unwrap_err().to_string();
        assert!(error.contains("2592000"), "{error}");
        assert!(TokenLifetime::try_from(0).is_err());
    }

    #[test]
    fn identifiers_differ_by_their_trailing_slash() {
        let with: ApiIdentifier = "https://api.example/".parse().unwrap();
        let without: ApiIdentifier = "https://api.example".parse().unwrap();
        assert_ne!(with, without);
        assert!("has space".parse::<ApiIdentifier>().is_err());
    }
}
