//! Logout, asked for by a person or by a client (OpenID Connect RP-Initiated
//! Logout 1.0).

use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use shukuba_store::User;

use super::browser::{self, Browser};
use super::hint::{self, Hint};
use super::posted::Posted;
use super::trouble::Trouble;
use super::{event, in_query, see_other, session};
use crate::clients::{self, ClientError};
use crate::pages::{self, Frame, LogoutPage};
use crate::token::form::Form;
use crate::{Issuer, respond};

/// What the confirming form's token is about.
pub(super) const SUBJECT: &str = "logout";
/// What a client sends (section 2), but for what changes nothing here.
const PARAMETERS: [&str; 4] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
];

/// `GET /oauth/logout`.
pub(super) async fn by_address(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let (parts, _) = request.into_parts();
    let form = Form::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| Trouble::unreadable(&parts.headers))?;
    let browser = browser::of(&issuer, &parts.headers);
    asked(&issuer, &parts, &browser, &form).await
}

/// `POST /oauth/logout`: our own confirming form, or a client's request.
pub(super) async fn by_form(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let posted = Posted::read(&issuer, request).await?;
    let headers = &posted.parts.headers;
    if posted.get("action") != Some("logout") {
        return Ok(see_other(&as_address(&posted), []));
    }
    posted.prove(&issuer, SUBJECT)?;
    let who = session::with_session(&issuer, headers).await?;
    if let Some((_, user)) = who {
        let event = event(&posted.parts, "logout", "ok", user.id.as_str());
        issuer.record(event).await;
    }
    let cookie = session::end(&issuer, headers).await?;
    Ok(see_other(super::LOGOUT, [cookie]))
}

/// A client's request as a GET: a form of another site comes without our
/// cookies, the GET brings them.
fn as_address(posted: &Posted) -> String {
    let mut address = super::LOGOUT.to_owned();
    for name in PARAMETERS {
        if let Some(value) = posted.get(name) {
            let separator = if address.contains('?') { '&' } else { '?' };
            address.push_str(&format!("{separator}{name}={}", in_query(value)));
        }
    }
    address
}

/// What a request for logout leads to. Only a hint that names the person who
/// is logged in spares the question, and only a hint opens the way back.
async fn asked(
    issuer: &Issuer,
    parts: &Parts,
    browser: &Browser,
    form: &Form,
) -> Result<Response, Trouble> {
    let headers = &parts.headers;
    let frame = Frame::of(headers);
    let who = session::with_session(issuer, headers).await?;
    let who = who.map(|(_, user)| user);
    let hint = proven_hint(issuer, form);
    match (who, hint) {
        (None, None) => Ok(pages::logged_out(&frame)),
        (Some(user), hint) if !hint.as_ref().is_some_and(|hint| is_of(hint, &user)) => {
            Ok(confirm(issuer, &frame, browser, &user))
        }
        (who, hint) => {
            if let Some(user) = who {
                let event = event(parts, "logout", "ok", user.id.as_str());
                issuer.record(event).await;
            }
            let cookie = session::end(issuer, headers).await?;
            let back = match hint {
                Some(hint) => way_back(issuer, &hint, form).await?,
                None => None,
            };
            let mut response = match back {
                Some(back) => redirect_to(back),
                None => pages::logged_out(&frame),
            };
            response.headers_mut().append(SET_COOKIE, cookie);
            Ok(response)
        }
    }
}

fn proven_hint(issuer: &Issuer, form: &Form) -> Option<Hint> {
    let hint = hint::read(&issuer.own().load(), form.get("id_token_hint")?)?;
    // A client id beside it must be that of the hint (section 2).
    form.get("client_id")
        .is_none_or(|client| client == hint.client_id)
        .then_some(hint)
}

fn is_of(hint: &Hint, user: &User) -> bool {
    hint.subject == user.id.as_str()
}

fn confirm(issuer: &Issuer, frame: &Frame, browser: &Browser, user: &User) -> Response {
    let page = LogoutPage {
        csrf: browser::csrf_token(issuer, browser, SUBJECT)
            .reveal()
            .to_owned(),
        username: user.name.to_string(),
    };
    let mut response = pages::logout(frame, &page);
    if let Some(cookie) = &browser.set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}

/// Where the client wants the person: an address it registered, byte for byte.
async fn way_back(
    issuer: &Issuer,
    hint: &Hint,
    form: &Form,
) -> Result<Option<HeaderValue>, Trouble> {
    let Some(uri) = form.get("post_logout_redirect_uri") else {
        return Ok(None);
    };
    let client = match clients::find(issuer, &hint.client_id).await {
        Ok(client) => client,
        Err(ClientError::Store(error)) => return Err(error.into()),
        Err(ClientError::Unknown(_) | ClientError::Document(_)) => return Ok(None),
    };
    let registered = &client.metadata.post_logout_redirect_uris;
    if !registered.iter().any(|known| known == uri) || !is_address(uri) {
        return Ok(None);
    }
    let state = form.get("state").map(|state| {
        let separator = if uri.contains('?') { '&' } else { '?' };
        format!("{separator}state={}", in_query(state))
    });
    Ok(HeaderValue::from_str(&format!("{uri}{}", state.unwrap_or_default())).ok())
}

/// Whether a browser may be sent there: an absolute address without fragment,
/// of no scheme that runs a script.
fn is_address(uri: &str) -> bool {
    let Some((scheme, _)) = uri.split_once(':') else {
        return false;
    };
    let scheme = scheme.to_ascii_lowercase();
    !uri.contains('#')
        && !matches!(
            scheme.as_str(),
            "javascript" | "data" | "vbscript" | "file" | "blob" | "about"
        )
}

fn redirect_to(to: HeaderValue) -> Response {
    let mut response = see_other("/", []);
    *response.status_mut() = StatusCode::FOUND;
    respond::never_stored(response.headers_mut());
    response.headers_mut().insert(LOCATION, to);
    response
}
