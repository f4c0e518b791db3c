//! OAuth clients, whatever way they were registered.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::application::{ApplicationKind, ClientId};
use crate::jose::JwkSet;
use crate::name::NameError;
use crate::redirect::RedirectUri;
use crate::resource_server::ApiIdentifier;
use crate::scope::Scopes;

/// An OAuth client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id; the address of its document for [`ClientSource::Document`].
    pub id: ClientId,
    /// A name for people. Of a stranger's client it is only a claim.
    pub name: String,
    /// Who vouches for it.
    pub source: ClientSource,
    /// What it is for.
    pub kind: ApplicationKind,
    /// How it proves itself at the token endpoint.
    pub auth_method: AuthMethod,
    /// What it may ask tokens with.
    pub grant_types: Vec<GrantType>,
    /// Where a person may be sent back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// The APIs it was given by the operator; the first is its default. A machine
    /// gets tokens of these alone, without one of none. A client that people log
    /// in with may ask for any API people log in to as well; one that registered
    /// itself has no others.
    pub apis: Vec<ClientApi>,
    /// Its keys, for [`AuthMethod::PrivateKeyJwt`].
    pub jwks: Option<JwkSet>,
    /// Where its keys are fetched, for [`AuthMethod::PrivateKeyJwt`].
    pub jwks_uri: Option<String>,
    /// What else it said of itself.
    pub metadata: ClientMetadata,
    /// When it was registered, seconds since 1970.
    pub created_at: i64,
    /// When it last got a token, seconds since 1970.
    pub last_used_at: Option<i64>,
}

impl Client {
    /// Whether it may ask tokens with `grant`.
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether the operator vouches for it.
    pub fn is_verified(&self) -> bool {
        self.source == ClientSource::Registered
    }

    /// Whether it has no secret and no key.
    pub fn is_public(&self) -> bool {
        self.auth_method == AuthMethod::None
    }
}

/// Who vouches for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClientSource {
    /// The operator registered it.
    Registered,
    /// It registered itself (RFC 7591).
    Dynamic,
    /// Its id is the address of a document about it (client id metadata document).
    Document,
}

impl ClientSource {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::Registered, Self::Dynamic, Self::Document];

    /// The word in JSON and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Dynamic => "dynamic",
            Self::Document => "document",
        }
    }
}

/// An API a client may get tokens for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientApi {
    /// The API.
    pub identifier: ApiIdentifier,
    /// The scopes it may have of it; `None` for all of them.
    pub scopes: Option<Scopes>,
}

/// How a client proves itself at the token endpoint (RFC 7591 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AuthMethod {
    /// A public client.
    #[serde(rename = "none")]
    None,
    /// The secret in the `Authorization` header.
    #[serde(rename = "client_secret_basic")]
    ClientSecretBasic,
    /// The secret in the body.
    #[serde(rename = "client_secret_post")]
    ClientSecretPost,
    /// The secret either way, as hosted clients choose for themselves.
    #[serde(rename = "client_secret")]
    ClientSecret,
    /// A signed assertion (RFC 7523).
    #[serde(rename = "private_key_jwt")]
    PrivateKeyJwt,
}

impl AuthMethod {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecret,
        Self::PrivateKeyJwt,
    ];

    /// The word in JSON and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecret => "client_secret",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Whether it rests on a secret.
    pub fn has_secret(self) -> bool {
        matches!(
            self,
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecret
        )
    }
}

impl FromStr for AuthMethod {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "token endpoint authentication method",
                value: value.chars().take(80).collect(),
                rule: "one of none, client_secret_basic, client_secret_post, private_key_jwt"
                    .to_owned(),
            })
    }
}

/// What a client asks tokens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    /// RFC 6749 section 6.
    #[serde(rename = "refresh_token")]
    RefreshToken,
    /// RFC 6749 section 4.4.
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    /// RFC 8628.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

impl GrantType {
    /// Every grant this server gives.
    pub const ALL: [Self; 4] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::DeviceCode,
    ];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }
}

impl FromStr for GrantType {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|grant| grant.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "grant type",
                value: value.chars().take(80).collect(),
                rule: "one of authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:device_code".to_owned(),
            })
    }
}

/// What a client says of itself beside what rules are made of (RFC 7591 section 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientMetadata {
    /// Its home page, https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// A picture; never shown unasked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its terms of service, https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Its privacy policy, https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Whom to write to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// The scopes it means to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `web` or `native` (OpenID Connect Registration section 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    /// The software's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// The software's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Where a person may be sent after logout.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Covers redirect URIs, keys and name of a document: a change asks for
    /// consent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}
