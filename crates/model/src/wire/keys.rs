//! `/api/v1/keys`.

use serde::{Deserialize, Serialize};

use crate::resource_server::SigningAlgorithm;

/// A signing key as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyView {
    /// Its RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// `next`, `current` or `previous`.
    pub state: String,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// Until when a previous key is published, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<i64>,
}

/// Which keys to rotate.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRotate {
    /// Only this algorithm's key; every one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<SigningAlgorithm>,
}
