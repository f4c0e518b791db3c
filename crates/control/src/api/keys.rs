//! `/api/v1/keys`.

use axum::Json as Reply;
use axum::extract::State;
use shukuba_model::wire::{KeyRotate, KeyView, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path};
use crate::{Control, ControlError};

/// Every route of signing keys.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(rotate))
        .routes(routes!(revoke))
}

/// Lists the signing keys.
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    operation_id = "listKeys",
    tag = "keys",
    responses(
        (status = OK, description = "Every key that is published", body = Vec<KeyView>),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<KeyView>>, ControlError> {
    control.keys().await.map(Reply)
}

/// Makes the next key current.
///
/// The old one stays published until the last token it signed has expired.
#[utoipa::path(
    post,
    path = "/api/v1/keys/rotate",
    operation_id = "rotateKeys",
    tag = "keys",
    request_body = KeyRotate,
    responses(
        (status = OK, description = "Every key, as they now are", body = Vec<KeyView>),
        (status = CONFLICT, description = "The next key may not be known everywhere yet", body = Problem),
    )
)]
pub(crate) async fn rotate(
    State(control): State<Control>,
    Json(body): Json<KeyRotate>,
) -> Result<Reply<Vec<KeyView>>, ControlError> {
    control.rotate_keys(body.algorithm).await.map(Reply)
}

/// Withdraws a key; tokens signed with it are refused at once.
#[utoipa::path(
    post,
    path = "/api/v1/keys/{kid}/revoke",
    operation_id = "revokeKey",
    tag = "keys",
    params(("kid" = String, Path, description = "Its RFC 7638 thumbprint")),
    responses(
        (status = OK, description = "Every key, as they now are", body = Vec<KeyView>),
        (status = NOT_FOUND, description = "There is no such key", body = Problem),
        (status = CONFLICT, description = "The keys were changed at the same time", body = Problem),
    )
)]
pub(crate) async fn revoke(
    State(control): State<Control>,
    Path(kid): Path<String>,
) -> Result<Reply<Vec<KeyView>>, ControlError> {
    control.revoke_key(&kid).await.map(Reply)
}
