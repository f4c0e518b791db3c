//! The errors of the token endpoint (RFC 6749 section 5.2) and their one renderer.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use shukuba_store::StoreError;

use crate::MintError;
use crate::authorize::failure::{Code, Failure};

/// The longest `error_description` that is sent, in bytes.
const LONGEST_DESCRIPTION: usize = 900;

/// Why a token request was refused. The text of a variant becomes `error_description`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OAuthError {
    /// The request is malformed.
    InvalidRequest(String),
    /// The request is larger than any honest one.
    TooLarge { limit: usize },
    /// Another method than POST.
    MethodNotAllowed,
    /// Who asks is not proven. `basic` when it was tried by the `Authorization` header.
    InvalidClient { description: String, basic: bool },
    /// Wrong secrets came too often; the right one still works.
    TooManyAttempts { retry_after: u64 },
    /// The code, token or device code is unknown, over, or another client's.
    InvalidGrant(String),
    /// A grant that this client may not use.
    UnauthorizedClient(String),
    /// A grant that this server does not give.
    UnsupportedGrantType(String),
    /// A token that cannot be taken back by itself (RFC 7009 section 2.2.1).
    UnsupportedTokenType(String),
    /// Nobody answered the device's question yet (RFC 8628 section 3.5).
    AuthorizationPending,
    /// The device asks too often (RFC 8628 section 3.5).
    SlowDown,
    /// The device's question was answered with no.
    AccessDenied(String),
    /// The device's question was not answered in time (RFC 8628 section 3.5).
    ExpiredToken(String),
    /// A scope that was not granted.
    InvalidScope(String),
    /// A resource or audience that the client may not name (RFC 8707 section 2).
    InvalidTarget(String),
    /// Too many ask for the same at once.
    Busy { retry_after: u64 },
    /// Our own failure; the cause is in the log.
    Server,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    error_description: String,
}

impl OAuthError {
    pub(crate) fn request(description: impl Into<String>) -> Self {
        Self::InvalidRequest(description.into())
    }

    pub(crate) fn grant(description: impl Into<String>) -> Self {
        Self::InvalidGrant(description.into())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::InvalidRequest(_)
            | Self::InvalidGrant(_)
            | Self::UnauthorizedClient(_)
            | Self::UnsupportedGrantType(_)
            | Self::UnsupportedTokenType(_)
            | Self::AuthorizationPending
            | Self::SlowDown
            | Self::AccessDenied(_)
            | Self::ExpiredToken(_)
            | Self::InvalidScope(_)
            | Self::InvalidTarget(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::InvalidClient { .. } => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts { .. } | Self::Busy { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) | Self::TooLarge { .. } | Self::MethodNotAllowed => {
                "invalid_request"
            }
            Self::InvalidClient { .. } => "invalid_client",
            // Not `invalid_client`: some clients forget their credentials on that one.
            Self::TooManyAttempts { .. } | Self::Busy { .. } => "temporarily_unavailable",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::UnauthorizedClient(_) => "unauthorized_client",
            Self::UnsupportedGrantType(_) => "unsupported_grant_type",
            Self::UnsupportedTokenType(_) => "unsupported_token_type",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied(_) => "access_denied",
            Self::ExpiredToken(_) => "expired_token",
            Self::InvalidScope(_) => "invalid_scope",
            Self::InvalidTarget(_) => "invalid_target",
            Self::Server => "server_error",
        }
    }

    /// The text that is sent.
    pub(crate) fn description(&self) -> String {
        match self {
            Self::InvalidRequest(text)
            | Self::InvalidGrant(text)
            | Self::UnauthorizedClient(text)
            | Self::UnsupportedGrantType(text)
            | Self::UnsupportedTokenType(text)
            | Self::AccessDenied(text)
            | Self::ExpiredToken(text)
            | Self::InvalidScope(text)
            | Self::InvalidTarget(text)
            | Self::InvalidClient {
                description: text, ..
            } => sendable(text),
            Self::TooLarge { limit } => {
                format!(
                    "The body has more than {limit} bytes; a token request needs a few hundred."
                )
            }
            Self::MethodNotAllowed => {
                "A token is asked for with POST, the parameters in the body as a form.".to_owned()
            }
            Self::AuthorizationPending => {
                "Nobody has answered yet: ask again after the interval.".to_owned()
            }
            Self::SlowDown => {
                "You ask too often: wait 5 s longer between two requests from now on.".to_owned()
            }
            Self::Busy { retry_after } => {
                format!("Too many ask for this at once: try again in {retry_after} s.")
            }
            Self::TooManyAttempts { retry_after } => format!(
                "Too many wrong secrets for this client id. Wrong ones are counted again in {retry_after} s; the right one is accepted at any time."
            ),
            Self::Server => {
                "The server failed to issue the token; its log says why. Try again.".to_owned()
            }
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Body {
            error: self.code(),
            error_description: self.description(),
        };
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::InvalidClient { basic: true, .. } => {
                let challenge =
                    HeaderValue::from_static("Basic realm=\"shukuba\", charset=\"UTF-8\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            Self::TooManyAttempts { retry_after } | Self::Busy { retry_after } => {
                headers.insert(RETRY_AFTER, retry_after.into());
            }
            Self::MethodNotAllowed => {
                headers.insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
            }
            _ => {}
        }
        response
    }
}

impl From<MintError> for OAuthError {
    fn from(error: MintError) -> Self {
        match error {
            MintError::Target { reason } => Self::InvalidTarget(reason),
            MintError::Store(_) | MintError::Signing { .. } => {
                tracing::error!(%error, "no token was issued");
                Self::Server
            }
        }
    }
}

/// A device asks for the same things as an authorization request, and is told
/// of them at once.
impl From<Failure> for OAuthError {
    fn from(failure: Failure) -> Self {
        match failure.code {
            Code::InvalidScope => Self::InvalidScope(failure.description),
            Code::InvalidTarget => Self::InvalidTarget(failure.description),
            Code::ServerError => Self::Server,
            _ => Self::InvalidRequest(failure.description),
        }
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request could not be answered");
        Self::Server
    }
}

/// Keeps a description within the characters RFC 6749 section 5.2 allows
/// (%x20-21 / %x23-5B / %x5D-7E) and to a length worth reading.
pub(crate) fn sendable(text: &str) -> String {
    text.chars()
        .take(LONGEST_DESCRIPTION)
        .map(|c| match c {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => c,
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn t40_descriptions_hold_only_what_rfc_6749_section_5_2_allows(text in any::<String>()) {
            let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
            prop_assert!(OAuthError::InvalidTarget(text).description().chars().all(allowed));
        }
    }

    #[test]
    fn t40_the_fixed_descriptions_are_sendable_as_they_are() {
        for error in [
            OAuthError::TooLarge { limit: 1 },
            OAuthError::MethodNotAllowed,
            OAuthError::AuthorizationPending,
            OAuthError::SlowDown,
            OAuthError::TooManyAttempts { retry_after: 60 },
            OAuthError::Server,
        ] {
            let text = error.description();
            assert_eq!(sendable(&text), text);
        }
    }
}
