//! OAuth clients as the issuer knows them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::NameError;

/// An OAuth `client_id`: printable ASCII without spaces, up to 2,048 bytes
/// (RFC 6749 appendix A.1 allows VSCHAR).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClientId {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        let printable = value.bytes().all(|byte| byte.is_ascii_graphic());
        if !value.is_empty() && value.len() <= 2048 && printable {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError {
                kind: "client id",
                value: value.chars().take(80).collect(),
                rule: "1 to 2,048 printable ASCII characters without spaces".to_owned(),
            })
        }
    }
}

impl TryFrom<String> for ClientId {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<ClientId> for String {
    fn from(value: ClientId) -> Self {
        value.0
    }
}

/// What an application is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ApplicationKind {
    /// Machine to machine: `client_credentials` only, no person takes part.
    #[serde(rename = "m2m")]
    MachineToMachine,
    /// A hosted or local MCP client that people log in with.
    #[serde(rename = "connector")]
    Connector,
    /// A program on a person's own machine, without a secret.
    #[serde(rename = "native")]
    Native,
}

impl ApplicationKind {
    /// The word used on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MachineToMachine => "m2m",
            Self::Connector => "connector",
            Self::Native => "native",
        }
    }
}

impl FromStr for ApplicationKind {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        match value {
            "m2m" => Ok(Self::MachineToMachine),
            "connector" => Ok(Self::Connector),
            "native" => Ok(Self::Native),
            _ => Err(NameError {
                kind: "application type",
                value: value.to_owned(),
                rule: "m2m (machine to machine), connector (an MCP client that people log in with) or native (the same on their own machine, without a secret)".to_owned(),
            }),
        }
    }
}
