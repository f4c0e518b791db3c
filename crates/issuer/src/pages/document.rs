//! What all pages share: their frame, and the headers that keep them to
//! themselves.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use shukuba_pages::Guard;
pub(super) use shukuba_pages::Popup;

use super::texts::Texts;
use super::{Frame, style};

/// The parts of a page that are the same on each.
pub(super) struct Shell {
    /// The page's language, as `lang` names it.
    pub(super) lang: &'static str,
    /// The other language's tag, for the switch.
    pub(super) other: &'static str,
    /// Every sentence.
    pub(super) t: &'static Texts,
    /// The stylesheet's address.
    pub(super) style: String,
    /// Where the language switch goes back to; without it there is no switch.
    pub(super) back: Option<String>,
}

impl Shell {
    pub(super) fn new(frame: &Frame, back: Option<String>) -> Self {
        Self {
            lang: frame.language.tag(),
            other: frame.language.other().tag(),
            t: frame.texts(),
            style: style::address(),
            back,
        }
    }
}

/// A page with its headers.
pub(super) fn page(
    frame: &Frame,
    status: StatusCode,
    view: &impl Template,
    popup: Popup,
) -> Response {
    let mut response = match view.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page was not written");
            let text = frame.texts().server_what;
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    };
    secure(response.headers_mut(), frame, popup);
    response
}

/// The headers of every page; none of these runs scripts.
pub(super) fn secure(headers: &mut HeaderMap, frame: &Frame, popup: Popup) {
    let guard = Guard {
        form_target: frame.form_target.as_deref(),
        scripts: false,
        popup,
    };
    guard.secure(headers);
}
