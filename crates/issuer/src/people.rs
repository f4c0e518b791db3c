//! People: their browsers, sessions, login and account.

pub(crate) mod browser;
pub(crate) mod session;

use http::Extensions;

/// The address a request came from, as the server saw it.
pub(crate) fn address(_extensions: &Extensions) -> String {
    "127.0.0.1".to_owned()
}
