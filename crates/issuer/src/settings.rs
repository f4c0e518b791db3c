//! What the issuer is told at its start.

use std::str::FromStr;

use shukuba_model::NameError;
use shukuba_verify::fetch::PublicClient;

use crate::resources::SharedResources;

/// The settings of an issuer.
#[derive(Clone)]
pub struct IssuerSettings {
    /// The public origin, which is the issuer identifier; without a slash at its end.
    pub issuer: String,
    /// The runtimes tokens are for.
    pub resources: SharedResources,
    /// Who may register a client (RFC 7591).
    pub registration: RegistrationPolicy,
    /// Whether a client id may be the address of a metadata document.
    pub client_documents: bool,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// What fetches the documents and keys of clients; the usual one when `None`.
    pub public_client: Option<PublicClient>,
}

impl IssuerSettings {
    /// The usual settings: registration open, metadata documents fetched.
    pub fn new(issuer: impl Into<String>, resources: SharedResources) -> Self {
        Self {
            issuer: issuer.into(),
            resources,
            registration: RegistrationPolicy::Open,
            client_documents: true,
            lifetimes: Lifetimes::default(),
            public_client: None,
        }
    }
}

/// Who may register a client by itself (RFC 7591 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegistrationPolicy {
    /// Anybody.
    #[default]
    Open,
    /// Whoever shows a token of the operator.
    InitialAccessToken,
    /// Nobody.
    Off,
}

impl RegistrationPolicy {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InitialAccessToken => "initial-access-token",
            Self::Off => "off",
        }
    }
}

impl FromStr for RegistrationPolicy {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        [Self::Open, Self::InitialAccessToken, Self::Off]
            .into_iter()
            .find(|policy| policy.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "registration policy",
                value: value.chars().take(80).collect(),
                rule: "one of open, initial-access-token, off".to_owned(),
            })
    }
}

/// How long things live, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// An authorization request, from its arrival to its answer.
    pub request: i64,
    /// An authorization code.
    pub code: i64,
    /// A device code and its user code.
    pub device_code: i64,
    /// A refresh token that is not used.
    pub refresh_idle: i64,
    /// All refresh tokens of a login, used or not.
    pub refresh_absolute: i64,
    /// How long a spent refresh token still gives its successor.
    pub refresh_grace: i64,
    /// An ID token.
    pub id_token: i64,
    /// A login session that is not used.
    pub session_idle: i64,
    /// A login session, used or not.
    pub session_absolute: i64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            request: 15 * 60,
            code: 60,
            device_code: 600,
            refresh_idle: 30 * 86_400,
            refresh_absolute: 90 * 86_400,
            refresh_grace: 60,
            id_token: 3600,
            session_idle: 8 * 3600,
            session_absolute: 24 * 3600,
        }
    }
}
