//! People: their browsers, sessions, login and account.

pub(crate) mod browser;
pub(crate) mod session;
