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

/// The pages of a device without a browser (RFC 8628 section 3.3). The forms
/// post `user_code`, `csrf` and `action` (`enter`, `allow`, `deny`) to `/device`.
#[derive(Debug, Clone)]
pub(crate) struct DevicePage {
    /// Which of the pages.
    pub(crate) state: DeviceState,
    /// The form's CSRF token.
    pub(crate) csrf: String,
    /// The code as typed, or as the address brought it.
    pub(crate) user_code: String,
    /// The person who is logged in.
    pub(crate) username: String,
    /// What the client calls itself.
    pub(crate) client_name: String,
    /// Whether the operator vouches for the client.
    pub(crate) verified: bool,
    /// The runtime's name.
    pub(crate) runtime: String,
    /// Each scope and what it means.
    pub(crate) scopes: Vec<(String, String)>,
    /// The address the device asked from.
    pub(crate) address: String,
}

/// Which page of a device login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceState {
    /// The code is to be typed.
    Enter,
    /// The code that was typed is wrong, old or used.
    Wrong,
    /// Too many wrong codes; seconds to wait.
    Throttled(u64),
    /// The person is asked whether the device may.
    Confirm,
    /// The device may.
    Allowed,
    /// The device may not.
    Denied,
}

/// The page of a problem.
pub(crate) fn problem(_frame: &Frame, page: &ProblemPage) -> Response {
    (page.status, Html(page.what.clone())).into_response()
}

/// The login page.
pub(crate) fn login(_frame: &Frame, page: &LoginPage) -> Response {
    Html(page.username.clone()).into_response()
}

/// The consent page.
pub(crate) fn consent(_frame: &Frame, page: &ConsentPage) -> Response {
    Html(page.client_name.clone()).into_response()
}

/// The pages of a device login: 200, or 400 and 429 when a code was refused.
pub(crate) fn device(_frame: &Frame, page: &DevicePage) -> Response {
    let status = match page.state {
        DeviceState::Wrong => StatusCode::BAD_REQUEST,
        DeviceState::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::OK,
    };
    let text = format!(
        "{:?} <input name=\"csrf\" value=\"{}\"> {} {} {} {}",
        page.state, page.csrf, page.user_code, page.client_name, page.runtime, page.address
    );
    (status, Html(text)).into_response()
}
