//! Who is logged in.

use http::HeaderMap;
use shukuba_store::{StoreError, User};

use crate::Issuer;

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
    let Some(session) = super::browser::cookie(headers, "shukuba_session") else {
        return Ok(None);
    };
    let idle = issuer.0.settings.lifetimes.session_idle;
    let session = shukuba_store::Secret::presented(session);
    let now = issuer.0.clock.now();
    let found = issuer.0.store.session(&session, now, idle).await?;
    Ok(found.map(|(session, user)| LoggedIn {
        user,
        auth_time: session.auth_time,
    }))
}
