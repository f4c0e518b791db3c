//! `/api/v1/apis`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{ApiCreate, ApiUpdate, ApiView};

use super::extract::{Json, Query};
use crate::{Control, ControlError};

/// Which API a call is about; a query, because identifiers hold slashes.
#[derive(Deserialize)]
pub(crate) struct Which {
    identifier: ApiIdentifier,
}

/// `GET`: every API.
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<ApiView>>, ControlError> {
    control.apis().await.map(Reply)
}

/// `POST`: registers one.
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<ApiCreate>,
) -> Result<(StatusCode, Reply<ApiView>), ControlError> {
    let api = control.create_api(body).await?;
    Ok((StatusCode::CREATED, Reply(api)))
}

/// `PATCH`: changes one.
pub(crate) async fn update(
    State(control): State<Control>,
    Query(which): Query<Which>,
    Json(body): Json<ApiUpdate>,
) -> Result<Reply<ApiView>, ControlError> {
    control.update_api(&which.identifier, body).await.map(Reply)
}

/// `DELETE`: removes one.
pub(crate) async fn delete(
    State(control): State<Control>,
    Query(which): Query<Which>,
) -> Result<StatusCode, ControlError> {
    control.delete_api(&which.identifier).await?;
    Ok(StatusCode::NO_CONTENT)
}
