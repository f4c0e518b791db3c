//! The console: pages for whoever runs the server, under `/console`. Each is
//! written here from the same operations as the administration API, and works
//! without scripts; one small script makes some of them live.

mod act;
mod apis;
mod applications;
mod assets;
mod audit;
mod border;
mod confirm;
mod decoded;
mod home;
mod inspector;
mod journeys;
mod keys;
mod launches;
mod phrases;
mod problems;
mod runtimes;
mod search;
mod settings;
mod shell;
mod shown;
mod texts;
mod tools;
mod traffic;
mod trouble;
mod users;
mod visit;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::Control;

/// Every page. Each demands a person who may see it ([`visit::Visit`]).
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/console", get(home::page))
        .route("/console/apis", get(apis::list))
        .route("/console/apis/new", get(apis::new).post(apis::register))
        .route("/console/apis/one", get(apis::show).post(apis::change))
        .route(
            "/console/apis/applications",
            post(apis::change_applications),
        )
        .route("/console/apis/token", get(apis::ask).post(apis::issue))
        .route(
            "/console/inspector",
            get(inspector::page).post(inspector::judge),
        )
        .route("/console/journeys", get(journeys::list))
        .route("/console/journeys/{journey}", get(journeys::show))
        .route("/console/runtimes", get(runtimes::list::list))
        .route("/console/launches/new", launches::new())
        .route("/console/launches/{id}", get(launches::watch))
        .route("/console/runtimes/{runtime}", get(runtimes::show))
        .route(
            "/console/runtimes/{runtime}/rollback",
            post(runtimes::rollback),
        )
        .route("/console/runtimes/{runtime}/stop", post(runtimes::stop))
        .route(
            "/console/runtimes/{runtime}/destroy",
            get(runtimes::destroy::confirm).post(runtimes::destroy::submit),
        )
        .route(
            "/console/runtimes/{runtime}/rules",
            get(runtimes::rules::show).post(runtimes::rules::change),
        )
        .route(
            "/console/runtimes/{runtime}/tools",
            get(tools::show).post(tools::call),
        )
        .merge(people())
        .merge(applications::routes())
        .route("/console/assets/{name}", get(assets::serve))
        .fallback(trouble::no_such_page)
        .layer(from_fn_with_state(control.clone(), border::guard))
        .with_state(control)
}

/// Users, keys, the audit log and settings.
fn people() -> Router<Control> {
    Router::new()
        .route("/console/users", get(users::list).post(users::create))
        .route("/console/users/new", get(users::new))
        .route("/console/users/{user}", get(users::show))
        .route("/console/users/{user}/role", post(users::set_role))
        .route("/console/users/{user}/disabled", post(users::set_disabled))
        .route("/console/users/{user}/reset", post(users::reset))
        .route("/console/keys", get(keys::list))
        .route(
            "/console/keys/change",
            get(keys::confirm).post(keys::change),
        )
        .route("/console/audit", get(audit::log))
        .route("/console/audit/refusals", get(audit::refusals))
        .route("/console/audit/export", get(audit::export))
        .route("/console/audit/check", get(audit::check))
        .route("/console/settings", get(settings::page))
}
