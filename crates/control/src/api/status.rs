//! `/api/v1/status`.

use axum::Json as Reply;
use axum::extract::State;
use shukuba_model::wire::ServerStatus;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Control;

/// Every route of the server itself.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default().routes(routes!(show))
}

/// Shows the server's facts.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    operation_id = "showStatus",
    tag = "server",
    responses(
        (status = OK, description = "The server's facts", body = ServerStatus),
    )
)]
pub(crate) async fn show(State(control): State<Control>) -> Reply<ServerStatus> {
    Reply(control.status())
}
