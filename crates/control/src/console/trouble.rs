//! What keeps a person from a page, as a page.

use askama::Template;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use shukuba_model::UserName;
use shukuba_pages::Language;
use shukuba_pages::shown::fill;

use super::phrases;
use super::shell::{self, Bare};
use super::texts;
use crate::ControlError;

/// Why there is no other page.
pub(super) struct Trouble {
    language: Language,
    kind: Kind,
}

/// What it is.
pub(super) enum Kind {
    /// The person may do nothing here.
    NoRole(UserName),
    /// The person may look, and not change.
    NotOperator,
    /// A form that no page of ours made for this person and browser.
    Forged,
    /// A form without what its page asks.
    Unreadable,
    /// There is no such page.
    NoPage,
    /// An operation was not carried out.
    Failed(ControlError),
}

impl Trouble {
    /// An operation was not carried out.
    pub(super) fn new(language: Language, error: ControlError) -> Self {
        Self::of(language, Kind::Failed(error))
    }

    pub(super) fn of(language: Language, kind: Kind) -> Self {
        Self { language, kind }
    }
}

#[derive(Template)]
#[template(path = "console/trouble.html")]
struct View<'a> {
    bare: Bare,
    title: &'a str,
    what: String,
    fix: String,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let t = texts::trouble(self.language);
        let (status, title, what, fix) = match self.kind {
            Kind::NoRole(name) => (
                StatusCode::FORBIDDEN,
                t.no_role_title,
                fill(t.no_role_what, &[("user", name.as_str())]),
                fill(t.no_role_fix, &[("user", name.as_str())]),
            ),
            Kind::NotOperator => (
                StatusCode::FORBIDDEN,
                t.not_operator_title,
                t.not_operator_what.to_owned(),
                t.not_operator_fix.to_owned(),
            ),
            Kind::Forged => (
                StatusCode::FORBIDDEN,
                t.forged_title,
                t.forged_what.to_owned(),
                t.forged_fix.to_owned(),
            ),
            Kind::Unreadable => (
                StatusCode::BAD_REQUEST,
                t.failed_title,
                t.unreadable_what.to_owned(),
                t.unreadable_fix.to_owned(),
            ),
            Kind::NoPage => (
                StatusCode::NOT_FOUND,
                t.no_page_title,
                t.no_page_what.to_owned(),
                t.no_page_fix.to_owned(),
            ),
            Kind::Failed(error) => {
                let problem = phrases::problem(self.language, &error);
                let fix = problem.hint.unwrap_or_default();
                (error.status(), t.failed_title, problem.message, fix)
            }
        };
        let view = View {
            bare: Bare::new(self.language),
            title,
            what,
            fix,
        };
        shell::page(status, &view)
    }
}

/// `GET` of an address under `/console` that is no page.
pub(super) async fn no_such_page(request: Request) -> Trouble {
    Trouble::of(Language::of(request.headers()), Kind::NoPage)
}
