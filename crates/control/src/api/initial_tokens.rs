//! `/api/v1/initial-access-tokens`: what lets clients register themselves.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use shukuba_model::wire::{InitialTokenCreate, InitialTokenCreated, InitialTokenView, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path};
use crate::{Control, ControlError};

/// Every route of initial access tokens.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// Lists the initial access tokens that have not ended, used up or not.
#[utoipa::path(
    get,
    path = "/api/v1/initial-access-tokens",
    operation_id = "listInitialAccessTokens",
    tag = "applications",
    responses(
        (status = OK, description = "The tokens, without themselves", body = Vec<InitialTokenView>),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<InitialTokenView>>, ControlError> {
    control.initial_tokens().await.map(Reply)
}

/// Makes a token with which clients register themselves.
///
/// It is asked for where the registration policy is `initial-access-token` (RFC
/// 7591 section 3). This is the only answer that carries it.
#[utoipa::path(
    post,
    path = "/api/v1/initial-access-tokens",
    operation_id = "createInitialAccessToken",
    tag = "applications",
    request_body = InitialTokenCreate,
    responses(
        (status = CREATED, description = "The token", body = InitialTokenCreated),
    )
)]
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<InitialTokenCreate>,
) -> Result<(StatusCode, Reply<InitialTokenCreated>), ControlError> {
    let created = control.create_initial_token(&body).await?;
    Ok((StatusCode::CREATED, Reply(created)))
}

/// Takes an initial access token back.
///
/// No further client registers with it; those that did stay.
#[utoipa::path(
    delete,
    path = "/api/v1/initial-access-tokens/{token}",
    operation_id = "revokeInitialAccessToken",
    tag = "applications",
    params(("token" = String, Path, description = "Its id")),
    responses(
        (status = NO_CONTENT, description = "It is taken back"),
        (status = NOT_FOUND, description = "There is no such token", body = Problem),
    )
)]
pub(crate) async fn revoke(
    State(control): State<Control>,
    Path(token): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.revoke_initial_token(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}
