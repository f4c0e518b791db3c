//! `/api/v1/initial-access-tokens`: what lets clients register themselves.

use serde::{Deserialize, Serialize};

/// A token to make, with which clients register themselves where the
/// registration policy asks for one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InitialTokenCreate {
    /// What it is for, in the operator's words.
    pub name: String,
    /// How many clients may register with it.
    pub uses: u32,
    /// For how long, in seconds.
    pub lifetime: u32,
}

/// A token with which clients register themselves: the only time it is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InitialTokenCreated {
    /// What it is taken back by.
    pub id: String,
    /// The token, which is kept only as a hash.
    pub token: String,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// An initial access token as listed; the token is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InitialTokenView {
    /// What it is taken back by.
    pub id: String,
    /// What it is for, in the operator's words.
    pub name: String,
    /// How many clients it is for.
    pub uses: u32,
    /// How many more may register with it.
    pub uses_left: u32,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
    /// When a client last registered with it, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
}
