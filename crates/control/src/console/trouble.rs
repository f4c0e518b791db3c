//! What keeps a person from a page, as a page.

use askama::Template;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use shukuba_model::UserName;
use shukuba_pages::Language;
use shukuba_pages::shown::fill;

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
            Kind::NoPage => (
                StatusCode::NOT_FOUND,
                t.no_page_title,
                t.no_page_what.to_owned(),
                t.no_page_fix.to_owned(),
            ),
            Kind::Failed(error) => {
                let problem = error.problem();
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
