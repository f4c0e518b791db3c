//! Bodies about people, what they granted, keys and the audit log.

use serde::{Deserialize, Serialize};

use crate::application::ClientId;
use crate::resource_server::{ApiIdentifier, SigningAlgorithm};
use crate::scope::Scopes;
use crate::user::{UserId, UserName};

/// A person to create.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// What the person logs in with.
    pub name: UserName,
    /// What pages call them; the name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where they can be written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A first password; without one the answer carries a link to choose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A change of a person; what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    /// Whether the person is kept out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// A person as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserView {
    /// The `sub` of their tokens.
    pub id: UserId,
    /// What they log in with.
    pub name: UserName,
    /// What pages call them.
    pub display_name: String,
    /// Where they can be written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether they are kept out.
    pub disabled: bool,
    /// When they were created, seconds since 1970.
    pub created_at: i64,
}

/// A person, with the link by which they choose a password.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserCreated {
    /// The person.
    pub user: UserView,
    /// Where the person chooses a password, once; absent when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_link: Option<String>,
    /// When the link ends, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_expires_at: Option<i64>,
}

/// A grant: what a person allowed one installation of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantView {
    /// Its id; the `grant_id` of its tokens.
    pub id: String,
    /// Who allowed it.
    pub user: UserName,
    /// Who was allowed.
    pub client_id: ClientId,
    /// What the client was called then.
    pub client_name: String,
    /// The API its tokens are for.
    pub api: ApiIdentifier,
    /// What was allowed.
    pub scope: Scopes,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub last_used_at: i64,
    /// When the person must log in again at the latest, seconds since 1970.
    pub expires_at: i64,
}

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
