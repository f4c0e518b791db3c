//! `/api/v1/apis`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{ApiCreate, ApiUpdate, ApiView, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Query};
use crate::{Control, ControlError};

/// Every route of APIs.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default().routes(routes!(list, create, update, delete))
}

/// Which API a call is about; a query, because identifiers hold slashes.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The identifier, byte for byte.
    #[param(value_type = String)]
    identifier: ApiIdentifier,
}

/// Lists every API, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/apis",
    operation_id = "listApis",
    tag = "apis",
    responses(
        (status = OK, description = "Every API", body = Vec<ApiView>),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<ApiView>>, ControlError> {
    control.apis().await.map(Reply)
}

/// Registers an API.
#[utoipa::path(
    post,
    path = "/api/v1/apis",
    operation_id = "createApi",
    tag = "apis",
    request_body = ApiCreate,
    responses(
        (status = CREATED, description = "The API as registered", body = ApiView),
        (status = CONFLICT, description = "The identifier is taken", body = Problem),
    )
)]
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<ApiCreate>,
) -> Result<(StatusCode, Reply<ApiView>), ControlError> {
    let api = control.create_api(body).await?;
    Ok((StatusCode::CREATED, Reply(api)))
}

/// Changes an API, for tokens issued from now on.
#[utoipa::path(
    patch,
    path = "/api/v1/apis",
    operation_id = "updateApi",
    tag = "apis",
    params(Which),
    request_body = ApiUpdate,
    responses(
        (status = OK, description = "The API as it now is", body = ApiView),
        (status = NOT_FOUND, description = "There is no such API", body = Problem),
    )
)]
pub(crate) async fn update(
    State(control): State<Control>,
    Query(which): Query<Which>,
    Json(body): Json<ApiUpdate>,
) -> Result<Reply<ApiView>, ControlError> {
    control.update_api(&which.identifier, body).await.map(Reply)
}

/// Removes an API.
#[utoipa::path(
    delete,
    path = "/api/v1/apis",
    operation_id = "deleteApi",
    tag = "apis",
    params(Which),
    responses(
        (status = NO_CONTENT, description = "It is removed"),
        (status = NOT_FOUND, description = "There is no such API", body = Problem),
        (status = CONFLICT, description = "An application or a runtime still needs it, or a launch is under way", body = Problem),
    )
)]
pub(crate) async fn delete(
    State(control): State<Control>,
    Query(which): Query<Which>,
) -> Result<StatusCode, ControlError> {
    control.delete_api(&which.identifier).await?;
    Ok(StatusCode::NO_CONTENT)
}
