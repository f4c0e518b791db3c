//! The page where a person types a device's code and says yes or no (RFC 8628
//! section 3.3).

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use shukuba_store::{AuditEvent, DeviceAnswer, NewGrant, StoredDeviceCode, new_grant_id};

use super::{PAGE, code};
use crate::Issuer;
use crate::authorize::scope;
use crate::clients;
use crate::oauth_error::OAuthError;
use crate::pages::{self, DevicePage, DeviceState, Frame, LoginPage, ProblemPage};
use crate::people::browser::{self, Browser};
use crate::people::session::{self, LoggedIn};
use crate::throttle::network;
use crate::token::form::Form;
use crate::token::request;
use crate::{people, respond};

/// What the token of the form to type a code is about.
const ENTER: &str = "device";

/// One look at the page: who looks, and what they typed.
struct Visit<'a> {
    issuer: &'a Issuer,
    frame: Frame,
    browser: Browser,
    person: LoggedIn,
    address: String,
    /// As it came.
    typed: String,
}

/// `GET /device`. It changes nothing.
pub(super) async fn show(State(issuer): State<Issuer>, request: Request) -> Response {
    let (parts, _body) = request.into_parts();
    let typed = Form::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .ok()
        .and_then(|query| query.get("user_code").map(str::to_owned))
        .unwrap_or_default();
    let outcome = match visit(&issuer, &parts, typed).await {
        Ok(Ok(visit)) => page(&visit).await,
        Ok(Err(login)) => Ok(login),
        Err(error) => Err(error),
    };
    outcome.unwrap_or_else(|error| failed(&parts.headers, &error))
}

/// `POST /device`: a code that was typed, or the answer to one.
pub(super) async fn answer(State(issuer): State<Issuer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let outcome = match request::posted(whole).await {
        Ok((_, form)) => act(&issuer, &parts, &form).await,
        Err(error) => Err(error),
    };
    outcome.unwrap_or_else(|error| failed(&parts.headers, &error))
}

async fn act(issuer: &Issuer, parts: &Parts, form: &Form) -> Result<Response, OAuthError> {
    let typed = form.get("user_code").unwrap_or_default().to_owned();
    let visit = match visit(issuer, parts, typed).await? {
        Ok(visit) => visit,
        Err(login) => return Ok(login),
    };
    let letters = code::typed(&visit.typed);
    let action = form.get("action").unwrap_or_default();
    let subject = match (action, &letters) {
        ("allow" | "deny", Some(letters)) => answer_subject(&visit.person, letters),
        _ => ENTER.to_owned(),
    };
    let presented = form.get("csrf").unwrap_or_default();
    if !browser::has_csrf_token(issuer, &visit.browser, &subject, presented) {
        return Ok(forged(&visit.frame));
    }
    match (action, letters) {
        ("allow", Some(letters)) => decide(&visit, &letters, true).await,
        ("deny", Some(letters)) => decide(&visit, &letters, false).await,
        _ => Ok(see_page(&visit.typed)),
    }
}

/// Who looks; the login page when nobody is logged in.
async fn visit<'a>(
    issuer: &'a Issuer,
    parts: &Parts,
    typed: String,
) -> Result<Result<Visit<'a>, Response>, OAuthError> {
    let frame = Frame::of(&parts.headers);
    let browser = browser::of(issuer, &parts.headers);
    let Some(person) = session::current(issuer, &parts.headers).await? else {
        let code = code::typed(&typed).map_or_else(String::new, |code| code::shown(&code));
        return Ok(Err(login(issuer, &frame, &browser, &code)));
    };
    Ok(Ok(Visit {
        issuer,
        frame,
        browser,
        person,
        address: people::address(&parts.extensions),
        typed,
    }))
}

/// The login that leads back here: its `request` names the code.
fn login(issuer: &Issuer, frame: &Frame, browser: &Browser, code: &str) -> Response {
    let request = format!("device:{code}");
    let csrf = browser::csrf_token(issuer, browser, &request);
    let page = LoginPage {
        csrf: csrf.reveal().to_owned(),
        request: Some(request),
        client_name: None,
        username: String::new(),
        refused: None,
    };
    with_cookie(pages::login(frame, &page), browser)
}

async fn page(visit: &Visit<'_>) -> Result<Response, OAuthError> {
    if visit.typed.is_empty() {
        return Ok(entry(visit, DeviceState::Enter));
    }
    let wrong = &visit.issuer.0.wrong_user_codes;
    let network = network(&visit.address);
    if let Some(seconds) = wrong.exhausted(&network) {
        return Ok(entry(visit, DeviceState::Throttled(seconds)));
    }
    match find(visit).await? {
        Some((letters, stored)) => question(visit, &letters, &stored).await,
        None => {
            wrong.count(&network);
            tracing::info!(user_id = %visit.person.user.id, address = visit.address, "a wrong user code was typed");
            Ok(entry(visit, DeviceState::Wrong))
        }
    }
}

/// The device that a typed code names, while there is something to say of it.
async fn find(visit: &Visit<'_>) -> Result<Option<(String, StoredDeviceCode)>, OAuthError> {
    let Some(letters) = code::typed(&visit.typed) else {
        return Ok(None);
    };
    let store = &visit.issuer.0.store;
    let secret = code::secret(visit.issuer, &letters);
    let now = visit.issuer.0.clock.now();
    let stored = store.device_code_of(&secret).await?;
    Ok(stored
        .filter(|stored| now < stored.expires_at)
        .map(|stored| (letters, stored)))
}

