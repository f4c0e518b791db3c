//! Who is calling: every request is judged anew, whatever its session.

use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use shukuba_verify::{CheckRequest, Permit, Verifier};

use crate::fault::Fault;
use crate::resolve::Target;

/// The runtime and the address it was called by.
pub(crate) struct Called<'a> {
    pub(crate) target: &'a Target,
    pub(crate) public_url: &'a str,
    pub(crate) path: &'a str,
}

/// Judges the request's token. Tokens in the query or body do not count
/// (RFC 9700 section 4.3.2).
pub(crate) async fn authenticate(
    verifier: &Verifier,
    called: &Called<'_>,
    headers: &HeaderMap,
) -> Result<Arc<Permit>, Fault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => check(verifier, called, &[]).await,
        (Some(value), None) => check(verifier, called, &[value.as_bytes()]).await,
        (Some(_), Some(_)) => {
            let all: Vec<&[u8]> = headers
                .get_all(AUTHORIZATION)
                .iter()
                .map(http::HeaderValue::as_bytes)
                .collect();
            check(verifier, called, &all).await
        }
    }
}

async fn check(
    verifier: &Verifier,
    called: &Called<'_>,
    authorization: &[&[u8]],
) -> Result<Arc<Permit>, Fault> {
    let Called {
        target,
        public_url,
        path,
    } = called;
    let addresses = &target.route.addresses;
    let known = addresses
        .iter()
        .any(|address| address.strip_prefix(public_url) == Some(path));
    let widened;
    let audiences: &[String] = if known {
        addresses
    } else {
        // An odd spelling of the path: a token for it was asked for with
        // exactly this spelling, as its metadata says.
        let asked = std::iter::once(format!("{public_url}{path}"));
        widened = asked.chain(addresses.iter().cloned()).collect::<Vec<_>>();
        &widened
    };
    verifier
        .check(&CheckRequest {
            authorizer: &target.route.authorizer,
            runtime: &target.route.arn.id,
            audiences,
            authorization,
        })
        .await
        .map_err(Fault::Refused)
}
