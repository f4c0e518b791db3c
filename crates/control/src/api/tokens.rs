//! `/api/v1/explain`.

use axum::Json as Reply;
use axum::extract::State;
use shukuba_model::wire::{ExplainRequest, Explanation, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::{Control, ControlError};

/// Every route of tokens.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default().routes(routes!(explain))
}

/// Judges a token as a runtime would, rule by rule.
///
/// The token is neither stored nor logged.
#[utoipa::path(
    post,
    path = "/api/v1/explain",
    operation_id = "explainToken",
    tag = "tokens",
    request_body = ExplainRequest,
    responses(
        (status = OK, description = "What every rule said", body = Explanation),
        (status = NOT_FOUND, description = "There is no such runtime", body = Problem),
    )
)]
pub(crate) async fn explain(
    State(control): State<Control>,
    Json(body): Json<ExplainRequest>,
) -> Result<Reply<Explanation>, ControlError> {
    control
        .explain(&body.token, body.runtime.as_deref())
        .await
        .map(Reply)
}
