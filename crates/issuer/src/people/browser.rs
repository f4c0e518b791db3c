//! The browser a request comes from: a random cookie that binds what one
//! browser began to that browser (authorization requests, consents, forms).

use http::{HeaderMap, HeaderValue};
use shukuba_model::UserId;
use shukuba_store::Secret;

use super::cookies;
use crate::Issuer;

const COOKIE: &str = "shukuba_browser";
const PREFIX: &str = "skw_";
/// The length of a browser's id.
const LENGTH: usize = PREFIX.len() + 43;
/// Remembers who logged in from here before.
const KNOWN_COOKIE: &str = "shukuba_known";
/// How many people a browser is known for; the last ones.
const MOST_KNOWN: usize = 5;

/// A browser's random id.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// The id, of which the database keeps the hash.
    pub(crate) id: Secret,
    /// The `Set-Cookie` of a browser that had none yet.
    pub(crate) set_cookie: Option<HeaderValue>,
}

/// The browser that sent these headers; a new one where no cookie came.
pub(crate) fn of(issuer: &Issuer, headers: &HeaderMap) -> Browser {
    if let Some(id) = cookies::read(issuer, headers, COOKIE).filter(|id| has_the_form(id)) {
        return Browser {
            id: Secret::presented(id),
            set_cookie: None,
        };
    }
    let id = Secret::generate(PREFIX);
    Browser {
        set_cookie: Some(cookies::set(issuer, COOKIE, id.reveal(), cookies::YEAR)),
        id,
    }
}

fn has_the_form(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    id.len() == LENGTH && id.starts_with(PREFIX) && id.bytes().all(allowed)
}

/// The token that a form of this browser about `subject` carries, against
/// requests forged by other sites (OAuth 2.1 section 7.10).
pub(crate) fn csrf_token(issuer: &Issuer, browser: &Browser, subject: &str) -> Secret {
    let text = format!("{}\0{subject}", browser.id.reveal());
    issuer.0.store.derive("csrf", &text)
}

/// Whether `presented` is that token. Hashes are compared, so that the time
/// taken tells nothing of it.
pub(crate) fn has_csrf_token(
    issuer: &Issuer,
    browser: &Browser,
    subject: &str,
    presented: &str,
) -> bool {
    Secret::presented(presented).hash() == csrf_token(issuer, browser, subject).hash()
}

/// Whether that person logged in from this browser before. What others try
/// elsewhere then does not hold them up.
pub(super) fn is_known_for(
    issuer: &Issuer,
    headers: &HeaderMap,
    browser: &Browser,
    user: &UserId,
) -> bool {
    let expected = known_mark(issuer, browser, user).hash();
    known_marks(issuer, headers).any(|mark| Secret::presented(mark).hash() == expected)
}

/// Remembers that the person logged in from here.
pub(super) fn know(
    issuer: &Issuer,
    headers: &HeaderMap,
    browser: &Browser,
    user: &UserId,
) -> HeaderValue {
    let mark = known_mark(issuer, browser, user);
    let others = known_marks(issuer, headers).filter(|other| *other != mark.reveal());
    let marks: Vec<&str> = std::iter::once(mark.reveal())
        .chain(others)
        .take(MOST_KNOWN)
        .collect();
    cookies::set(issuer, KNOWN_COOKIE, &marks.join("."), cookies::YEAR)
}

fn known_marks<'a>(issuer: &Issuer, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
    cookies::read(issuer, headers, KNOWN_COOKIE)
        .unwrap_or_default()
        .split('.')
        .filter(|mark| !mark.is_empty())
        .take(MOST_KNOWN)
}

fn known_mark(issuer: &Issuer, browser: &Browser, user: &UserId) -> Secret {
    let text = format!("{}\0{user}", browser.id.reveal());
    issuer.0.store.derive("known browser", &text)
}
