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
    _issuer: &Issuer,
    _headers: &HeaderMap,
) -> Result<Option<LoggedIn>, StoreError> {
    Ok(None)
}
