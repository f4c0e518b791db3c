//! `/api/v1/audit`.

use serde::{Deserialize, Serialize};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditView {
    /// Its number, without gaps.
    pub seq: i64,
    /// When it was recorded, seconds since 1970.
    pub at: i64,
    /// What happened.
    pub event: String,
    /// `ok`, or why not.
    pub outcome: String,
    /// Who did it.
    pub actor: String,
    /// The client it was done with.
    pub client_id: String,
    /// What it was done to.
    pub subject: String,
    /// Where it came from.
    pub address: String,
    /// What else is worth knowing.
    pub detail: String,
}

/// What a check of the audit log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditCheckView {
    /// Whether every entry is as it was written.
    pub whole: bool,
    /// How many entries were checked, when whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// The hash of the last entry in hex: noted elsewhere, it shows later that
    /// nothing was cut off the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// The first entry that does not fit, when not whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<i64>,
}
