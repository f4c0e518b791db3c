//! `/api/v1/applications` and what lies below it.

use serde::{Deserialize, Serialize};

use crate::application::{ApplicationKind, ClientId};
use crate::client::AuthMethod;
use crate::jose::JwkSet;
use crate::preset::Preset;
use crate::redirect::RedirectUri;
use crate::resource_server::ApiIdentifier;

/// `POST /api/v1/applications`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationCreate {
    /// A name for people, unique.
    pub name: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: ApplicationKind,
    /// The identifiers of the APIs it may get tokens for; the first is its
    /// default. Without one, people get tokens of the runtime they log in to.
    #[serde(default)]
    pub apis: Vec<ApiIdentifier>,
    /// A known MCP client, whose redirect URIs it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Further addresses people may be sent back to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<RedirectUri>,
    /// Its public keys: it then proves itself by a signed assertion
    /// (`private_key_jwt`, RFC 7523) and has no secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSet>,
}

impl ApplicationCreate {
    /// An application that gets tokens for itself.
    pub fn machine(name: impl Into<String>, apis: Vec<ApiIdentifier>) -> Self {
        Self {
            name: name.into(),
            kind: ApplicationKind::MachineToMachine,
            apis,
            preset: None,
            redirect_uris: Vec::new(),
            jwks: None,
        }
    }
}

/// An application as listed; its secrets are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationView {
    /// A name for people, unique.
    pub name: String,
    /// Its OAuth client id.
    pub client_id: ClientId,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: ApplicationKind,
    /// How it proves itself at the token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_method: Option<AuthMethod>,
    /// The identifiers of the APIs it may get tokens for; the first is its default.
    pub apis: Vec<ApiIdentifier>,
    /// Where people may be sent back to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<RedirectUri>,
    /// When it was registered, seconds since 1970.
    pub created_at: i64,
    /// When it last got a token, to the minute, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
    /// What may be told of its secrets; only where one application is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretView>,
}

/// What may be told of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// What it is removed by.
    pub id: String,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// When it last proved the application, to the minute, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
}

/// The answer to `POST /api/v1/applications`: the only time the secret is shown.
#[derive(Clone, Serialize, Deserialize)]
pub struct ApplicationCreated {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Its secret, which is kept only as a hash; `None` for a native one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The address of the issuer's OpenID configuration.
    pub openid_configuration: String,
    /// The address of the token endpoint.
    pub token_endpoint: String,
}

/// The answer to `POST /api/v1/applications/{name or client id}/secrets`: the
/// only time the secret is shown.
#[derive(Clone, Serialize, Deserialize)]
pub struct SecretAdded {
    /// What it is removed by.
    pub id: String,
    /// The secret, which is kept only as a hash.
    pub client_secret: String,
    /// The other secret that still works, to be removed once this one is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<SecretView>,
}

/// `POST /api/v1/initial-access-tokens`: lets clients register themselves where
/// the registration policy asks for a token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitialTokenCreate {
    /// What it is for, in the operator's words.
    pub name: String,
    /// How many clients may register with it.
    pub uses: u32,
    /// For how long, in seconds.
    pub lifetime: u32,
}

/// The answer: the only time the token is shown.
#[derive(Clone, Serialize, Deserialize)]
pub struct InitialTokenCreated {
    /// The token, which is kept only as a hash.
    pub token: String,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// `POST /api/v1/applications/{name or client id}/token`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The API the token is for; the application's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiIdentifier>,
}
