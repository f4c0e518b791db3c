//! Login by name and password.

use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderMap, Uri};
use shukuba_model::UserName;
use shukuba_model::journey::{Note, Step};
use shukuba_store::{PasswordHash, Secret, StoreError, User};

use super::posted::Posted;
use super::throttle::Attempt;
use super::trouble::Trouble;
use super::{ACCOUNT, CONSOLE_REQUEST, address, after_login, browser, event, see_other, session};
use crate::Issuer;
use crate::journey::{self, noted};
use crate::pages::{self, Frame, LoginPage, LoginRefused};
use crate::token::form::Form;

/// What the form token of a login that no client asked for is about.
pub(super) const SUBJECT: &str = "login";

/// `GET /oauth/login`: the form for a page of the console that `request` names,
/// also for whoever is logged in and has to prove it again. Others have their
/// forms elsewhere: whoever reloads after a failure gets a fresh one there.
pub(super) async fn page(
    State(issuer): State<Issuer>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| Trouble::unreadable(&headers))?;
    let request = query.get("request");
    let Some(request) = request.filter(|request| request.starts_with(CONSOLE_REQUEST)) else {
        return Ok(see_other(ACCOUNT, []));
    };
    let browser = browser::of(&issuer, &headers);
    let page = LoginPage {
        request: Some(request.to_owned()),
        csrf: browser::csrf_token(&issuer, &browser, request)
            .reveal()
            .to_owned(),
        client_name: None,
        username: String::new(),
        refused: None,
    };
    let mut response = pages::login(&Frame::of(&headers), &page);
    if let Some(cookie) = browser.set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /oauth/login`.
pub(super) async fn login(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let posted = Posted::read(&issuer, request).await?;
    let request = posted.get("request");
    posted.prove(&issuer, request.unwrap_or(SUBJECT))?;
    let username = posted.text("username");
    let proven = judge(&issuer, &posted, username, posted.text("password")).await?;
    let (user, hash) = match proven {
        Ok(proven) => proven,
        Err(refused) => return Ok(refused_login(&posted, request, refused)),
    };
    match session::begin(&issuer, &posted.parts, &posted.browser, &user, &hash).await? {
        Some(cookies) => {
            issuer
                .record(event(&posted.parts, "login", "ok", user.id.as_str()))
                .await;
            let response = see_other(&after_login(request), cookies);
            Ok(match request {
                Some(request) if is_of_client(request) => {
                    noted(response, of_login(Note::done(Step::Login), request))
                }
                _ => response,
            })
        }
        None => Ok(again(&posted, LoginRefused::Wrong)),
    }
}

/// The form once more, and a note of it where a client asked for the login.
fn refused_login(posted: &Posted, request: Option<&str>, refused: LoginRefused) -> Response {
    let response = again(posted, refused);
    let Some(request) = request.filter(|request| is_of_client(request)) else {
        return response;
    };
    let (reason, text) = match refused {
        LoginRefused::Wrong => ("wrong_password", "The name or the password was wrong."),
        LoginRefused::Throttled(_) => ("throttled", "Too many wrong passwords: wait."),
    };
    let note = Note::refused(Step::Login, reason, text);
    noted(response, of_login(note, request))
}

/// Whether a client's authorization request asked for the login.
fn is_of_client(request: &str) -> bool {
    request.starts_with("skq_")
}

fn of_login(note: Note, request: &str) -> Note {
    note.login(journey::login(&Secret::presented(request)))
}

/// The person whose name and password these are. Names nobody has, passwords
/// nobody chose and people who are kept out read and cost the same.
pub(super) async fn judge(
    issuer: &Issuer,
    posted: &Posted,
    username: &str,
    password: &str,
) -> Result<Result<(User, PasswordHash), LoginRefused>, Trouble> {
    // Spaces that were pasted along make no other account, nor a fresh count.
    let username = username.trim();
    let found = find(issuer, username).await?;
    let known = found.as_ref().is_some_and(|(user, _)| {
        browser::is_known_for(issuer, &posted.parts.headers, &posted.browser, &user.id)
    });
    // The name of nobody may be a password in the wrong field: it is not kept.
    let id = found
        .as_ref()
        .map_or("", |(user, _)| user.id.as_str())
        .to_owned();
    let address = address(&posted.parts.extensions);
    let attempt = Attempt {
        account: username,
        address: &address,
        known_browser: known.then(|| posted.browser.id.reveal()),
    };
    let leave = match issuer.0.login_throttle.begin(attempt) {
        Ok(leave) => leave,
        Err(seconds) => {
            issuer
                .record_of_stranger(event(&posted.parts, "login", "throttled", id))
                .await;
            return Ok(Err(LoginRefused::Throttled(seconds)));
        }
    };
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_ref());
    let right = issuer.0.passwords.matches(password, hash).await?;
    match found {
        Some((user, Some(hash))) if right && !user.disabled => {
            leave.was_right();
            Ok(Ok((user, hash)))
        }
        _ => {
            issuer
                .record(event(&posted.parts, "login", "wrong", id))
                .await;
            Ok(Err(LoginRefused::Wrong))
        }
    }
}

async fn find(
    issuer: &Issuer,
    username: &str,
) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
    match username.parse::<UserName>() {
        Ok(name) => issuer.0.store.user_named(&name).await,
        Err(_) => Ok(None),
    }
}

/// The form once more. What the page knew of the client comes back with the
/// form, which was just proven to be ours.
fn again(posted: &Posted, refused: LoginRefused) -> Response {
    let frame = Frame {
        form_target: posted.get("form_target").map(str::to_owned),
        ..Frame::of(&posted.parts.headers)
    };
    let page = LoginPage {
        request: posted.get("request").map(str::to_owned),
        csrf: posted.text("csrf").to_owned(),
        client_name: posted.get("client_name").map(str::to_owned),
        username: posted.text("username").to_owned(),
        refused: Some(refused),
    };
    pages::login(&frame, &page)
}
