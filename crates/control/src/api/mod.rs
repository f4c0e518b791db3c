//! The administration API under `/api/v1`: the list of what it offers.

mod apis;
mod applications;
mod audit;
mod bundles;
mod extract;
mod grants;
mod keys;
mod operator;
mod paging;
mod runtimes;
mod status;
mod tokens;
mod users;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};

use crate::Control;

/// Every route; each demands the operator's key.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/api/v1/status", get(status::show))
        .route(
            "/api/v1/apis",
            get(apis::list)
                .post(apis::create)
                .patch(apis::update)
                .delete(apis::delete),
        )
        .merge(application_routes())
        .route("/api/v1/explain", post(tokens::explain))
        .route("/api/v1/bundles/{sha256}", put(bundles::upload))
        .merge(people())
        .route("/api/v1/runtimes", get(runtimes::list))
        .route(
            "/api/v1/runtimes/{runtime}",
            get(runtimes::show).delete(runtimes::destroy),
        )
        .route(
            "/api/v1/runtimes/{runtime}/versions",
            post(runtimes::launch),
        )
        .route("/api/v1/runtimes/{runtime}/logs", get(runtimes::logs))
        .fallback(operator::no_such_route)
        .layer(from_fn_with_state(control.clone(), operator::require))
        .with_state(control)
}

/// People, what they granted, and what secures it.
fn people() -> Router<Control> {
    Router::new()
        .route("/api/v1/users", get(users::list).post(users::create))
        .route(
            "/api/v1/users/{user}",
            get(users::show).patch(users::update),
        )
        .route("/api/v1/users/{user}/reset", post(users::reset))
        .route("/api/v1/grants", get(grants::list))
        .route("/api/v1/grants/{grant}", delete(grants::revoke))
        .route("/api/v1/keys", get(keys::list))
        .route("/api/v1/keys/rotate", post(keys::rotate))
        .route("/api/v1/keys/{kid}/revoke", post(keys::revoke))
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/audit/check", get(audit::check))
}

/// Applications, their secrets, and what lets clients register.
fn application_routes() -> Router<Control> {
    Router::new()
        .route(
            "/api/v1/applications",
            get(applications::list).post(applications::create),
        )
        .route(
            "/api/v1/applications/{application}",
            get(applications::show).delete(applications::delete),
        )
        .route(
            "/api/v1/applications/{application}/token",
            post(applications::issue_token),
        )
        .route(
            "/api/v1/applications/{application}/secrets",
            post(applications::add_secret),
        )
        .route(
            "/api/v1/applications/{application}/secrets/{secret}",
            delete(applications::remove_secret),
        )
        .route(
            "/api/v1/initial-access-tokens",
            post(applications::create_initial_token),
        )
}
