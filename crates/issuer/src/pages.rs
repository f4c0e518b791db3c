//! The pages a person sees. Plain HTML without scripts, in English and Japanese.

pub(crate) mod account;
mod device_page;
mod document;
mod frame;
#[cfg(test)]
mod gallery;
mod shown;
mod style;
mod texts;

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use shukuba_store::Secret;

use crate::Issuer;
use crate::people;
use crate::people::password::PasswordRefused;
use document::{Popup, Shell};
use shown::name;
use shukuba_pages::shown::{clean, fill};
use texts::Texts;

pub(crate) use device_page::{DevicePage, DeviceState, device};
pub(crate) use frame::Frame;
pub(crate) use shukuba_pages::Language;

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    style::routes()
}

/// A page that says what is wrong and what to do; never a redirect.
#[derive(Debug, Clone)]
pub(crate) struct ProblemPage {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The OAuth error code, shown small and machine-readable.
    pub(crate) code: &'static str,
    /// What happened and which input caused it.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) fix: String,
}

/// The login form.
#[derive(Debug, Clone)]
pub(crate) struct LoginPage {
    /// The authorization request it belongs to, or `device:` and a user code;
    /// `None` for the account page.
    pub(crate) request: Option<String>,
    /// The form's CSRF token, about that request, else about `login`.
    pub(crate) csrf: String,
    /// Who asks, when a client does.
    pub(crate) client_name: Option<String>,
    /// What to put into the name field.
    pub(crate) username: String,
    /// Why the person is asked again.
    pub(crate) refused: Option<LoginRefused>,
}

/// Why a login did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginRefused {
    /// Name or password is wrong.
    Wrong,
    /// Too many tries; seconds to wait.
    Throttled(u64),
}

/// The form by which a person chooses a password, reached by a one-time link.
#[derive(Debug, Clone)]
pub(crate) struct PasswordPage {
    /// The link's token.
    pub(crate) token: Secret,
    /// What to go on with afterwards; as [`LoginPage::request`].
    pub(crate) request: Option<String>,
    /// The form's CSRF token.
    pub(crate) csrf: String,
    /// Whose password it is.
    pub(crate) username: String,
    /// Why the person is asked again.
    pub(crate) refused: Option<PasswordRefused>,
}

/// The consent form.
#[derive(Debug, Clone)]
pub(crate) struct ConsentPage {
    /// The authorization request it answers.
    pub(crate) request: String,
    /// The form's CSRF token.
    pub(crate) csrf: String,
    /// The person who is logged in.
    pub(crate) username: String,
    /// What the client calls itself.
    pub(crate) client_name: String,
    /// The host of the client's document or home page, when it has one.
    pub(crate) client_host: Option<String>,
    /// Whether it is known by a document at that host.
    pub(crate) by_document: bool,
    /// Whether the operator vouches for the client.
    pub(crate) verified: bool,
    /// Where it sends the person back to.
    pub(crate) redirect_host: String,
    /// Whether that is this machine, which any program on it could be.
    pub(crate) loopback: bool,
    /// The runtime: name and address.
    pub(crate) runtime: String,
    /// Its address.
    pub(crate) address: String,
    /// Each scope and what it means.
    pub(crate) scopes: Vec<(String, String)>,
}

/// What a person is told whom the operator does not let in. Both buttons post
/// `request`, `csrf` and `action` to `/oauth/consent`: `login` to log in as
/// somebody else, `deny` to go back to the client without.
#[derive(Debug, Clone)]
pub(crate) struct NotAllowedPage {
    /// The authorization request it answers.
    pub(crate) request: String,
    /// The form's CSRF token.
    pub(crate) csrf: String,
    /// The person who is logged in.
    pub(crate) username: String,
    /// What the client calls itself.
    pub(crate) client_name: String,
    /// The runtime's name: its `login.allow` names who may.
    pub(crate) runtime: String,
}

/// The question before a logout.
#[derive(Debug, Clone)]
pub(crate) struct LogoutPage {
    /// The form's CSRF token.
    pub(crate) csrf: String,
    /// The person who is logged in.
    pub(crate) username: String,
}

/// The page of a problem; JSON for a program.
pub(crate) fn problem(frame: &Frame, page: &ProblemPage) -> Response {
    if frame.program {
        let description = format!("{} {}", page.what, page.fix);
        let body = json!({ "error": page.code, "error_description": description });
        let mut response = (page.status, Json(body)).into_response();
        document::secure(response.headers_mut(), frame, Popup::May);
        return response;
    }
    let view = Problem {
        shell: Shell::new(frame, None),
        page,
    };
    document::page(frame, page.status, &view, Popup::May)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    shell: Shell,
    page: &'a ProblemPage,
}

/// The login page: 200, or 400 and 429 when a login was refused.
pub(crate) fn login(frame: &Frame, page: &LoginPage) -> Response {
    let texts = frame.texts();
    let client = page
        .client_name
        .as_deref()
        .map(|client| name(texts, client));
    let view = Login {
        shell: Shell::new(frame, Some(people::after_login(page.request.as_deref()))),
        lead: client.map(|client| fill(texts.login_for, &[("client", &client)])),
        refused: page.refused.map(|refused| match refused {
            LoginRefused::Wrong => texts.login_wrong.to_owned(),
            LoginRefused::Throttled(seconds) => throttled(texts, seconds),
        }),
        form_target: frame.form_target.as_deref().unwrap_or_default(),
        page,
    };
    let (status, wait) = match page.refused {
        None => (StatusCode::OK, None),
        Some(LoginRefused::Throttled(seconds)) => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
        Some(LoginRefused::Wrong) => (StatusCode::BAD_REQUEST, None),
    };
    waiting(document::page(frame, status, &view, Popup::May), wait)
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    shell: Shell,
    lead: Option<String>,
    refused: Option<String>,
    form_target: &'a str,
    page: &'a LoginPage,
}

