//! The ways a browser comes here, and what it is shown.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{Extensions, HeaderMap, Uri};
use shukuba_model::journey::{Note, Step as Done};

use super::dispatch::{self, Step};
use super::pending::{self, Pending};
use super::problem::Problem;
use super::request::{self, Refusal};
use super::respond::{self, Via};
use super::{LONGEST, PATH, code, consent};
use crate::journey::{self, noted};
use crate::pages::{self, Frame, LoginPage};
use crate::people::browser::{self, csrf_token};
use crate::people::session;
use crate::token::form::Form;
use crate::{Issuer, people, respond as headers_of};

/// What the journey says of a person whom the operator does not let in.
const NOT_ALLOWED: &str = "The runtime's login.allow does not name the person who is logged in.";

/// `GET /oauth/authorize`: changes nothing but to keep the request.
pub(crate) async fn authorize(
    State(issuer): State<Issuer>,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let address = people::address(&extensions);
    match begin(&issuer, &headers, query, &address).await {
        Ok(pending) => go_on(&issuer, &headers, Via::Get, pending).await,
        Err(Refusal::Page(problem)) => {
            let note = journey::said_by_query(problem.note(), query);
            noted(problem.respond(&headers), note)
        }
        Err(Refusal::Back(back, failure)) => {
            let note = journey::sent_back(Done::Authorization, &failure);
            let response = respond::failure(&issuer, Via::Get, &back, &failure);
            noted(response, journey::said_by_query(note, query))
        }
    }
}

/// `POST /oauth/authorize` (OpenID Connect Core section 3.1.2.1) becomes a GET:
/// a form of another site comes without our cookies, the GET brings them.
pub(crate) async fn authorize_by_form(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let form = to_bytes(body, LONGEST).await.ok();
    match form.as_deref().map(std::str::from_utf8) {
        Some(Ok(form)) => respond::to_ourselves(&parts.headers, &format!("{PATH}?{form}")),
        _ => unreadable().respond(&parts.headers),
    }
}

/// `GET /oauth/authorize/continue?request=ID`.
pub(crate) async fn resume(State(issuer): State<Issuer>, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let pending = match parse(query.as_bytes()) {
        Ok(form) => load(&issuer, &headers, &form).await,
        Err(problem) => Err(problem),
    };
    match pending {
        Ok(pending) => go_on(&issuer, &headers, Via::Get, pending).await,
        Err(problem) => problem.respond(&headers),
    }
}

async fn begin(
    issuer: &Issuer,
    headers: &HeaderMap,
    query: &str,
    address: &str,
) -> Result<Pending, Refusal> {
    let (client, mut request) = request::parse(issuer, query, address).await?;
    let who = session::current(issuer, headers)
        .await
        .map_err(Problem::from)?;
    request.login_before = who.map(|who| who.auth_time);
    let browser = browser::of(issuer, headers);
    Ok(pending::keep(issuer, browser, client, request).await?)
}

/// Takes the next step of a request.
pub(crate) async fn go_on(
    issuer: &Issuer,
    headers: &HeaderMap,
    via: Via,
    pending: Pending,
) -> Response {
    let outcome = step(issuer, headers, via, &pending).await;
    let mut response = outcome.unwrap_or_else(|problem| problem.respond(headers));
    if let Some(cookie) = pending.browser.set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

async fn step(
    issuer: &Issuer,
    headers: &HeaderMap,
    via: Via,
    pending: &Pending,
) -> Result<Response, Problem> {
    let who = session::current(issuer, headers).await?;
    let frame = frame(headers, pending);
    let (page, note) = match dispatch::next(issuer, pending, who).await? {
        Step::Login => {
            let note = Note::waits(Done::Login);
            (login_page(issuer, headers, pending), note)
        }
        Step::NotAllowed(who) => {
            let page = consent::not_allowed_page(issuer, pending, &who).await?;
            let note = Note::refused(Done::Consent, "not_allowed", NOT_ALLOWED);
            (pages::not_allowed(&frame, &page), note)
        }
        Step::Consent(who) => {
            let page = consent::page(issuer, pending, &who).await?;
            (pages::consent(&frame, &page), Note::waits(Done::Consent))
        }
        Step::Issue(who) => return code::issue(issuer, via, pending, &who).await,
        Step::Refuse(failure) => return code::refuse(issuer, via, pending, &failure).await,
    };
    let note = journey::of_request(issuer, note, pending);
    Ok(noted(kept_private(page), note))
}

/// The login form of a request.
pub(crate) fn login_page(issuer: &Issuer, headers: &HeaderMap, pending: &Pending) -> Response {
    let id = pending.id.reveal();
    let page = LoginPage {
        request: Some(id.to_owned()),
        csrf: csrf_token(issuer, &pending.browser, id).reveal().to_owned(),
        client_name: Some(pending.client.name.clone()),
        username: pending.request.login_hint.clone().unwrap_or_default(),
        refused: None,
    };
    pages::login(&frame(headers, pending), &page)
}

fn frame(headers: &HeaderMap, pending: &Pending) -> Frame {
    Frame {
        form_target: Some(pending.request.back.redirect_uri.origin_for_csp()),
        ..Frame::of(headers)
    }
}

/// The request that `form` names, for the browser that sent it.
pub(crate) async fn load(
    issuer: &Issuer,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Pending, Problem> {
    let id = form.get("request").ok_or(Problem::Gone)?;
    pending::load(issuer, headers, id).await
}

pub(crate) fn parse(text: &[u8]) -> Result<Form, Problem> {
    Form::parse(text).map_err(|error| Problem::Malformed(error.description()))
}

pub(crate) fn unreadable() -> Problem {
    Problem::Malformed(format!(
        "its body is not a form of at most {LONGEST} bytes."
    ))
}

pub(crate) fn kept_private(mut page: Response) -> Response {
    headers_of::never_stored(page.headers_mut());
    headers_of::never_a_referrer(page.headers_mut());
    page
}
