//! People: their browsers, sessions, login and account.

mod account;
mod administration;
pub(crate) mod browser;
mod cookies;
mod hint;
mod language;
mod link;
mod login;
mod logout;
pub(crate) mod password;
mod posted;
pub(crate) mod session;
pub(crate) mod throttle;
mod trouble;
mod visitor;

pub use administration::{LoginLink, NewPerson, PeopleError};
pub use visitor::{VisitingPerson, Visitor};

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use http::header::{LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{Extensions, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::ClientAddress;
use shukuba_store::{AuditEvent, Secret};

use crate::{Issuer, respond};

/// The page of a person who is logged in, and the login page of one who is not.
pub(crate) const ACCOUNT: &str = "/account";
/// Where login forms go.
pub(crate) const LOGIN: &str = "/oauth/login";
/// Where a one-time link leads.
pub(crate) const LINK: &str = "/oauth/link";
/// The end session endpoint (OpenID Connect RP-Initiated Logout section 2).
pub(crate) const LOGOUT: &str = "/oauth/logout";
/// Where the language switch goes.
pub(crate) const LANGUAGE: &str = "/oauth/language";
/// Where a person goes on who logs in for an authorization request.
const CONTINUE: &str = "/oauth/authorize/continue";
/// Where a person types the code of a device.
const DEVICE: &str = "/device";
/// What a login form's `request` begins with when it belongs to a device.
const DEVICE_REQUEST: &str = "device:";
/// The pages of the operator, which are another part's.
const CONSOLE: &str = "/console";
/// What a login form's `request` begins with when it belongs to a page there.
const CONSOLE_REQUEST: &str = "console:";

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    vec![
        (LOGIN, post(login::login).get(login::page)),
        (LINK, get(link::page).post(link::choose)),
        (LOGOUT, get(logout::by_address).post(logout::by_form)),
        (ACCOUNT, get(account::page).post(account::act)),
        (LANGUAGE, post(language::switch)),
    ]
}

/// The address a request came from, as the server saw it; loopback where no
/// server stands before the router.
pub(crate) fn address(extensions: &Extensions) -> String {
    extensions
        .get::<ClientAddress>()
        .map_or_else(|| "127.0.0.1".to_owned(), ToString::to_string)
}

/// An event of a person, as the audit log keeps it.
fn event(
    parts: &Parts,
    event: &'static str,
    outcome: &'static str,
    actor: impl Into<String>,
) -> AuditEvent {
    AuditEvent {
        event,
        outcome,
        actor: actor.into(),
        address: address(&parts.extensions),
        ..AuditEvent::default()
    }
}

/// Where a person goes on after a login: with the authorization request, the
/// device code or the page of the console that asked for it, else to their
/// account.
pub(crate) fn after_login(request: Option<&str>) -> String {
    if let Some(page) = request.and_then(|request| request.strip_prefix(CONSOLE_REQUEST)) {
        let page = Some(page).filter(|page| is_of_console(page));
        return page.unwrap_or(CONSOLE).to_owned();
    }
    match request.map(|request| (request, request.strip_prefix(DEVICE_REQUEST))) {
        None => ACCOUNT.to_owned(),
        Some((_, Some(""))) => DEVICE.to_owned(),
        Some((_, Some(code))) => format!("{DEVICE}?user_code={}", in_query(code)),
        Some((request, None)) => format!("{CONTINUE}?request={}", in_query(request)),
    }
}

/// Where a one-time link leads, as a path and query.
pub(crate) fn link_address(token: &Secret, request: Option<&str>) -> String {
    let request = request.map(|request| format!("&request={}", in_query(request)));
    let token = in_query(token.reveal());
    format!("{LINK}?token={token}{}", request.unwrap_or_default())
}

/// Whether it is a page of the console and nothing else.
fn is_of_console(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~?=&%".contains(&byte);
    let rest = path.strip_prefix(CONSOLE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        && path.bytes().all(plain)
}

fn in_query(value: &str) -> impl std::fmt::Display {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    utf8_percent_encode(value, PLAIN)
}

/// Goes on with a GET, whatever the method was: 303, so that no browser sends
/// a password again (RFC 9700 section 4.12).
fn see_other(to: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    respond::never_stored(headers);
    if let Ok(to) = HeaderValue::from_str(to) {
        headers.insert(LOCATION, to);
    }
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_goes_on_with_what_asked_for_it_and_never_elsewhere() {
        assert_eq!(after_login(None), "/account");
        assert_eq!(
            after_login(Some("skq_a-B")),
            "/oauth/authorize/continue?request=skq_a-B"
        );
        assert_eq!(
            after_login(Some("//evil.example\r\n")),
            "/oauth/authorize/continue?request=%2F%2Fevil.example%0D%0A"
        );
        assert_eq!(
            after_login(Some("device:ABCD-EFGH")),
            "/device?user_code=ABCD-EFGH"
        );
        assert_eq!(after_login(Some("device:")), "/device");
        assert_eq!(after_login(Some("console:/console")), "/console");
        let page = "/console/journeys?page=2";
        assert_eq!(after_login(Some(&format!("console:{page}"))), page);
        for foreign in [
            "",
            "/",
            "//evil",
            "/consolex",
            "/console/\\evil",
            "/console\r\n",
        ] {
            assert_eq!(after_login(Some(&format!("console:{foreign}"))), "/console");
        }
    }
}
