//! Addresses, discovery documents and key sets.

use serde_json::{Value, json};

use super::{Kind, State};

/// The path of the Cognito-shaped issuer: the id of its user pool.
const USER_POOL: &str = "/us-west-2_FakePool1";

impl State {
    pub(super) fn issuer(&self) -> String {
        match self.kind {
            Kind::Auth0 => format!("{}/", self.origin),
            Kind::Cognito => format!("{}{USER_POOL}", self.origin),
        }
    }

    pub(super) fn discovery_path(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.base())
    }

    pub(super) fn jwks_path(&self) -> String {
        format!("{}/.well-known/jwks.json", self.base())
    }

    pub(super) fn token_path(&self) -> &'static str {
        match self.kind {
            Kind::Auth0 => "/oauth/token",
            Kind::Cognito => "/oauth2/token",
        }
    }

    pub(super) fn discovery_url(&self) -> String {
        format!("{}{}", self.origin, self.discovery_path())
    }

    pub(super) fn token_endpoint(&self) -> String {
        format!("{}{}", self.origin, self.token_path())
    }

    fn base(&self) -> &'static str {
        match self.kind {
            Kind::Auth0 => "",
            Kind::Cognito => USER_POOL,
        }
    }

    pub(super) fn jwks(&self) -> Value {
        let keys: Vec<Value> = self.keys.read().iter().map(|key| key.jwk()).collect();
        json!({ "keys": keys })
    }

    pub(super) fn discovery(&self) -> Value {
        match self.kind {
            Kind::Auth0 => self.auth0_document(),
            Kind::Cognito => self.cognito_document(),
        }
    }

    fn auth0_document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.origin);
        json!({
            "issuer": self.issuer(),
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": self.token_endpoint(),
            "device_authorization_endpoint": at("/oauth/device/code"),
            "userinfo_endpoint": at("/userinfo"),
            "mfa_challenge_endpoint": at("/mfa/challenge"),
            "jwks_uri": at(&self.jwks_path()),
            "registration_endpoint": at("/oidc/register"),
            "revocation_endpoint": at("/oauth/revoke"),
            "scopes_supported": ["openid", "profile", "offline_access", "email"],
            "response_types_supported": ["code", "token", "id_token"],
            "code_challenge_methods_supported": ["S256", "plain"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "claims_supported": ["aud", "exp", "iat", "iss", "sub"],
            "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
            "request_uri_parameter_supported": false,
            "request_parameter_supported": false,
        })
    }

    fn cognito_document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.origin);
        json!({
            "issuer": self.issuer(),
            "authorization_endpoint": at("/oauth2/authorize"),
            "token_endpoint": self.token_endpoint(),
            "userinfo_endpoint": at("/oauth2/userInfo"),
            "end_session_endpoint": at("/logout"),
            "revocation_endpoint": at("/oauth2/revoke"),
            "jwks_uri": at(&self.jwks_path()),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        })
    }
}
