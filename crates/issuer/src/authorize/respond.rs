//! The only writer of redirects to clients.

use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_store::Secret;

use crate::authorize::failure::Failure;
use crate::authorize::problem::Problem;
use crate::authorize::request::Back;
use crate::oauth_error::sendable;
use crate::token::form::decode_component;
use crate::{Issuer, respond};

/// All but the unreserved characters (RFC 3986 section 2.3).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What the browser did to get here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// It followed an address.
    Get,
    /// It sent a form. A 307 would send it on to the client (RFC 9700 section 4.12).
    Post,
}

impl Via {
    fn status(self) -> StatusCode {
        match self {
            Self::Get => StatusCode::FOUND,
            Self::Post => StatusCode::SEE_OTHER,
        }
    }
}

/// Sends a code to the client.
pub(crate) fn code(issuer: &Issuer, via: Via, back: &Back, code: &Secret) -> Response {
    to_client(issuer, via, back, &[("code", code.reveal())])
}

/// Sends an error to the client.
pub(crate) fn failure(issuer: &Issuer, via: Via, back: &Back, failure: &Failure) -> Response {
    let description = sendable(&failure.description);
    let members = [
        ("error", failure.code.as_str()),
        ("error_description", description.as_str()),
    ];
    to_client(issuer, via, back, &members)
}

/// Sends the browser to an address of ours, by GET.
pub(crate) fn to_ourselves(headers: &HeaderMap, location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => redirect(StatusCode::SEE_OTHER, location),
        Err(_) => {
            Problem::Malformed("it has characters no address has.".to_owned()).respond(headers)
        }
    }
}

fn to_client(issuer: &Issuer, via: Via, back: &Back, members: &[(&str, &str)]) -> Response {
    let state = back.state.as_deref().map(|state| ("state", state));
    let members: Vec<(&str, &str)> = members
        .iter()
        .copied()
        .chain(state)
        .chain([("iss", issuer.0.settings.issuer.as_str())])
        .collect();
    let location = with_query(back.redirect_uri.as_str(), &members);
    match HeaderValue::from_str(&location) {
        Ok(location) => redirect(via.status(), location),
        // A registered redirect URI is ASCII.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn redirect(status: StatusCode, location: HeaderValue) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    respond::never_stored(headers);
    respond::never_a_referrer(headers);
    response
}

/// Adds members to a URI's query, which is kept (RFC 6749 section 4.1.2) but
/// for members of the same name: `iss` must be there once (RFC 9207 section 2).
fn with_query(uri: &str, members: &[(&str, &str)]) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let replaced = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        decode_component(name).is_ok_and(|name| members.iter().any(|(member, _)| *member == name))
    };
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !replaced(pair))
        .map(str::to_owned);
    let added = members
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, COMPONENT)));
    let pairs: Vec<String> = kept.chain(added).collect();
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn a37_the_query_of_the_client_is_kept_but_for_what_is_ours() {
        let members = [("code", "a b&c"), ("iss", "https://i")];
        assert_eq!(
            with_query("https://c/cb", &members),
            "https://c/cb?code=a%20b%26c&iss=https%3A%2F%2Fi"
        );
        assert_eq!(
            with_query("https://c/cb?x=1&iss=evil&%69ss=evil&y=%2F", &members),
            "https://c/cb?x=1&y=%2F&code=a%20b%26c&iss=https%3A%2F%2Fi"
        );
        assert_eq!(
            with_query("cursor://a.b/oauth/callback?", &[("iss", "i")]),
            "cursor://a.b/oauth/callback?iss=i"
        );
    }

    proptest! {
        #[test]
        fn any_state_comes_back_as_it_was(state: String) {
            let uri = with_query("https://c/cb?a=b", &[("state", &state)]);
            let url = Url::parse(&uri).unwrap();
            let found = url.query_pairs().find(|(name, _)| name == "state").unwrap().1;
            prop_assert_eq!(found, state);
            prop_assert!(HeaderValue::from_str(&uri).is_ok());
        }
    }
}