/// The page to choose a password on: 200, or 400 when one was refused.
pub(crate) fn choose_password(frame: &Frame, page: &PasswordPage) -> Response {
    let texts = frame.texts();
    let back = people::link_address(&page.token, page.request.as_deref());
    let view = ChoosePassword {
        shell: Shell::new(frame, Some(back)),
        lead: fill(texts.choose_lead, &[("user", &page.username)]),
        refused: page.refused.map(|refused| password_refused(texts, refused)),
        page,
    };
    let status = match page.refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    document::page(frame, status, &view, Popup::MayNot)
}

#[derive(Template)]
#[template(path = "choose_password.html")]
struct ChoosePassword<'a> {
    shell: Shell,
    lead: String,
    refused: Option<String>,
    page: &'a PasswordPage,
}

/// The consent page.
pub(crate) fn consent(frame: &Frame, page: &ConsentPage) -> Response {
    let texts = frame.texts();
    let client = name(texts, &page.client_name);
    let view = Consent {
        shell: Shell::new(frame, Some(people::after_login(Some(&page.request)))),
        heading: fill(texts.consent_heading, &[("client", &client)]),
        logged_in_as: fill(texts.logged_in_as, &[("user", &page.username)]),
        runtime: name(texts, &page.runtime),
        scopes: in_words(texts, &page.scopes),
        page,
    };
    document::page(frame, StatusCode::OK, &view, Popup::May)
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Consent<'a> {
    shell: Shell,
    heading: String,
    logged_in_as: String,
    runtime: String,
    scopes: Vec<(String, String)>,
    page: &'a ConsentPage,
}

/// The page for a person who may not log in to a runtime; status 403.
pub(crate) fn not_allowed(frame: &Frame, page: &NotAllowedPage) -> Response {
    let texts = frame.texts();
    let client = name(texts, &page.client_name);
    let runtime = name(texts, &page.runtime);
    let view = NotAllowed {
        shell: Shell::new(frame, Some(people::after_login(Some(&page.request)))),
        what: fill(
            texts.not_allowed_what,
            &[("user", &page.username), ("runtime", &runtime)],
        ),
        back: fill(texts.back_to, &[("client", &client)]),
        page,
    };
    document::page(frame, StatusCode::FORBIDDEN, &view, Popup::May)
}

#[derive(Template)]
#[template(path = "not_allowed.html")]
struct NotAllowed<'a> {
    shell: Shell,
    what: String,
    back: String,
    page: &'a NotAllowedPage,
}

/// The question before a logout.
pub(crate) fn logout(frame: &Frame, page: &LogoutPage) -> Response {
    let view = Logout {
        shell: Shell::new(frame, Some(people::LOGOUT.to_owned())),
        what: fill(frame.texts().logout_what, &[("user", &page.username)]),
        page,
    };
    document::page(frame, StatusCode::OK, &view, Popup::MayNot)
}

#[derive(Template)]
#[template(path = "logout.html")]
struct Logout<'a> {
    shell: Shell,
    what: String,
    page: &'a LogoutPage,
}

/// What a person sees after a logout.
pub(crate) fn logged_out(frame: &Frame) -> Response {
    let view = LoggedOut {
        shell: Shell::new(frame, Some(people::LOGOUT.to_owned())),
    };
    document::page(frame, StatusCode::OK, &view, Popup::MayNot)
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOut {
    shell: Shell,
}

/// Scopes that have words here in the reader's language; the others as they
/// were given. Where none is the API's own nothing narrows what the token is good
/// for, and that comes first, with no scope to its name.
fn in_words(texts: &Texts, scopes: &[(String, String)]) -> Vec<(String, String)> {
    let is_own = |(scope, _): &(String, String)| texts.scope(scope).is_none();
    let everything = (String::new(), texts.use_tools.to_owned());
    let named = scopes.iter().map(|(scope, meaning)| {
        let meaning = texts.scope(scope).unwrap_or(meaning);
        (name(texts, scope), clean(meaning, shown::LONGEST_MEANING))
    });
    Some(everything)
        .filter(|_| !scopes.iter().any(is_own))
        .into_iter()
        .chain(named)
        .collect()
}

fn password_refused(texts: &Texts, refused: PasswordRefused) -> String {
    match refused {
        PasswordRefused::Short => texts.password_short.to_owned(),
        PasswordRefused::Long => texts.password_long.to_owned(),
        PasswordRefused::Differs => texts.password_differs.to_owned(),
        PasswordRefused::Wrong => texts.password_wrong.to_owned(),
        PasswordRefused::Throttled(seconds) => throttled(texts, seconds),
    }
}

fn throttled(texts: &Texts, seconds: u64) -> String {
    let minutes = seconds.div_ceil(60).to_string();
    fill(texts.login_throttled, &[("minutes", &minutes)])
}

fn waiting(mut response: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
