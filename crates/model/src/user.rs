//! People who log in: their names and ids.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::NameError;

/// The name a person logs in with: 1 to 64 characters of `a-z A-Z 0-9 . _ - @ +`,
/// beginning with a letter or digit. Compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserName {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@+".contains(&byte);
        let begins = value
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphanumeric());
        if begins && value.len() <= 64 && value.bytes().all(allowed) {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError {
                kind: "user name",
                value: value.chars().take(80).collect(),
                rule: "1 to 64 of the characters a-z A-Z 0-9 . _ - @ +, beginning with a letter or digit".to_owned(),
            })
        }
    }
}

impl TryFrom<String> for UserName {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<UserName> for String {
    fn from(value: UserName) -> Self {
        value.0
    }
}

/// What a person may do in the console.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Nothing: they log in at runtimes only.
    #[default]
    None,
    /// See everything but secrets, change nothing.
    Viewer,
    /// All that the operator's key may.
    Operator,
}

impl Role {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Viewer => "viewer",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        [Self::None, Self::Viewer, Self::Operator]
            .into_iter()
            .find(|role| role.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "role",
                value: value.chars().take(80).collect(),
                rule: "'none', 'viewer' or 'operator'".to_owned(),
            })
    }
}

/// The id of a person, `user_…`: the `sub` of their tokens. Never reused, and
/// never like a machine's `sub`, which ends in `@clients`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct UserId(String);

impl UserId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserId {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let random = value.strip_prefix("user_").unwrap_or_default();
        let alphanumeric = random
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if (1..=64).contains(&random.len()) && alphanumeric {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError {
                kind: "user id",
                value: value.chars().take(80).collect(),
                rule: "'user_' and 1 to 64 letters and digits".to_owned(),
            })
        }
    }
}

impl TryFrom<String> for UserId {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<UserId> for String {
    fn from(value: UserId) -> Self {
        value.0
    }
}
