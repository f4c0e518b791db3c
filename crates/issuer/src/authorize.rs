//! The authorization endpoint (RFC 6749 section 4.1). Read
//! `dispatch::next` first: it decides what happens to a request.

mod answer;
mod code;
mod consent;
mod dispatch;
mod endpoint;
pub(crate) mod failure;
pub(crate) mod pending;
mod pkce;
pub(crate) mod problem;
mod request;
mod respond;
pub(crate) mod scope;
pub(crate) mod target;

use axum::routing::{MethodRouter, get, post};

use crate::Issuer;

pub(crate) use scope::COMMON as COMMON_SCOPES;

pub(crate) const PATH: &str = "/oauth/authorize";
/// Where clients of MCP 2025-03-26 look for it without reading metadata.
pub(crate) const ALIAS: &str = "/authorize";
/// Where a browser goes on after a login.
pub(crate) const CONTINUE: &str = "/oauth/authorize/continue";
/// Where the consent form goes.
pub(crate) const CONSENT: &str = "/oauth/consent";

/// The longest request that is read, in bytes, as a query or as a form: what is
/// in it comes back in a header.
const LONGEST: usize = 16 * 1024;

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    let endpoint = || get(endpoint::authorize).post(endpoint::authorize_by_form);
    vec![
        (PATH, endpoint()),
        (ALIAS, endpoint()),
        (CONTINUE, get(endpoint::resume)),
        (CONSENT, post(answer::answer)),
    ]
}
