//! `/api/v1/apis`.

use serde::{Deserialize, Serialize};

use crate::resource_server::{ApiIdentifier, SigningAlgorithm, TokenLifetime, TokenProfile};
use crate::scope::ApiScope;

/// An API to register.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiCreate {
    /// A name for people.
    pub name: String,
    /// The audience of its tokens; cannot be changed later.
    pub identifier: ApiIdentifier,
    /// The shape of its tokens.
    #[serde(default)]
    pub profile: TokenProfile,
    /// What its tokens are signed with.
    #[serde(default)]
    pub signing_algorithm: SigningAlgorithm,
    /// How long its tokens live, in seconds.
    #[serde(default)]
    pub token_lifetime: TokenLifetime,
    /// What its tokens can allow, each scope once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ApiScope>,
}

/// A change of an API; what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiUpdate {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new profile, for tokens issued from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<TokenProfile>,
    /// A new algorithm, for tokens issued from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// A new lifetime, for tokens issued from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_lifetime: Option<TokenLifetime>,
    /// Its scopes from now on, instead of those it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ApiScope>>,
}

/// An API as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiView {
    /// A name for people.
    pub name: String,
    /// The audience of its tokens.
    pub identifier: ApiIdentifier,
    /// The shape of its tokens.
    pub profile: TokenProfile,
    /// What its tokens are signed with.
    pub signing_algorithm: SigningAlgorithm,
    /// How long its tokens live, in seconds.
    pub token_lifetime: TokenLifetime,
    /// What its tokens can allow.
    #[serde(default)]
    pub scopes: Vec<ApiScope>,
    /// When it was registered, seconds since 1970.
    pub created_at: i64,
    /// What its owner should know, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}
