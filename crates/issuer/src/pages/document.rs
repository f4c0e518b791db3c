//! What all pages share: their frame, and the headers that keep them to
//! themselves.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::texts::Texts;
use super::{Frame, style};
use crate::respond;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

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

/// Whether a page may stand in a window that a client's page opened and
/// listens to. `Cross-Origin-Opener-Policy` would cut that tie for good, and
/// with it clients that learn from the window that the login is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Popup {
    May,
    MayNot,
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

/// The headers of every page: no scripts, no frames, no cache, no referrer.
pub(super) fn secure(headers: &mut HeaderMap, frame: &Frame, popup: Popup) {
    respond::never_stored(headers);
    headers.insert(CONTENT_SECURITY_POLICY, policy(frame));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    if popup == Popup::MayNot {
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
}

fn policy(frame: &Frame) -> HeaderValue {
    let with = |target: &str| {
        format!(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'{target}; frame-ancestors 'none'; base-uri 'none'"
        )
    };
    let target = frame
        .form_target
        .as_deref()
        .filter(|target| is_source(target))
        .map(|target| format!(" {target}"));
    HeaderValue::from_str(&with(&target.unwrap_or_default()))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; form-action 'self'"))
}

/// Whether it is a scheme or an origin, so that it adds one source to the
/// policy and nothing else. It comes from a redirect URI, which strangers
/// register.
fn is_source(target: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-+[]_".contains(&byte);
    target.contains(':') && target.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_adds_itself_to_the_policy_and_nothing_else() {
        let policy = |target: &str| {
            let frame = Frame {
                form_target: Some(target.to_owned()),
                ..Frame::of(&HeaderMap::new())
            };
            policy(&frame).to_str().unwrap().to_owned()
        };
        for good in ["http://localhost:3118", "cursor:", "http://[::1]:80"] {
            assert!(policy(good).contains(&format!("form-action 'self' {good};")));
        }
        for bad in [
            "",
            "*",
            "'unsafe-inline'",
            "https://a; script-src *",
            "a:\n",
            "https://a https://b",
        ] {
            assert!(policy(bad).contains("form-action 'self'; "), "{bad}");
            assert!(!policy(bad).contains("script-src"), "{bad}");
        }
    }
}
