//! People: their browsers, sessions, login and account.

pub(crate) mod browser;
pub(crate) mod session;

/// The address a request came from.
pub(crate) fn address(_extensions: &http::Extensions) -> String {
    "127.0.0.1".to_owned()
}
