//! What a server says of itself, and of what it could not do.

use serde::{Deserialize, Serialize};

/// The answer to a request that could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A closed, countable word: `not_found`, `method_not_allowed`, `conflict`, `invalid`,
    /// `unauthorized`, `internal`.
    pub error: String,
    /// What happened and which input caused it.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The facts of a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerStatus {
    /// The server's version.
    pub version: String,
    /// The public origin, which is also the issuer identifier.
    pub issuer: String,
    /// The address of the OpenID configuration.
    pub openid_configuration: String,
    /// The isolation that instances really have.
    pub isolation: String,
    /// Where the server keeps its data.
    pub data_dir: String,
    /// The process id of the server.
    pub pid: u32,
}
