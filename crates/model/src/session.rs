//! What ties requests to one instance.

use std::fmt;
use std::str::FromStr;

use crate::name::NameError;

/// AgentCore's runtime session id, from the header
/// `X-Amzn-Bedrock-AgentCore-Runtime-Session-Id`: 33 to 256 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuntimeSessionId(String);

impl RuntimeSessionId {
    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RuntimeSessionId {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        if (33..=256).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(value.to_owned()))
        } else {
            Err(NameError {
                kind: "runtime session id",
                value: value.chars().take(80).collect(),
                rule: "33 to 256 printable ASCII characters".to_owned(),
            })
        }
    }
}

impl fmt::Display for RuntimeSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a hosted server keeps the state of its clients, learnt at its smoke start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SessionMode {
    /// It answers `initialize` with an `Mcp-Session-Id`: one instance per session.
    Stateful,
    /// It gives no session id, or speaks the modern era only: one instance per principal.
    #[default]
    Stateless,
}
