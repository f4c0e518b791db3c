//! What keeps a person from going on, as a page.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use shukuba_store::StoreError;

use super::password::HashFailed;
use crate::pages::{self, Frame, ProblemPage};

/// Why there is no other answer.
#[derive(Debug)]
pub(super) struct Trouble {
    kind: Kind,
    frame: Frame,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Forged,
    Unreadable,
    LinkGone,
    Server,
}

impl Trouble {
    /// A form that no page of ours made for this browser.
    pub(super) fn forged(headers: &HeaderMap) -> Self {
        Self::new(Kind::Forged, headers)
    }

    /// A body that is no form.
    pub(super) fn unreadable(headers: &HeaderMap) -> Self {
        Self::new(Kind::Unreadable, headers)
    }

    /// A one-time link that was used, is too old, or never was.
    pub(super) fn link_gone(headers: &HeaderMap) -> Self {
        Self::new(Kind::LinkGone, headers)
    }

    fn new(kind: Kind, headers: &HeaderMap) -> Self {
        Self {
            kind,
            frame: Frame::of(headers),
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a page was not made");
        Self::new(Kind::Server, &HeaderMap::new())
    }
}

impl From<HashFailed> for Trouble {
    fn from(error: HashFailed) -> Self {
        tracing::error!(%error, "a password was not checked");
        Self::new(Kind::Server, &HeaderMap::new())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let texts = self.frame.texts();
        let (status, code, what, fix) = match self.kind {
            Kind::Forged => (
                StatusCode::FORBIDDEN,
                "access_denied",
                texts.forged_what,
                texts.forged_fix,
            ),
            Kind::Unreadable => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                texts.unreadable_what,
                texts.unreadable_fix,
            ),
            Kind::LinkGone => (
                StatusCode::GONE,
                "invalid_request",
                texts.link_gone_what,
                texts.link_gone_fix,
            ),
            Kind::Server => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                texts.server_what,
                texts.server_fix,
            ),
        };
        let page = ProblemPage {
            status,
            code,
            what: what.to_owned(),
            fix: fix.to_owned(),
        };
        pages::problem(&self.frame, &page)
    }
}
