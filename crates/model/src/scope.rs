//! OAuth scopes (RFC 6749 section 3.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::NameError;

/// A set of scopes in the order they were named, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// The longest text that is parsed, in bytes.
    pub const LONGEST: usize = 4096;
    /// The most scopes in a set.
    pub const MOST: usize = 100;

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `scope` is one of them.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|known| known == scope)
    }

    /// Every scope.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether every scope is in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.iter().all(|scope| other.contains(scope))
    }

    /// The scopes for which `keep` is true.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|scope| keep(scope)).cloned().collect())
    }

    /// These and those of `other`.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).map(str::to_owned).collect()
    }
}

impl FromIterator<String> for Scopes {
    fn from_iter<T: IntoIterator<Item = String>>(scopes: T) -> Self {
        let mut set = Self::default();
        for scope in scopes {
            if !set.contains(&scope) {
                set.0.push(scope);
            }
        }
        set
    }
}

/// RFC 6749 appendix A.4: `scope-token`.
fn is_scope_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'))
}

/// Scopes every API has: those of OpenID Connect Core section 5.4, and
/// `offline_access` (section 11).
pub const COMMON: [&str; 4] = ["openid", "profile", "email", OFFLINE_ACCESS];
/// Asks for a refresh token where one is not given anyway.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// A scope of an API, and what it means to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "WrittenScope")]
pub struct ApiScope {
    /// Its name on the wire.
    name: String,
    /// What a consent page says of it; empty where nothing was written.
    #[serde(default)]
    description: String,
}

/// An [`ApiScope`] that was not judged yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenScope {
    name: String,
    #[serde(default)]
    description: String,
}

impl ApiScope {
    /// The longest description, in characters: it is a line of a consent page.
    pub const LONGEST_DESCRIPTION: usize = 200;

    /// A scope of that name; `description` may be empty.
    ///
    /// # Errors
    /// When the name is no scope token (RFC 6749 appendix A.4), or the
    /// description is too long or has control characters.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Result<Self, NameError> {
        let (name, description) = (name.into(), description.into());
        if !is_scope_token(&name) || name.len() > 200 {
            return Err(NameError {
                kind: "scope",
                value: name.chars().take(80).collect(),
                rule:
                    "1 to 200 characters of printable ASCII without spaces, quotes and backslashes"
                        .to_owned(),
            });
        }
        if description.chars().count() > Self::LONGEST_DESCRIPTION
            || description.chars().any(char::is_control)
        {
            return Err(NameError {
                kind: "scope description",
                value: description.chars().take(80).collect(),
                rule: format!(
                    "at most {} characters, without control characters",
                    Self::LONGEST_DESCRIPTION
                ),
            });
        }
        Ok(Self { name, description })
    }

    /// Its name on the wire.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a consent page says of it; empty where nothing was written.
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl TryFrom<WrittenScope> for ApiScope {
    type Error = NameError;
    fn try_from(written: WrittenScope) -> Result<Self, NameError> {
        Self::new(written.name, written.description)
    }
}

/// `name=description`, as the command line takes it; `name` alone has none.
impl FromStr for ApiScope {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let (name, description) = value.split_once('=').unwrap_or((value, ""));
        Self::new(name.trim(), description.trim())
    }
}

impl FromStr for Scopes {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let fail = |rule: String| NameError {
            kind: "scope",
            value: value.chars().take(80).collect(),
            rule,
        };
        if value.len() > Self::LONGEST {
            return Err(fail(format!("at most {} bytes", Self::LONGEST)));
        }
        let mut set = Self::default();
        for scope in value.split(' ').filter(|scope| !scope.is_empty()) {
            if !is_scope_token(scope) {
                return Err(fail(
                    "names of printable ASCII without quotes and backslashes, separated by spaces"
                        .to_owned(),
                ));
            }
            if set.contains(scope) {
                continue;
            }
            if set.0.len() == Self::MOST {
                return Err(fail(format!("at most {} scopes", Self::MOST)));
            }
            set.0.push(scope.to_owned());
        }
        Ok(set)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl TryFrom<String> for Scopes {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<Scopes> for String {
    fn from(value: Scopes) -> Self {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_in_the_order_they_were_named() {
        let scopes: Scopes = "b  a b".parse().unwrap();
        assert_eq!(scopes.to_string(), "b a");
        assert!(scopes.is_within(&"a b c".parse().unwrap()));
        assert!(!scopes.is_within(&"a".parse().unwrap()));
        assert_eq!(scopes.union(&"c a".parse().unwrap()).to_string(), "b a c");
    }

    #[test]
    fn a_scope_is_written_as_its_name_and_what_it_means() {
        let scope: ApiScope = "tools:read = See what = is there".parse().unwrap();
        assert_eq!(scope.name(), "tools:read");
        assert_eq!(scope.description(), "See what = is there");
        assert_eq!("all".parse::<ApiScope>().unwrap().description(), "");
        for bad in ["", "=x", "two words=x", "a\"b=x", "a=line\nbreak"] {
            assert!(bad.parse::<ApiScope>().is_err(), "{bad:?}");
        }
        assert!(ApiScope::new("a", "x".repeat(201)).is_err());
        let json = r#"{"name":"a b"}"#;
        assert!(serde_json::from_str::<ApiScope>(json).is_err());
    }

    #[test]
    fn t39_quotes_many_and_long_scopes_are_refused() {
        assert!("a\"b".parse::<Scopes>().is_err());
        assert!("a\tb".parse::<Scopes>().is_err());
        assert!("x".repeat(4097).parse::<Scopes>().is_err());
        let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
        assert!(many.join(" ").parse::<Scopes>().is_err());
    }
}
