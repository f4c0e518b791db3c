//! Issued tokens, and how one is judged.

use serde::{Deserialize, Serialize};

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
