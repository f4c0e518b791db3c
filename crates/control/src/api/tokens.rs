//! `/api/v1/explain`.

use axum::Json as Reply;
use axum::extract::State;
use shukuba_model::wire::{ExplainRequest, Explanation};

use super::extract::Json;
use crate::{Control, ControlError};

/// `POST`: judges a token, rule by rule.
pub(crate) async fn explain(
    State(control): State<Control>,
    Json(body): Json<ExplainRequest>,
) -> Result<Reply<Explanation>, ControlError> {
    control
        .explain(&body.token, body.runtime.as_deref())
        .await
        .map(Reply)
}
