//! `/api/v1/applications` and what lies below it.

use serde::{Deserialize, Serialize};

use crate::application::{ApplicationKind, ClientId};
use crate::client::AuthMethod;
use crate::jose::JwkSet;
use crate::preset::Preset;
use crate::redirect::RedirectUri;
use crate::resource_server::ApiIdentifier;

/// An application to register.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretView {
    /// What it is removed by.
    pub id: String,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// When it last proved the application, to the minute, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
}

/// An application as registered: the only time its secret is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationCreated {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Its secret, which is kept only as a hash; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The address of the issuer's OpenID configuration.
    pub openid_configuration: String,
    /// The address of the token endpoint.
    pub token_endpoint: String,
}

/// A secret of an application: the only time it is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecretAdded {
    /// What it is removed by.
    pub id: String,
    /// The secret, which is kept only as a hash.
    pub client_secret: String,
    /// The other secret that still works, to be removed once this one is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<SecretView>,
}

/// A token to make, with which clients register themselves where the
/// registration policy asks for one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InitialTokenCreate {
    /// What it is for, in the operator's words.
    pub name: String,
    /// How many clients may register with it.
    pub uses: u32,
    /// For how long, in seconds.
    pub lifetime: u32,
}

/// A token with which clients register themselves: the only time it is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InitialTokenCreated {
    /// The token, which is kept only as a hash.
    pub token: String,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// Which token of an application is wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The API the token is for; the application's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiIdentifier>,
}
