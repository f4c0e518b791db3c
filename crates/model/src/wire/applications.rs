//! `/api/v1/applications` and what lies below it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::client_documents::DocumentView;
use crate::application::{ApplicationKind, ClientId};
use crate::client::{AuthMethod, ClientSource};
use crate::jose::JwkSet;
use crate::name::NameError;
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

/// Which APIs an application may use from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplicationApis {
    /// Their identifiers, each once; the first is its default. A machine needs
    /// one; without one, people get tokens of the runtime they log in to.
    pub apis: Vec<ApiIdentifier>,
}

/// An application as listed; its secrets are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationView {
    /// A name for people: unique where the operator gave it, else only what the
    /// client says of itself.
    pub name: String,
    /// Its OAuth client id.
    pub client_id: ClientId,
    /// Who vouches for it.
    pub source: ClientSource,
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
    /// When it was registered, or its document was fetched or imported, seconds since 1970.
    pub created_at: i64,
    /// When it last got a token, to the minute, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<i64>,
    /// What may be told of its secrets; only where one application is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretView>,
    /// What is known of its metadata document, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentView>,
}

/// Which applications are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ListedSource {
    /// Those that the operator registered.
    #[default]
    Registered,
    /// Those that registered themselves.
    Dynamic,
    /// Those whose id is the address of a document about them.
    Document,
    /// All of them.
    All,
}

impl ListedSource {
    /// The word on the command line and in the query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Dynamic => "dynamic",
            Self::Document => "document",
            Self::All => "all",
        }
    }
}

impl FromStr for ListedSource {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        [Self::Registered, Self::Dynamic, Self::Document, Self::All]
            .into_iter()
            .find(|source| source.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "source of applications",
                value: value.chars().take(80).collect(),
                rule: "one of registered (by the operator), dynamic (registered themselves), document (a metadata document), all".to_owned(),
            })
    }
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

/// Which token of an application is wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The API the token is for; the application's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiIdentifier>,
}
