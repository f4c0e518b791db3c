//! What is shown instead of a redirect, as long as no redirect URI is proven:
//! a page for a person, JSON for a program.

mod texts;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use shukuba_model::journey::{Note, Step};
use shukuba_store::StoreError;

use crate::clients::ClientError;
use crate::oauth_error::sendable;
use crate::pages::{self, Frame, Language, ProblemPage};
use crate::respond;

/// What is wrong. The texts inside are for a person to read, and never trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No `client_id`.
    ClientMissing,
    /// A `client_id` nobody knows.
    ClientUnknown(String),
    /// The client's metadata document cannot be had or breaks a rule.
    ClientDocument(String),
    /// A parameter that decides where an answer goes came twice.
    Repeated(&'static str),
    /// The parameters cannot be read at all.
    Malformed(String),
    /// A redirect URI that is not the client's.
    RedirectUnknown(String),
    /// No redirect URI where the client has not exactly one.
    RedirectMissing,
    /// A client that nobody vouches for asked for a scope that does not exist.
    Scope(String),
    /// A request that expired or never was.
    Gone,
    /// A request that was answered before.
    Answered,
    /// A request that another browser began.
    OtherBrowser,
    /// A form that this server did not make for this person and browser.
    Forged,
    /// Too many requests of one address; seconds to wait.
    TooMany(u64),
    /// Our own failure; the cause is in the log.
    Server,
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "an authorization request was not answered");
        Self::Server
    }
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unknown(id) => Self::ClientUnknown(id),
            ClientError::Document(reason) => Self::ClientDocument(reason),
            ClientError::Store(error) => error.into(),
        }
    }
}

impl Problem {
    /// The page, or JSON for a program; never a redirect, never stored.
    pub(crate) fn respond(&self, headers: &HeaderMap) -> Response {
        let (what, fix) = self.texts(Frame::of(headers).language);
        let mut response = if wants_json(headers) {
            let (what, fix) = self.texts(Language::English);
            let body = json!({
                "error": self.code(),
                "error_description": sendable(&format!("{what} {fix}")),
            });
            (self.status(), Json(body)).into_response()
        } else {
            let page = ProblemPage {
                status: self.status(),
                code: self.code(),
                what,
                fix,
            };
            pages::problem(&Frame::of(headers), &page)
        };
        if let Self::TooMany(seconds) = self {
            response
                .headers_mut()
                .insert(RETRY_AFTER, (*seconds).into());
        }
        respond::never_stored(response.headers_mut());
        respond::never_a_referrer(response.headers_mut());
        response
    }

    /// For the journey of the client.
    pub(crate) fn note(&self) -> Note {
        let (what, fix) = self.texts(Language::English);
        Note::refused(Step::Authorization, self.code(), &format!("{what} {fix}"))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::OtherBrowser | Self::Forged => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::ClientUnknown(_) | Self::ClientDocument(_) => "invalid_client",
            Self::Scope(_) => "invalid_scope",
            Self::OtherBrowser | Self::Forged => "access_denied",
            Self::TooMany(_) => "temporarily_unavailable",
            Self::Server => "server_error",
            _ => "invalid_request",
        }
    }
}

/// A browser names `text/html`; who names other types only is a program.
fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| !accept.contains("text/html"))
}
