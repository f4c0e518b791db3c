//! `/api/v1/applications`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use http::StatusCode;
use shukuba_model::wire::{
    ApplicationCreate, ApplicationCreated, ApplicationView, TokenIssued, TokenRequest,
};

use super::extract::Json;
use crate::{Control, ControlError};

/// `GET`: every application.
pub(crate) async fn list(
    State(control): State<Control>,
) -> Result<Reply<Vec<ApplicationView>>, ControlError> {
    control.applications().await.map(Reply)
}

/// `POST`: registers one; the only answer that carries its secret.
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<ApplicationCreate>,
) -> Result<(StatusCode, Reply<ApplicationCreated>), ControlError> {
    let created = control.create_application(body).await?;
    Ok((StatusCode::CREATED, Reply(created)))
}

/// `GET` of one, by name or client id.
pub(crate) async fn show(
    State(control): State<Control>,
    Path(application): Path<String>,
) -> Result<Reply<ApplicationView>, ControlError> {
    control.application(&application).await.map(Reply)
}

/// `DELETE` of one, by name or client id.
pub(crate) async fn delete(
    State(control): State<Control>,
    Path(application): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.delete_application(&application).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/token`: a token on the operator's word.
pub(crate) async fn issue_token(
    State(control): State<Control>,
    Path(application): Path<String>,
    Json(body): Json<TokenRequest>,
) -> Result<Reply<TokenIssued>, ControlError> {
    control.issue_token(&application, body.api).await.map(Reply)
}