async fn question(
    visit: &Visit<'_>,
    letters: &str,
    stored: &StoredDeviceCode,
) -> Result<Response, OAuthError> {
    let issuer = visit.issuer;
    let state = match &stored.answer {
        DeviceAnswer::Pending => DeviceState::Confirm,
        DeviceAnswer::Allowed(_) => DeviceState::Allowed,
        DeviceAnswer::Denied => DeviceState::Denied,
    };
    // A client that was removed in the meantime can ask for nothing.
    let Ok(client) = clients::find(issuer, stored.client_id.as_str()).await else {
        return Ok(entry(visit, DeviceState::Wrong));
    };
    let runtime = issuer.0.settings.resources.runtime_of(&stored.api);
    let page = DevicePage {
        state,
        csrf: csrf(visit, &answer_subject(&visit.person, letters)),
        user_code: code::shown(letters),
        username: visit.person.user.name.to_string(),
        client_name: stored.client_name.clone(),
        verified: client.is_verified(),
        runtime: runtime.map_or_else(|| stored.api.to_string(), |runtime| runtime.name),
        scopes: scope::described(issuer, &stored.api, &stored.scope).await?,
        address: stored.address.clone(),
    };
    Ok(shown(visit, &page))
}

/// Keeps the answer and shows the page again, which tells it.
async fn decide(visit: &Visit<'_>, letters: &str, allowed: bool) -> Result<Response, OAuthError> {
    let Some((_, stored)) = find(visit).await? else {
        return Ok(entry(visit, DeviceState::Wrong));
    };
    let user = &visit.person.user;
    let runtime = visit.issuer.0.settings.resources.runtime_of(&stored.api);
    let admitted = runtime.as_ref().is_none_or(|runtime| {
        runtime.allowed_users.is_empty()
            || runtime
                .allowed_users
                .iter()
                .any(|name| name == user.name.as_str())
    });
    if allowed && !admitted {
        let runtime = runtime.map_or_else(String::new, |runtime| runtime.name);
        return Ok(not_admitted(&visit.frame, user.name.as_str(), &runtime));
    }
    let now = visit.issuer.0.clock.now();
    let client_id = stored.client_id.to_string();
    let grant = allowed.then(|| grant(visit, stored, now));
    let secret = code::secret(visit.issuer, letters);
    let store = &visit.issuer.0.store;
    if !store.answer_device(&secret, grant.as_ref(), now).await? {
        return Ok(entry(visit, DeviceState::Wrong));
    }
    let event = AuditEvent {
        event: "device.answered",
        outcome: if allowed { "allowed" } else { "denied" },
        actor: user.id.to_string(),
        client_id,
        address: visit.address.clone(),
        ..AuditEvent::default()
    };
    visit.issuer.record(event).await;
    Ok(see_page(letters))
}

fn grant(visit: &Visit<'_>, stored: StoredDeviceCode, now: i64) -> NewGrant {
    let lifetimes = &visit.issuer.0.settings.lifetimes;
    NewGrant {
        id: new_grant_id(),
        user_id: visit.person.user.id.clone(),
        client_id: stored.client_id,
        client_name: stored.client_name,
        api: stored.api,
        resource: stored.resource,
        scope: stored.scope,
        auth_time: visit.person.auth_time,
        created_at: now,
        expires_at: now.saturating_add(lifetimes.refresh_absolute),
    }
}

/// The form to type a code into, with why it is shown again.
fn entry(visit: &Visit<'_>, state: DeviceState) -> Response {
    let page = DevicePage {
        state,
        csrf: csrf(visit, ENTER),
        user_code: visit.typed.chars().take(20).collect(),
        username: visit.person.user.name.to_string(),
        client_name: String::new(),
        verified: false,
        runtime: String::new(),
        scopes: Vec::new(),
        address: String::new(),
    };
    shown(visit, &page)
}

fn shown(visit: &Visit<'_>, page: &DevicePage) -> Response {
    with_cookie(pages::device(&visit.frame, page), &visit.browser)
}

/// What the token of a yes or no is about: this code and this person.
fn answer_subject(person: &LoggedIn, letters: &str) -> String {
    format!("device:{letters}:{}", person.user.id)
}

fn csrf(visit: &Visit<'_>, subject: &str) -> String {
    let token = browser::csrf_token(visit.issuer, &visit.browser, subject);
    token.reveal().to_owned()
}

fn with_cookie(mut response: Response, browser: &Browser) -> Response {
    if let Some(cookie) = &browser.set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}

/// Goes on with a GET of this page about a code.
fn see_page(typed: &str) -> Response {
    let code = code::typed(typed).map(|letters| code::shown(&letters));
    let to = match code {
        Some(code) => format!("{PAGE}?user_code={code}"),
        // Asked about as it is, to be told that it is wrong.
        None => format!("{PAGE}?user_code=-"),
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    respond::never_stored(response.headers_mut());
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

fn forged(frame: &Frame) -> Response {
    let page = ProblemPage {
        status: StatusCode::FORBIDDEN,
        code: "invalid_request",
        what: "The form did not come from a page of this server in this browser, or is too old."
            .to_owned(),
        fix: "Open /device again and type the code.".to_owned(),
    };
    pages::problem(frame, &page)
}

fn not_admitted(frame: &Frame, username: &str, runtime: &str) -> Response {
    let page = ProblemPage {
        status: StatusCode::FORBIDDEN,
        code: "access_denied",
        what: format!("The user '{username}' may not log in to the runtime '{runtime}'."),
        fix: "Ask the operator to add the name to login.allow of the runtime, or log in as somebody else.".to_owned(),
    };
    pages::problem(frame, &page)
}

fn failed(headers: &HeaderMap, error: &OAuthError) -> Response {
    let page = ProblemPage {
        status: error.status(),
        code: error.code(),
        what: error.description(),
        fix: "Open /device again and type the code.".to_owned(),
    };
    pages::problem(&Frame::of(headers), &page)
}
