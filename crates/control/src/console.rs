//! The console: pages for whoever runs the server, under `/console`. Each is
//! written here from the same operations as the administration API, and works
//! without scripts; one small script makes some of them live.

mod act;
mod applications;
mod assets;
mod home;
mod journeys;
mod shell;
mod shown;
mod texts;
mod trouble;
mod visit;

use axum::Router;
use axum::routing::get;

use crate::Control;

/// Every page. Each demands a person who may see it ([`visit::Visit`]).
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/console", get(home::page))
        .route("/console/journeys", get(journeys::list))
        .route("/console/journeys/{journey}", get(journeys::show))
        .merge(applications::routes())
        .route("/console/assets/{name}", get(assets::serve))
        .fallback(trouble::no_such_page)
        .with_state(control)
}
