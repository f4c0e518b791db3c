//! The pages of a device login.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::document::{self, Popup, Shell};
use super::shown::name;
use super::{Frame, in_words, throttled, waiting};
use crate::people;
use shukuba_pages::shown::fill;

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

/// The pages of a device login: 200, or 400 and 429 when a code was refused.
pub(crate) fn device(frame: &Frame, page: &DevicePage) -> Response {
    let texts = frame.texts();
    let client = name(texts, &page.client_name);
    let request = format!("device:{}", page.user_code);
    let (status, wait, refused) = match page.state {
        DeviceState::Wrong => (
            StatusCode::BAD_REQUEST,
            None,
            Some(texts.device_wrong.to_owned()),
        ),
        DeviceState::Throttled(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            Some(seconds),
            Some(throttled(texts, seconds)),
        ),
        _ => (StatusCode::OK, None, None),
    };
    let view = Device {
        shell: Shell::new(frame, Some(people::after_login(Some(&request)))),
        heading: fill(texts.device_confirm_heading, &[("client", &client)]),
        done: match page.state {
            DeviceState::Allowed => fill(texts.device_allowed, &[("client", &client)]),
            _ => fill(texts.device_denied, &[("client", &client)]),
        },
        logged_in_as: fill(texts.logged_in_as, &[("user", &page.username)]),
        runtime: name(texts, &page.runtime),
        scopes: in_words(texts, &page.scopes),
        refused,
        page,
    };
    waiting(document::page(frame, status, &view, Popup::MayNot), wait)
}

#[derive(Template)]
#[template(path = "device.html")]
struct Device<'a> {
    shell: Shell,
    heading: String,
    done: String,
    logged_in_as: String,
    runtime: String,
    scopes: Vec<(String, String)>,
    refused: Option<String>,
    page: &'a DevicePage,
}
