//! Errors that go back to the client, by the redirect URI it has proven
//! (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).

use shukuba_model::Client;
use shukuba_store::StoreError;

/// An error code of the authorization endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// A parameter is missing, malformed or came twice.
    InvalidRequest,
    /// The client may not use the authorization code grant.
    UnauthorizedClient,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// A scope that is unknown, or not the client's to ask.
    InvalidScope,
    /// A resource that is none of ours (RFC 8707 section 2).
    InvalidTarget,
    /// `prompt=none`, and nobody is logged in.
    LoginRequired,
    /// `prompt=none`, and the person was never asked.
    ConsentRequired,
    /// The person, or the operator, said no.
    AccessDenied,
    /// A request object (RFC 9101).
    RequestNotSupported,
    /// The address of a request object, or a pushed request.
    RequestUriNotSupported,
    /// Our own failure; the cause is in the log.
    ServerError,
}

impl Code {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AccessDenied => "access_denied",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::ServerError => "server_error",
        }
    }
}

/// Why a request is answered without a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// For the client's program.
    pub(crate) code: Code,
    /// For the client's developer.
    pub(crate) description: String,
}

impl Failure {
    /// A failure of that code.
    pub(crate) fn new(code: Code, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
        }
    }

    /// A malformed request.
    pub(crate) fn request(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    /// Whether it may be sent to `client` without a person having done
    /// anything. Who registered itself could make an address of ours send people
    /// anywhere by asking for a scope that does not exist (RFC 9700 section 4.11.2).
    pub(crate) fn may_go_to(&self, client: &Client) -> bool {
        client.is_verified() || self.code != Code::InvalidScope
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "an authorization request was not answered");
        Self::new(
            Code::ServerError,
            "The server failed to answer; its log says why. Try again.",
        )
    }
}
