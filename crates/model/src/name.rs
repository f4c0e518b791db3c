//! Names, ids and ARNs of runtimes, in AgentCore's shapes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name that does not have the shape its kind demands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} '{value}' is not valid: {rule}")]
pub struct NameError {
    /// What was being parsed, such as `runtime name`.
    pub kind: &'static str,
    /// The text as it was given.
    pub value: String,
    /// What is allowed, in one sentence fragment.
    pub rule: String,
}

impl NameError {
    fn new(kind: &'static str, value: &str, rule: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.to_owned(),
            rule: rule.into(),
        }
    }
}

/// Implements the string conversions every checked name shares.
macro_rules! checked_name {
    ($name:ident) => {
        impl $name {
            /// The text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(value: String) -> Result<Self, NameError> {
                value.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

const IDENTIFIER_RULE: &str =
    "a letter, then up to 47 letters, digits or underscores ([a-zA-Z][a-zA-Z0-9_]{0,47})";

fn is_identifier(value: &str) -> bool {
    let mut bytes = value.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && value.len() <= 48
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The name of a runtime (AgentCore: `agentRuntimeName`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct RuntimeName(String);
checked_name!(RuntimeName);

impl FromStr for RuntimeName {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        if is_identifier(value) {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError::new("runtime name", value, IDENTIFIER_RULE))
        }
    }
}

impl RuntimeName {
    /// The nearest valid name to a file or directory name: `adder-rs` becomes
    /// `adder_rs`. `None` when no letter is left to begin with.
    pub fn suggested_by(text: &str) -> Option<Self> {
        let cleaned: String = text
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .skip_while(|c| !c.is_ascii_alphabetic())
            .take(48)
            .collect();
        cleaned.parse().ok()
    }
}

/// The named pointer to a version that a request picks with `?qualifier=`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Qualifier(String);
checked_name!(Qualifier);

impl Qualifier {
    /// The endpoint that follows the newest version.
    pub const DEFAULT: &'static str = "DEFAULT";
}

impl Default for Qualifier {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl FromStr for Qualifier {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        if is_identifier(value) {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError::new("qualifier", value, IDENTIFIER_RULE))
        }
    }
}

/// The id of a runtime: its name, a hyphen, ten letters and digits
/// (AgentCore: `agentRuntimeId`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct RuntimeId(String);
checked_name!(RuntimeId);

impl RuntimeId {
    /// How many letters and digits follow the name.
    pub const SUFFIX_LENGTH: usize = 10;

    /// Joins a name and a suffix.
    ///
    /// # Errors
    /// When `suffix` is not ten ASCII letters and digits.
    pub fn new(name: &RuntimeName, suffix: &str) -> Result<Self, NameError> {
        format!("{name}-{suffix}").parse()
    }

    /// The name part.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(name, _)| name)
    }
}

impl FromStr for RuntimeId {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let valid = value.rsplit_once('-').is_some_and(|(name, suffix)| {
            is_identifier(name)
                && suffix.len() == Self::SUFFIX_LENGTH
                && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if valid {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError::new(
                "runtime id",
                value,
                "a runtime name, a hyphen and ten letters or digits, such as mcp_server-y2iy3YFsSN",
            ))
        }
    }
}

/// A twelve-digit account id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);
checked_name!(AccountId);

impl Default for AccountId {
    fn default() -> Self {
        Self("123456789012".to_owned())
    }
}

impl FromStr for AccountId {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        if value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError::new(
                "account",
                value,
                "twelve digits, quoted in YAML",
            ))
        }
    }
}

/// The AWS regions a runtime may name. Shukuba runs in none of them; the
/// region only appears in ARNs, so that addresses survive a move.
pub const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// An AWS region name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);
checked_name!(Region);

impl Default for Region {
    fn default() -> Self {
        Self("us-west-2".to_owned())
    }
}

impl FromStr for Region {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        if REGIONS.contains(&value) {
            return Ok(Self(value.to_owned()));
        }
        Err(NameError::new(
            "region",
            value,
            format!("one of {}", REGIONS.join(", ")),
        ))
    }
}

/// `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuntimeArn {
    /// The region part.
    pub region: Region,
    /// The account part.
    pub account: AccountId,
    /// The runtime's id.
    pub id: RuntimeId,
}

impl fmt::Display for RuntimeArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            region,
            account,
            id,
        } = self;
        write!(
            f,
            "arn:aws:bedrock-agentcore:{region}:{account}:runtime/{id}"
        )
    }
}

impl FromStr for RuntimeArn {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let fail = || {
            NameError::new(
                "runtime ARN",
                value,
                "arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/NAME-y2iy3YFsSN",
            )
        };
        let rest = value
            .strip_prefix("arn:aws:bedrock-agentcore:")
            .ok_or_else(fail)?;
        let (region, rest) = rest.split_once(':').ok_or_else(fail)?;
        let (account, resource) = rest.split_once(':').ok_or_else(fail)?;
        let id = resource.strip_prefix("runtime/").ok_or_else(fail)?;
        Ok(Self {
            region: region.parse().map_err(|_| fail())?,
            account: account.parse().map_err(|_| fail())?,
            id: id.parse().map_err(|_| fail())?,
        })
    }
}

impl TryFrom<String> for RuntimeArn {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<RuntimeArn> for String {
    fn from(value: RuntimeArn) -> Self {
        value.to_string()
    }
}

impl RuntimeArn {
    /// The ARN percent-encoded as one path segment, as AWS's SDKs send it:
    /// `arn%3Aaws%3A…%2FNAME-y2iy3YFsSN`.
    pub fn path_segment(&self) -> String {
        use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
        const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'_')
            .remove(b'.')
            .remove(b'~');
        utf8_percent_encode(&self.to_string(), SEGMENT).to_string()
    }

    /// The AgentCore-style path of the runtime, without query.
    pub fn invocation_path(&self) -> String {
        format!("/runtimes/{}/invocations", self.path_segment())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_arn_round_trips_and_encodes_as_the_sdks_send_it() {
        let text = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-y2iy3YFsSN";
        let arn: RuntimeArn = text.parse().unwrap();
        assert_eq!(arn.to_string(), text);
        assert_eq!(
            arn.path_segment(),
            "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2Fmcp_server-y2iy3YFsSN"
        );
        assert_eq!(arn.id.name(), "mcp_server");
    }

    #[test]
    fn names_outside_the_shape_are_refused_with_the_rule() {
        for bad in ["", "1abc", "a-b", "a b", &"a".repeat(49)] {
            assert!(bad.parse::<RuntimeName>().is_err(), "{bad}");
        }
        for bad in [
            "mcp_server",
            "mcp_server-short",
            "mcp_server-y2iy3YFsS!",
            "-y2iy3YFsSN",
        ] {
            assert!(bad.parse::<RuntimeId>().is_err(), "{bad}");
        }
        for bad in ["12345678901", "12345678901a", "1234567890123"] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
        let error = "moon-1".parse::<Region>().unwrap_err().to_string();
        assert!(error.contains("us-west-2"), "{error}");
    }

    #[test]
    fn a_directory_name_suggests_a_runtime_name() {
        assert_eq!(
            RuntimeName::suggested_by("adder-rs").unwrap().as_str(),
            "adder_rs"
        );
        assert_eq!(
            RuntimeName::suggested_by("3d.tools").unwrap().as_str(),
            "d_tools"
        );
        assert!(RuntimeName::suggested_by("123").is_none());
    }
}
