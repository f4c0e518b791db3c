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
    if let Some(id) = cookie(headers, "shukuba_browser") {
        return Browser {
            id: Secret::presented(id),
            set_cookie: None,
        };
    }
    let id = Secret::generate("skw_");
    let cookie = format!(
        "shukuba_browser={}; Path=/; HttpOnly; SameSite=Lax",
        id.reveal()
    );
    Browser {
        id,
        set_cookie: HeaderValue::from_str(&cookie).ok(),
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split("; "))
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The token that a form of this browser about `subject` carries, against
/// requests forged by other sites (OAuth 2.1 section 7.10).
pub(crate) fn csrf_token(issuer: &Issuer, browser: &Browser, subject: &str) -> Secret {
    let text = format!("{}\0{subject}", browser.id.reveal());
    issuer.0.store.derive("csrf", &text)
}
