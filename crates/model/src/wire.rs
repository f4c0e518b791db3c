//! Bodies of the administration API under `/api/v1`, shared by the server
//! that answers and the CLI that asks.

mod applications;
mod login;

use serde::{Deserialize, Serialize};

pub use login::{
    AuditCheckView, AuditView, GrantView, KeyRotate, KeyView, UserCreate, UserCreated, UserUpdate,
    UserView,
};

use crate::authorizer::{ClientClaim, DiscoveryUrl};
use crate::login::LoginAllow;
use crate::name::{AccountId, Region, RuntimeArn, RuntimeId, RuntimeName};
use crate::resource_server::{ApiIdentifier, SigningAlgorithm, TokenLifetime, TokenProfile};
use crate::scope::ApiScope;
use crate::session::SessionMode;

pub use applications::{
    ApplicationCreate, ApplicationCreated, ApplicationView, DocumentImport, DocumentImported,
    DocumentView, InitialTokenCreate, InitialTokenCreated, InitialTokenView, ListedSource,
    SecretAdded, SecretView, TokenRequest,
};

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

/// An API to register.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiCreate {
    /// A name for people.
    pub name: String,
    /// The audience of its tokens; cannot be changed later.
    pub identifier: ApiIdentifier,
    /// The shape of its tokens.
    #[serde(default)]
    pub profile: TokenProfile,
    /// What its tokens are signed with.
    #[serde(default)]
    pub signing_algorithm: SigningAlgorithm,
    /// How long its tokens live, in seconds.
    #[serde(default)]
    pub token_lifetime: TokenLifetime,
    /// What its tokens can allow, each scope once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ApiScope>,
}

/// A change of an API; what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiUpdate {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new profile, for tokens issued from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<TokenProfile>,
    /// A new algorithm, for tokens issued from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// A new lifetime, for tokens issued from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_lifetime: Option<TokenLifetime>,
    /// Its scopes from now on, instead of those it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ApiScope>>,
}

/// An API as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiView {
    /// A name for people.
    pub name: String,
    /// The audience of its tokens.
    pub identifier: ApiIdentifier,
    /// The shape of its tokens.
    pub profile: TokenProfile,
    /// What its tokens are signed with.
    pub signing_algorithm: SigningAlgorithm,
    /// How long its tokens live, in seconds.
    pub token_lifetime: TokenLifetime,
    /// What its tokens can allow.
    #[serde(default)]
    pub scopes: Vec<ApiScope>,
    /// When it was registered, seconds since 1970.
    pub created_at: i64,
    /// What its owner should know, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// An issued access token (RFC 6749 section 5.1).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenIssued {
    /// The token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Its lifetime in seconds.
    pub expires_in: u64,
    /// Its scopes, when it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// A token to judge.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExplainRequest {
    /// The token to judge; neither stored nor logged.
    pub token: String,
    /// The runtime to judge it for; the only one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
}

/// How a token is judged, rule by rule. The data plane's refusals and this
/// come from the same judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// Whether the token would be let in.
    pub admitted: bool,
    /// The runtime it was judged for.
    pub runtime: String,
    /// The entry that judged, when the issuer picked one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The refusal as the caller would see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Every rule, in the order it was tried.
    pub rules: Vec<RuleVerdict>,
}

/// What one rule said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleVerdict {
    /// The rule: `format`, `algorithm`, `issuer`, `signature`, `entry`, `typ`, `exp`, `nbf`,
    /// `revoked`, `client_id`, `user`, `aud`, `scope`.
    pub rule: String,
    /// What came out.
    pub verdict: Verdict,
    /// What the token carries, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// What the rule wants, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The ways to mend a failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<String>,
}

/// The outcome of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It was not configured, or an earlier failure left nothing to try.
    Skipped,
}

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
    /// How many instances run now.
    pub instances: usize,
}

impl RuntimeView {
    /// The tools of the newest version.
    pub fn tools(&self) -> &[Tool] {
        self.versions.last().map_or(&[], |newest| &newest.tools)
    }

    /// The names of the tools of the newest version.
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

/// A tool as its server describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tool {
    /// The name.
    pub name: String,
    /// The JSON Schema of its arguments.
    #[serde(default)]
    pub input_schema: serde_json::Value,
    /// Whether its annotations call it destructive (`destructiveHint: true`).
    #[serde(default)]
    pub destructive: bool,
}
