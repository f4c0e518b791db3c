//! `/api/v1/initial-access-tokens`: lists them and takes them back.

use axum::Json as Reply;
use axum::extract::{Path, State};
use http::StatusCode;
use shukuba_model::wire::InitialTokenView;

use crate::{Control, ControlError};

/// `GET`: those that have not ended.
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<InitialTokenView>>, ControlError> {
    control.initial_tokens().await.map(Reply)
}

/// `DELETE` of one, by id: no further client registers with it.
pub(crate) async fn revoke(
    State(control): State<Control>,
    Path(token): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.revoke_initial_token(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}
