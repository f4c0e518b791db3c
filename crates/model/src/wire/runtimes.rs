//! `/api/v1/runtimes`: their rules, their versions, and a launch.

use serde::{Deserialize, Serialize};

use crate::authorizer::{ClientClaim, DiscoveryUrl};
use crate::login::LoginAllow;
use crate::name::{RuntimeArn, RuntimeId, RuntimeName};
use crate::session::SessionMode;

/// The inbound rules as a project file spells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthorizerSettings {
    /// Where the issuer's discovery document lies.
    pub discovery_url: DiscoveryUrl,
    /// Allowed `client_id` values.
    #[serde(default)]
    pub allowed_clients: Vec<String>,
    /// Allowed `aud` values.
    #[serde(default)]
    pub allowed_audience: Vec<String>,
    /// Scopes of which a token must carry one.
    #[serde(default)]
    pub allowed_scopes: Vec<String>,
    /// Which claims may name the client.
    #[serde(default)]
    pub client_claim: ClientClaim,
}

/// Who may call a runtime: its configured entry, and the one for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RuntimeRules {
    /// The configured entry.
    pub authorizer: AuthorizerSettings,
    /// Whether people may log in as well.
    pub login: bool,
    /// The names of the users who may; all where none is named. It has to be
    /// there, so that leaving it out lets in nobody.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub login_allow: LoginAllow,
}

/// A runtime as listed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuntimeView {
    /// The name.
    pub name: RuntimeName,
    /// The id.
    pub id: RuntimeId,
    /// The ARN.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub arn: RuntimeArn,
    /// The canonical MCP endpoint.
    pub endpoint: String,
    /// The AgentCore-style address, with its qualifier.
    pub invocation_url: String,
    /// The version `DEFAULT` points to.
    pub version: u32,
    /// All versions, oldest first.
    pub versions: Vec<VersionView>,
    /// The inbound rules.
    pub authorizer: AuthorizerSettings,
    /// Whether people may log in.
    pub login: bool,
    /// The names of the users who may; all where none is named.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub login_allow: LoginAllow,
    /// The isolation its instances really have.
    pub isolation: String,
    /// How many instances run or start now.
    pub instances: usize,
    /// How many of them still start.
    #[serde(default)]
    pub starting: usize,
    /// How many sessions lead to them.
    #[serde(default)]
    pub sessions: usize,
    /// Why the last instance that was started did not come up. It is over once
    /// another one comes up or another version serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<StartFailure>,
}

impl RuntimeView {
    /// The tools of the version that serves.
    pub fn tools(&self) -> &[Tool] {
        self.versions
            .iter()
            .find(|version| version.number == self.version)
            .map_or(&[], |serving| &serving.tools)
    }

    /// The names of the tools of the version that serves.
    pub fn tool_names(&self) -> Vec<&str> {
        self.tools().iter().map(|tool| tool.name.as_str()).collect()
    }
}

/// A version as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionView {
    /// Counted from 1.
    pub number: u32,
    /// SHA-256 of the build.
    pub digest: String,
    /// When it was launched, seconds since 1970.
    pub created_at: i64,
    /// What its server offers, as told at the smoke start.
    pub tools: Vec<Tool>,
    /// Whether its sessions have state.
    pub sessions: SessionMode,
    /// How long the smoke start took to answer, in milliseconds.
    pub start_ms: u64,
}

/// Which version is to serve again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// Its number.
    pub version: u32,
}

/// An instance that runs or starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceView {
    /// Its id, as it stands in the log.
    pub id: String,
    /// The version it runs.
    pub version: u32,
    /// SHA-256 of whose it is (issuer, subject and client), lower-case hex.
    pub principal: String,
    /// Whether it takes requests already.
    pub ready: bool,
    /// How many sessions lead to it.
    pub sessions: usize,
    /// How many requests it answers now.
    pub requests: usize,
    /// When it was started, seconds since 1970.
    pub started_at: i64,
    /// When its last request ended, or it was started, seconds since 1970.
    pub last_used_at: i64,
}

/// A start of an instance that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartFailure {
    /// The version that was started.
    pub version: u32,
    /// When it failed, seconds since 1970.
    pub failed_at: i64,
    /// What happened.
    pub message: String,
}

/// A tool as its server describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tool {
    /// The name.
    pub name: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON Schema of its arguments.
    #[serde(default)]
    pub input_schema: serde_json::Value,
    /// Whether its annotations call it destructive (`destructiveHint: true`).
    #[serde(default)]
    pub destructive: bool,
}
