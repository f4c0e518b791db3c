//! `/api/v1/users`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use http::StatusCode;
use shukuba_model::wire::{UserCreate, UserCreated, UserUpdate, UserView};

use super::extract::Json;
use crate::{Control, ControlError};

/// `GET`: every person.
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<UserView>>, ControlError> {
    control.users().await.map(Reply)
}

/// `POST`: creates one; the answer may carry a link, this once.
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<UserCreate>,
) -> Result<(StatusCode, Reply<UserCreated>), ControlError> {
    let created = control.create_user(body).await?;
    Ok((StatusCode::CREATED, Reply(created)))
}

/// `GET` of one, by name or id.
pub(crate) async fn show(
    State(control): State<Control>,
    Path(user): Path<String>,
) -> Result<Reply<UserView>, ControlError> {
    control.user(&user).await.map(Reply)
}

/// `PATCH` of one: keeps a person out or lets them in.
pub(crate) async fn update(
    State(control): State<Control>,
    Path(user): Path<String>,
    Json(body): Json<UserUpdate>,
) -> Result<Reply<UserView>, ControlError> {
    control.update_user(&user, body).await.map(Reply)
}

/// `POST …/reset`: ends the password, gives a link.
pub(crate) async fn reset(
    State(control): State<Control>,
    Path(user): Path<String>,
) -> Result<Reply<UserCreated>, ControlError> {
    control.reset_user(&user).await.map(Reply)
}
