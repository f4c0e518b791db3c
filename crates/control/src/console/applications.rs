//! Applications: those the operator registered, those that registered
//! themselves, and those that are documents.

mod connect;
mod create;
mod delete;
mod import;
mod list;
mod one;
mod registration_tokens;
mod secrets;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shukuba_model::Role;

use super::confirm::List;
use super::shown::Time;
use super::texts::ApplicationTexts;
use super::trouble::{Kind, Trouble};
use super::visit::Visit;
use crate::Control;

/// The longest name of an application that is shown, in characters.
const LONGEST_NAME: usize = 100;

/// Every page of applications.
pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/console/applications", get(list::page))
        .route(
            "/console/applications/new",
            get(create::page).post(create::submit),
        )
        .route(
            "/console/applications/import",
            get(import::page).post(import::submit),
        )
        .route("/console/applications/one", get(one::page))
        .route("/console/applications/secrets", post(secrets::add))
        .route(
            "/console/applications/secrets/remove",
            get(secrets::confirm).post(secrets::remove),
        )
        .route("/console/applications/grants/revoke", post(one::revoke))
        .route(
            "/console/applications/delete",
            get(delete::confirm).post(delete::submit),
        )
        .route(
            "/console/applications/registration-tokens",
            get(registration_tokens::page).post(registration_tokens::create),
        )
        .route(
            "/console/applications/registration-tokens/revoke",
            post(registration_tokens::revoke),
        )
}

/// Which application a page or a form is about. The client id stands in the
/// query, since the id of a document is an address.
#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    id: String,
}

/// The list of applications.
fn list(t: &ApplicationTexts) -> List {
    List {
        page: "/console/applications",
        title: t.title,
    }
}

/// The page of an application.
pub(super) fn address_of(id: &str) -> String {
    format!("/console/applications/one?id={}", encoded(id))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Of seconds since 1970.
fn time(seconds: i64) -> Time {
    Time::of_millis(seconds.saturating_mul(1000))
}

/// What a viewer is told at a page that holds nothing but a form, which is for
/// whoever may send it.
fn turned_away(visit: &Visit) -> Option<Response> {
    (visit.person.role != Role::Operator)
        .then(|| Trouble::of(visit.language, Kind::NotOperator).into_response())
}
