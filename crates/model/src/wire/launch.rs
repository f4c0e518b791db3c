//! A launch, and what is told while it runs.

use serde::{Deserialize, Serialize};

use super::runtimes::{AuthorizerSettings, RuntimeView};
use super::server::Problem;
use crate::login::LoginAllow;
use crate::name::{AccountId, Region, RuntimeId};

/// A version to build and to make the newest. Answered with a stream of
/// [`LaunchEvent`], a JSON object a line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LaunchRequest {
    /// What to build.
    pub source: LaunchSource,
    /// The region of the runtime's ARN.
    pub region: Region,
    /// The account of the runtime's ARN.
    #[serde(default)]
    pub account: AccountId,
    /// The id the project file names; a runtime is created under it when this
    /// server has never seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<RuntimeId>,
    /// The inbound rules. Absent, the runtime's own: our issuer, its own API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<AuthorizerSettings>,
    /// Whether people may log in as well.
    #[serde(default)]
    pub login: bool,
    /// The names of the users who may; all where none is named.
    #[serde(default, skip_serializing_if = "LoginAllow::is_all")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub login_allow: LoginAllow,
    /// Keep the newest version when neither its build nor its settings would change.
    #[serde(default)]
    pub reuse_unchanged: bool,
}

/// Where the code of a version comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum LaunchSource {
    /// An uploaded project.
    Bundle {
        /// SHA-256 of the gzip-compressed tar, lower-case hex.
        sha256: String,
        /// The entry point, relative to the project.
        entrypoint: String,
        /// The requirements file, relative to the project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requirements_file: Option<String>,
    },
    /// The adder that is part of the binary, for `demo`.
    Builtin,
}

/// A line of a launch's progress.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum LaunchEvent {
    /// A step began.
    Step {
        /// What is being done.
        text: String,
    },
    /// A line a tool printed.
    Output {
        /// The line.
        line: String,
    },
    /// The version serves; the last event.
    Launched {
        /// The runtime as it now is.
        runtime: Box<RuntimeView>,
    },
    /// Nothing changed; the last event.
    Failed {
        /// What failed and what to do, in one paragraph.
        problem: Problem,
        /// The tool's own last lines.
        output: Vec<String>,
    },
}
