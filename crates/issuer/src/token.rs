//! The token endpoint: phases that all grants share.

pub(crate) mod attempts;
pub(crate) mod client_auth;
pub(crate) mod endpoint;
pub(crate) mod form;
pub(crate) mod request;

use axum::routing::{MethodRouter, post};

use crate::Issuer;

pub(crate) const PATH: &str = "/oauth/token";
/// Where clients of MCP 2025-03-26 look for it without reading metadata.
pub(crate) const ALIAS: &str = "/token";

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    [PATH, ALIAS]
        .map(|path| {
            let methods = post(endpoint::token)
                .options(endpoint::preflight)
                .fallback(endpoint::method_not_allowed);
            (path, methods)
        })
        .into()
}
