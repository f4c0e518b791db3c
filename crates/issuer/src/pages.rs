//! The pages a person sees. Plain HTML without scripts, in English and Japanese.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, StatusCode};

/// The language and the frame of a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// What the person reads.
    pub(crate) language: Language,
    /// Where forms of the page may lead besides here: the source expression of
    /// a client's redirect URI, which browsers hold against `form-action`.
    pub(crate) form_target: Option<String>,
}

/// A language pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Frame {
    /// The frame for the reader of these headers: the language of their choice
    /// (cookie), else of their browser (`Accept-Language`).
    pub(crate) fn of(_headers: &HeaderMap) -> Self {
        Self {
            language: Language::English,
            form_target: None,
        }
    }
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
    /// The authorization request it belongs to; `None` for the account page.
    pub(crate) request: Option<String>,
    /// The form's CSRF token.
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
    /// The form was too old or came from elsewhere.
    Expired,
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

/// The page of a problem.
pub(crate) fn problem(_frame: &Frame, page: &ProblemPage) -> Response {
    (page.status, Html(page.what.clone())).into_response()
}

/// The login page.
pub(crate) fn login(_frame: &Frame, page: &LoginPage) -> Response {
    Html(form(
        "login",
        page.request.as_deref().unwrap_or_default(),
        &page.csrf,
    ))
    .into_response()
}

/// The consent page.
pub(crate) fn consent(_frame: &Frame, page: &ConsentPage) -> Response {
    Html(form("consent", &page.request, &page.csrf)).into_response()
}

/// The page for a person who may not log in to a runtime; status 403.
pub(crate) fn not_allowed(_frame: &Frame, page: &NotAllowedPage) -> Response {
    let form = form("consent", &page.request, &page.csrf);
    (StatusCode::FORBIDDEN, Html(form)).into_response()
}

fn form(action: &str, request: &str, csrf: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/oauth/{action}\"><input type=\"hidden\" name=\"request\" value=\"{request}\"><input type=\"hidden\" name=\"csrf\" value=\"{csrf}\"></form>"
    )
}
