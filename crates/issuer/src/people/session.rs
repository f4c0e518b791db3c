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
/// lives and the person is not disabled. (A placeholder: the cookie is
/// `USER.AUTH_TIME.TAG`, its tag derived with the master key.)
pub(crate) async fn current(
    issuer: &Issuer,
    headers: &HeaderMap,
) -> Result<Option<LoggedIn>, StoreError> {
    let Some(cookie) = super::browser::cookie(headers, "shukuba_session") else {
        return Ok(None);
    };
    let parts: Vec<&str> = cookie.split('.').collect();
    let [user, auth_time, tag] = parts.as_slice() else {
        return Ok(None);
    };
    let derived = issuer
        .0
        .store
        .derive("session", &format!("{user}.{auth_time}"));
    let (Ok(id), Ok(auth_time)) = (user.parse(), auth_time.parse()) else {
        return Ok(None);
    };
    if derived != shukuba_store::Secret::presented(tag) {
        return Ok(None);
    }
    let user = issuer.0.store.user(&id).await?;
    Ok(user
        .filter(|user| !user.disabled)
        .map(|user| LoggedIn { user, auth_time }))
}
