//! Who may log in to a runtime.

use serde::{Deserialize, Serialize};

use crate::resource_server::ApiIdentifier;

/// Which people a runtime lets in once they have logged in. Written as a list
/// of user names, of which an empty one means everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub enum LoginAllow {
    /// Every user of this server.
    #[default]
    All,
    /// These users, by the names they log in with, compared byte for byte.
    /// Never empty: made by [`From`].
    Users(Vec<String>),
}

impl LoginAllow {
    /// Whether it names everybody.
    pub fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// The names it is limited to; none where it names everybody.
    pub fn users(&self) -> &[String] {
        match self {
            Self::All => &[],
            Self::Users(names) => names,
        }
    }
}

impl From<Vec<String>> for LoginAllow {
    fn from(names: Vec<String>) -> Self {
        if names.is_empty() {
            Self::All
        } else {
            Self::Users(names)
        }
    }
}

impl From<LoginAllow> for Vec<String> {
    fn from(allow: LoginAllow) -> Self {
        match allow {
            LoginAllow::All => Self::new(),
            LoginAllow::Users(names) => names,
        }
    }
}

/// The entry of an authorizer that takes the tokens our own issuer gave to
/// people, whatever their client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginEntry {
    /// The people it lets in.
    #[serde(default)]
    pub allow: LoginAllow,
    /// The API whose tokens it takes.
    pub api: ApiIdentifier,
}

impl LoginEntry {
    /// The name explanations use.
    pub const NAME: &'static str = "login";
}

/// How the `sub` of a token of our own issuer ends when an application got it
/// for itself (as at Auth0). The id of a user never ends so.
const MACHINE: &str = "@clients";

/// Whether the `sub` of a token of our own issuer is that of an application.
pub fn is_machine(subject: &str) -> bool {
    subject.ends_with(MACHINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_is_everybody_and_reads_back_as_that() {
        for (text, allow) in [
            ("[]", LoginAllow::All),
            (
                r#"["ada","bob"]"#,
                LoginAllow::Users(vec!["ada".to_owned(), "bob".to_owned()]),
            ),
        ] {
            assert_eq!(serde_json::from_str::<LoginAllow>(text).unwrap(), allow);
            assert_eq!(serde_json::to_string(&allow).unwrap(), text);
        }
    }
}
