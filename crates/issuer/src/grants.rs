//! The grants: what a client asks a token with. A file per grant.

pub(crate) mod client_credentials;
pub(crate) mod target;

use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

/// The grants this server gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// RFC 6749 section 4.4.
    ClientCredentials,
}

impl Grant {
    /// The grant a request names.
    pub(crate) fn of(form: &Form) -> Result<Self, OAuthError> {
        match form.get("grant_type") {
            Some("client_credentials") => Ok(Self::ClientCredentials),
            Some(other) => Err(OAuthError::UnsupportedGrantType(format!(
                "The grant type '{}' is not given here; this server gives client_credentials, to applications.",
                shortened(other)
            ))),
            None => Err(OAuthError::request(
                "Missing required parameter: grant_type. Send grant_type=client_credentials.",
            )),
        }
    }
}
