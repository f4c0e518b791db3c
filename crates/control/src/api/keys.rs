//! `/api/v1/keys`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use shukuba_model::wire::{KeyRotate, KeyView};

use super::extract::Json;
use crate::{Control, ControlError};

/// `GET`: every signing key.
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<KeyView>>, ControlError> {
    control.keys().await.map(Reply)
}

/// `POST …/rotate`: the next key becomes current.
pub(crate) async fn rotate(
    State(control): State<Control>,
    Json(body): Json<KeyRotate>,
) -> Result<Reply<Vec<KeyView>>, ControlError> {
    control.rotate_keys(body.algorithm).await.map(Reply)
}

/// `POST …/{kid}/revoke`: withdraws a key at once.
pub(crate) async fn revoke(
    State(control): State<Control>,
    Path(kid): Path<String>,
) -> Result<Reply<Vec<KeyView>>, ControlError> {
    control.revoke_key(&kid).await.map(Reply)
}
