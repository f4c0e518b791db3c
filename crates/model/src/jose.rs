//! Key material as it travels between issuer and verifier.

use serde::{Deserialize, Serialize};

use crate::revocation::Revocations;

/// A public key as a JSON Web Key (RFC 7517). Private members are not
/// represented, so they cannot leak through this type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Jwk {
    /// Key type: `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// Key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Intended use; `sig` for signing keys.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// The one algorithm the key is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// RSA modulus, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA exponent, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Curve of an EC or OKP key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// X coordinate, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Y coordinate, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

/// A JWK Set (RFC 7517 section 5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// What the embedded issuer publishes to the verifier in the same process, so
/// that a token of our own is judged without a fetch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnIssuer {
    /// The issuer identifier, byte for byte as in `iss`.
    pub issuer: String,
    /// Every discovery address of the issuer that an authorizer may name.
    pub discovery_urls: Vec<String>,
    /// The keys that verify its tokens.
    pub keys: JwkSet,
    /// Which of its tokens are dead before their time.
    pub revoked: Revocations,
}
