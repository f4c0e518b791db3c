//! `/api/v1/users`.

use serde::{Deserialize, Serialize};

use crate::user::{Role, UserId, UserName};

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
    /// What they may do in the console; nothing when absent.
    #[serde(default)]
    pub role: Role,
}

/// A change of a person; what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    /// Whether the person is kept out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// What they may do in the console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
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
    /// What they may do in the console.
    #[serde(default)]
    pub role: Role,
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
