//! `/api/v1/users`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use shukuba_model::wire::{Problem, UserCreate, UserCreated, UserUpdate, UserView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path};
use crate::{Control, ControlError};

/// Every route of people.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(reset))
}

/// Lists the people who may log in, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "listUsers",
    tag = "users",
    responses(
        (status = OK, description = "Every person", body = Vec<UserView>),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<UserView>>, ControlError> {
    control.users().await.map(Reply)
}

/// Creates a person.
///
/// Without a password the answer carries a link to choose one, this once.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    operation_id = "createUser",
    tag = "users",
    request_body = UserCreate,
    responses(
        (status = CREATED, description = "The person", body = UserCreated),
        (status = CONFLICT, description = "The name is taken", body = Problem),
    )
)]
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<UserCreate>,
) -> Result<(StatusCode, Reply<UserCreated>), ControlError> {
    let created = control.create_user(body).await?;
    Ok((StatusCode::CREATED, Reply(created)))
}

/// Shows a person.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}",
    operation_id = "showUser",
    tag = "users",
    params(("user" = String, Path, description = "Their name or id")),
    responses(
        (status = OK, description = "The person", body = UserView),
        (status = NOT_FOUND, description = "There is no such person", body = Problem),
    )
)]
pub(crate) async fn show(
    State(control): State<Control>,
    Path(user): Path<String>,
) -> Result<Reply<UserView>, ControlError> {
    control.user(&user).await.map(Reply)
}

/// Keeps a person out, or lets them in again.
///
/// Keeping out ends their sessions and tokens at once.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{user}",
    operation_id = "updateUser",
    tag = "users",
    params(("user" = String, Path, description = "Their name or id")),
    request_body = UserUpdate,
    responses(
        (status = OK, description = "The person as they now are", body = UserView),
        (status = NOT_FOUND, description = "There is no such person", body = Problem),
    )
)]
pub(crate) async fn update(
    State(control): State<Control>,
    Path(user): Path<String>,
    Json(body): Json<UserUpdate>,
) -> Result<Reply<UserView>, ControlError> {
    control.update_user(&user, body).await.map(Reply)
}

/// Gives a link by which a person chooses another password, once.
///
/// Using it ends the old password and every session.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/reset",
    operation_id = "resetUser",
    tag = "users",
    params(("user" = String, Path, description = "Their name or id")),
    responses(
        (status = OK, description = "The person and the link", body = UserCreated),
        (status = NOT_FOUND, description = "There is no such person", body = Problem),
    )
)]
pub(crate) async fn reset(
    State(control): State<Control>,
    Path(user): Path<String>,
) -> Result<Reply<UserCreated>, ControlError> {
    control.reset_user(&user).await.map(Reply)
}
