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
pub(crate) fn of(_issuer: &Issuer, headers: &HeaderMap) -> Browser {
    let id = cookie(headers, "shukuba_browser");
    Browser {
        id: id.map_or_else(|| Secret::generate("skw_"), Secret::presented),
        set_cookie: None,
    }
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

/// The token that a form of this browser about `subject` carries, against
/// requests forged by other sites (OAuth 2.1 section 7.10).
pub(crate) fn csrf_token(issuer: &Issuer, browser: &Browser, subject: &str) -> Secret {
    let text = format!("{}\0{subject}", browser.id.reveal());
    issuer.0.store.derive("csrf", &text)
}
