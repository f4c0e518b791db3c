//! What the server can do, as clients read it. Nothing stands here that does
//! not work.

use serde::Serialize;
use shukuba_model::{GrantType, Scopes};

use super::JWKS;
use crate::authorize::{self, COMMON_SCOPES};
use crate::token;
use crate::{IssuerSettings, RegistrationPolicy};

/// How a client proves itself, wherever it must. Basic stands before the body:
/// clients take the first they know.
const AUTH_METHODS: [&str; 4] = [
    "none",
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
];
/// Introspection tells nothing to a client that has no secret and no key.
const SECRET_AUTH_METHODS: [&str; 3] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
];
/// What client assertions may be signed with.
const ASSERTION_ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// The members as RFC 8414 section 2, OpenID Connect Discovery section 3,
/// RFC 8628 section 4, RFC 9207 section 3 and the client id metadata document
/// draft name them. Lists without an element are left out (RFC 8414 section 3.2).
#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    issuer: &'a str,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    revocation_endpoint: String,
    introspection_endpoint: String,
    device_authorization_endpoint: String,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
    response_types_supported: [&'a str; 1],
    response_modes_supported: [&'a str; 1],
    grant_types_supported: [&'a str; 4],
    code_challenge_methods_supported: [&'a str; 1],
    token_endpoint_auth_methods_supported: [&'a str; 4],
    token_endpoint_auth_signing_alg_values_supported: [&'a str; 3],
    revocation_endpoint_auth_methods_supported: [&'a str; 4],
    revocation_endpoint_auth_signing_alg_values_supported: [&'a str; 3],
    introspection_endpoint_auth_methods_supported: [&'a str; 3],
    introspection_endpoint_auth_signing_alg_values_supported: [&'a str; 3],
    scopes_supported: Vec<&'a str>,
    authorization_response_iss_parameter_supported: bool,
    /// Claude and others fetch their document only when it is `true` and `none`
    /// is among the methods.
    client_id_metadata_document_supported: bool,
    subject_types_supported: [&'a str; 1],
    id_token_signing_alg_values_supported: [&'a str; 1],
    claims_supported: [&'a str; 12],
    prompt_values_supported: [&'a str; 3],
    ui_locales_supported: [&'a str; 2],
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    /// `true` where it is left out (OpenID Connect Discovery section 3).
    request_uri_parameter_supported: bool,
}

impl<'a> Metadata<'a> {
    /// The metadata of a server with these settings, whose APIs have `scopes`.
    pub(super) fn new(settings: &'a IssuerSettings, scopes: &'a Scopes) -> Self {
        let issuer = settings.issuer.as_str();
        let at = |path: &str| format!("{issuer}{path}");
        let registers = settings.registration != RegistrationPolicy::Off;
        let own = scopes.iter().filter(|scope| !COMMON_SCOPES.contains(scope));
        Self {
            issuer,
            authorization_endpoint: at(authorize::PATH),
            token_endpoint: at(token::PATH),
            registration_endpoint: registers.then(|| at("/oauth/register")),
            revocation_endpoint: at("/oauth/revoke"),
            introspection_endpoint: at("/oauth/introspect"),
            device_authorization_endpoint: at("/oauth/device"),
            userinfo_endpoint: at("/oauth/userinfo"),
            end_session_endpoint: at("/oauth/logout"),
            jwks_uri: at(JWKS),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: GrantType::ALL.map(GrantType::as_str),
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: AUTH_METHODS,
            token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            revocation_endpoint_auth_methods_supported: AUTH_METHODS,
            revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            introspection_endpoint_auth_methods_supported: SECRET_AUTH_METHODS,
            introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
            scopes_supported: COMMON_SCOPES.into_iter().chain(own).collect(),
            authorization_response_iss_parameter_supported: true,
            client_id_metadata_document_supported: settings.client_documents,
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
            claims_supported: [
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "nonce",
                "at_hash",
                "azp",
                "preferred_username",
                "name",
                "email",
            ],
            prompt_values_supported: ["none", "login", "consent"],
            ui_locales_supported: ["en", "ja"],
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
        }
    }
}
