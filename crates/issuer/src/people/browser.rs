//! The browser a request comes from: a random cookie that binds what one
//! browser began to that browser (authorization requests, consents, forms).

use http::{HeaderMap, HeaderValue};
use shukuba_store::Secret;

use crate::Issuer;

/// A browser's random id.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// The id, of which the database keeps the hash.
    pub(crate) id: Secret,
    /// The `Set-Cookie` of a browser that had none yet.
    pub(crate) set_cookie: Option<HeaderValue>,
}

/// The browser that sent these headers; a new one where no cookie came.
pub(crate) fn of(_issuer: &Issuer, _headers: &HeaderMap) -> Browser {
    Browser {
        id: Secret::generate("skw_"),
        set_cookie: None,
    }
}

/// The token that a form of this browser about `subject` carries, against
/// requests forged by other sites (OAuth 2.1 section 7.10).
pub(crate) fn csrf_token(issuer: &Issuer, browser: &Browser, subject: &str) -> Secret {
    let text = format!("{}\0{subject}", browser.id.reveal());
    issuer.0.store.derive("csrf", &text)
}
