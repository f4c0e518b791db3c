//! The administration API under `/api/v1`: the list of what it offers.
//!
//! A route is declared once, at its handler. The router and the OpenAPI
//! document are both made of these declarations, so no route can be missing
//! from the document.

mod apis;
mod applications;
mod audit;
mod bundles;
mod client_documents;
mod extract;
mod grants;
mod initial_tokens;
mod journeys;
mod keys;
mod openapi;
mod operator;
mod paging;
mod runtimes;
mod status;
mod tokens;
mod users;

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;

use crate::Control;

/// Every route; each demands the operator's key.
pub(crate) fn router(control: Control) -> Router {
    Router::from(routes())
        .fallback(operator::no_such_route)
        .method_not_allowed_fallback(operator::no_such_method)
        .layer(from_fn_with_state(control.clone(), operator::require))
        .with_state(control)
}

/// Every route and what is said of it, subject by subject.
fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .merge(status::routes())
        .merge(openapi::routes())
        .merge(runtimes::routes())
        .merge(bundles::routes())
        .merge(apis::routes())
        .merge(applications::routes())
        .merge(client_documents::routes())
        .merge(initial_tokens::routes())
        .merge(tokens::routes())
        .merge(users::routes())
        .merge(grants::routes())
        .merge(keys::routes())
        .merge(journeys::routes())
        .merge(audit::routes())
}
