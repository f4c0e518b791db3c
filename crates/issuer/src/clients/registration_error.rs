//! The errors of registration (RFC 7591 section 3.2.2, RFC 7592 section 2)
//! and their one renderer.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::oauth_error::sendable;
use crate::respond;

/// Why a registration was refused. A text becomes `error_description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegistrationError {
    /// No redirect URI of the request can be used.
    RedirectUri(String),
    /// Something else it says of itself.
    Metadata(String),
    /// A software statement that is none.
    SoftwareStatement,
    /// The body is larger than any honest one.
    TooLarge { limit: usize },
    /// The token is missing or wrong; a sentence that says which token is meant.
    Token(&'static str),
    /// Nobody registers here.
    Off,
    /// Too many registrations came from the same address.
    TooMany { retry_after: u64 },
    /// There are too many registrations that nobody uses.
    Full,
    /// Our own failure; the cause is in the log.
    Server,
}

impl RegistrationError {
    pub(crate) fn metadata(description: impl Into<String>) -> Self {
        Self::Metadata(description.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::RedirectUri(_) | Self::Metadata(_) | Self::SoftwareStatement => {
                StatusCode::BAD_REQUEST
            }
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Off => StatusCode::NOT_FOUND,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::RedirectUri(_) => "invalid_redirect_uri",
            Self::Metadata(_) | Self::TooLarge { .. } => "invalid_client_metadata",
            Self::SoftwareStatement => "invalid_software_statement",
            Self::Token(_) => "invalid_token",
            Self::Off => "access_denied",
            Self::TooMany { .. } | Self::Full => "temporarily_unavailable",
            Self::Server => "server_error",
        }
    }

    pub(crate) fn description(&self) -> String {
        match self {
            Self::RedirectUri(text) | Self::Metadata(text) => sendable(text),
            Self::SoftwareStatement => {
                "The software_statement is no signed JWT; leave it out, nothing here depends on it."
                    .to_owned()
            }
            Self::TooLarge { limit } => {
                format!("The body has more than {limit} bytes; a registration needs a few hundred.")
            }
            Self::Token(what) => (*what).to_owned(),
            Self::Off => "Clients do not register themselves at this server: its operator registers them with 'shukuba app create', and gives you the client id.".to_owned(),
            Self::TooMany { retry_after } => {
                format!("Too many registrations came from this address; try again in {retry_after} s.")
            }
            Self::Full => "Too many clients registered here without ever logging in; their registrations expire within a day. Try again later, or ask the operator for a client id.".to_owned(),
            Self::Server => {
                "The server failed to register the client; its log says why. Try again.".to_owned()
            }
        }
    }
}

impl IntoResponse for RegistrationError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code(), "error_description": self.description() });
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Token(_) => {
                let challenge =
                    HeaderValue::from_static("Bearer realm=\"shukuba\", error=\"invalid_token\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            Self::TooMany { retry_after } => {
                headers.insert(RETRY_AFTER, retry_after.into());
            }
            Self::Full => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("3600"));
            }
            _ => {}
        }
        respond::never_stored(headers);
        respond::readable_from_anywhere(headers);
        response
    }
}

impl From<shukuba_store::StoreError> for RegistrationError {
    fn from(error: shukuba_store::StoreError) -> Self {
        tracing::error!(%error, "a registration failed");
        Self::Server
    }
}
