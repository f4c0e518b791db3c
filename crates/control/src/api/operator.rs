//! The gate of the administration API.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::AUTHORIZATION;

use crate::{Control, ControlError};

/// Lets a request pass that carries the operator's key as a bearer token.
pub(crate) async fn require(
    State(control): State<Control>,
    request: Request,
    next: Next,
) -> Result<Response, ControlError> {
    let presented = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| bearer(value.as_bytes()));
    match presented {
        Some(key) if control.parts().operator_key.is(key) => Ok(next.run(request).await),
        _ => Err(ControlError::Unauthorized),
    }
}

/// What follows the scheme, which is read in any case (RFC 9110 section 11.1).
fn bearer(credentials: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"Bearer ";
    let (scheme, key) = credentials.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(key)
}

/// The answer to an address this API does not have.
pub(crate) async fn no_such_route(request: Request) -> ControlError {
    no_route(&request, false)
}

/// The answer to a method that an address does not take.
pub(crate) async fn no_such_method(request: Request) -> ControlError {
    no_route(&request, true)
}

fn no_route(request: &Request, path_known: bool) -> ControlError {
    ControlError::NoSuchRoute {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        path_known,
    }
}
