//! What fuzz targets reach of this crate's inside. Nothing of it is in a build
//! without the feature `fuzzing`.

use crate::token::client_auth;
use crate::token::form::Form;

/// The parameters of a form in their order; `None` where it is refused.
pub fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    Form::parse(body).ok().map(Form::into_parameters)
}

/// The client id and the secret of an `Authorization` header with the scheme
/// `Basic`; `None` where it is refused.
pub fn basic(header: &[u8]) -> Option<(String, String)> {
    client_auth::basic(header)
}
