//! The account page.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::document::{self, Popup, Shell};
use super::shown::name;
use super::{Frame, password_refused, waiting};
use crate::pages::texts::Texts;
use crate::people::ACCOUNT;
use crate::people::password::PasswordRefused;
use shukuba_pages::shown::{self, fill};

/// A person's account.
#[derive(Debug, Clone)]
pub(crate) struct AccountPage {
    /// The forms' CSRF token.
    pub(crate) csrf: String,
    /// What the person logs in with.
    pub(crate) username: String,
    /// What they are called.
    pub(crate) display_name: String,
    /// Their live grants.
    pub(crate) connections: Vec<Connection>,
    /// Their live sessions.
    pub(crate) sessions: Vec<LiveSession>,
    /// What was just done.
    pub(crate) done: Option<Done>,
    /// Why a new password was refused.
    pub(crate) refused: Option<PasswordRefused>,
}

/// An application that was allowed.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// The grant's id.
    pub(crate) grant: String,
    /// What the client called itself then.
    pub(crate) client_name: String,
    /// The runtime, or the API where there is none.
    pub(crate) runtime: String,
    /// Each scope and what it means.
    pub(crate) scopes: Vec<(String, String)>,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// Seconds since 1970.
    pub(crate) last_used_at: i64,
}

/// A browser that is logged in.
#[derive(Debug, Clone)]
pub(crate) struct LiveSession {
    /// Names the session.
    pub(crate) handle: String,
    /// Where it was begun.
    pub(crate) address: String,
    /// What the browser calls itself.
    pub(crate) user_agent: String,
    /// Seconds since 1970.
    pub(crate) last_seen_at: i64,
    /// Whether it is the one that looks.
    pub(crate) is_this: bool,
}

/// What was just done on the account page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// An application was disconnected.
    Revoked,
    /// A session was ended.
    Ended,
    /// The password was changed.
    Password,
}

impl Done {
    /// The word in the address.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Ended => "ended",
            Self::Password => "password",
        }
    }

    /// What a word in the address means.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        [Self::Revoked, Self::Ended, Self::Password]
            .into_iter()
            .find(|done| done.word() == word)
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    shell: Shell,
    logged_in_as: String,
    done: Option<&'static str>,
    refused: Option<String>,
    connections: Vec<ConnectionView>,
    sessions: Vec<SessionView>,
    page: &'a AccountPage,
}

struct ConnectionView {
    grant: String,
    client: String,
    runtime: String,
    scopes: Vec<(String, String)>,
    since: Time,
    used: Time,
}

struct SessionView {
    handle: String,
    browser: String,
    address: String,
    seen: Time,
    is_this: bool,
}

/// A time for people and for programs.
struct Time {
    shown: String,
    machine: String,
}

impl Time {
    fn of(seconds: i64) -> Self {
        let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        Self {
            shown: time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            machine: time.to_string(),
        }
    }
}

/// The account page: 200, or 400 and 429 when a new password was refused.
pub(crate) fn page(frame: &Frame, page: &AccountPage) -> Response {
    let texts = frame.texts();
    let view = Account {
        shell: Shell::new(frame, Some(ACCOUNT.to_owned())),
        logged_in_as: fill(texts.logged_in_as, &[("user", &person(texts, page))]),
        done: page.done.map(|done| match done {
            Done::Revoked => texts.done_revoked,
            Done::Ended => texts.done_ended,
            Done::Password => texts.done_password,
        }),
        refused: page.refused.map(|refused| password_refused(texts, refused)),
        connections: page
            .connections
            .iter()
            .map(|one| connection(texts, one))
            .collect(),
        sessions: page
            .sessions
            .iter()
            .map(|one| session(texts, one))
            .collect(),
        page,
    };
    let (status, wait) = match page.refused {
        None => (StatusCode::OK, None),
        Some(PasswordRefused::Throttled(wait)) => (StatusCode::TOO_MANY_REQUESTS, Some(wait)),
        Some(_) => (StatusCode::BAD_REQUEST, None),
    };
    waiting(document::page(frame, status, &view, Popup::MayNot), wait)
}

/// What the person is called, with the name they log in with where it differs.
fn person(texts: &Texts, page: &AccountPage) -> String {
    if page.display_name == page.username {
        page.username.clone()
    } else {
        format!("{} ({})", name(texts, &page.display_name), page.username)
    }
}

fn connection(texts: &Texts, one: &Connection) -> ConnectionView {
    ConnectionView {
        grant: one.grant.clone(),
        client: name(texts, &one.client_name),
        runtime: name(texts, &one.runtime),
        scopes: super::in_words(texts, &one.scopes),
        since: Time::of(one.created_at),
        used: Time::of(one.last_used_at),
    }
}

fn session(texts: &Texts, one: &LiveSession) -> SessionView {
    SessionView {
        handle: one.handle.clone(),
        browser: shown::browser(&one.user_agent)
            .unwrap_or_else(|| texts.unknown_browser.to_owned()),
        address: one.address.clone(),
        seen: Time::of(one.last_seen_at),
        is_this: one.is_this,
    }
}
