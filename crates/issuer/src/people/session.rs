//! Who is logged in.

use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use shukuba_store::{NewSession, PasswordHash, Secret, Session, StoreError, User};

use super::browser::{self, Browser};
use super::{address, cookies};
use crate::Issuer;

const COOKIE: &str = "shukuba_session";
/// How much is kept of what a browser calls itself, in characters.
const LONGEST_USER_AGENT: usize = 300;

/// A person who is logged in in the browser that sent the request.
#[derive(Debug, Clone)]
pub(crate) struct LoggedIn {
    /// The person.
    pub(crate) user: User,
    /// When they last proved who they are, seconds since 1970.
    pub(crate) auth_time: i64,
}

/// The person whose session cookie came with the request, while the session
/// lives and the person is not disabled.
pub(crate) async fn current(
    issuer: &Issuer,
    headers: &HeaderMap,
) -> Result<Option<LoggedIn>, StoreError> {
    let found = with_session(issuer, headers).await?;
    Ok(found.map(|(session, user)| LoggedIn {
        user,
        auth_time: session.auth_time,
    }))
}

/// The session of the request, and its person.
pub(super) async fn with_session(
    issuer: &Issuer,
    headers: &HeaderMap,
) -> Result<Option<(Session, User)>, StoreError> {
    let Some(session) = presented(issuer, headers) else {
        return Ok(None);
    };
    let idle = issuer.0.settings.lifetimes.session_idle;
    let now = issuer.0.clock.now();
    issuer.0.store.session(&session, now, idle).await
}

/// Logs a person in, under a session id that nobody saw before (RFC 9700
/// section 4, session fixation). Gives the cookies to set; `None` when the
/// password they proved has been changed meanwhile.
pub(super) async fn begin(
    issuer: &Issuer,
    parts: &Parts,
    browser: &Browser,
    user: &User,
    password: &PasswordHash,
) -> Result<Option<Vec<HeaderValue>>, StoreError> {
    let session = Secret::generate("sks_");
    let now = issuer.0.clock.now();
    let lifetime = issuer.0.settings.lifetimes.session_absolute;
    let agent = parts
        .headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let agent: String = agent.chars().take(LONGEST_USER_AGENT).collect();
    let replaces = presented(issuer, &parts.headers);
    let address = address(&parts.extensions);
    let new = NewSession {
        session: &session,
        replaces: replaces.as_ref(),
        user: &user.id,
        now,
        expires_at: now.saturating_add(lifetime),
        address: &address,
        user_agent: &agent,
    };
    let store = &issuer.0.store;
    if !store.create_session_by_password(&new, password).await? {
        return Ok(None);
    }
    let mut set = vec![
        cookies::set(issuer, COOKIE, session.reveal(), lifetime),
        browser::know(issuer, &parts.headers, browser, &user.id),
    ];
    set.extend(browser.set_cookie.clone());
    Ok(Some(set))
}

/// Ends the session of the request. Gives the cookie to set.
pub(super) async fn end(issuer: &Issuer, headers: &HeaderMap) -> Result<HeaderValue, StoreError> {
    if let Some(session) = presented(issuer, headers) {
        issuer.0.store.end_session(&session).await?;
    }
    Ok(cookies::clear(issuer, COOKIE))
}

fn presented(issuer: &Issuer, headers: &HeaderMap) -> Option<Secret> {
    cookies::read(issuer, headers, COOKIE)
        .filter(|value| !value.is_empty())
        .map(Secret::presented)
}
