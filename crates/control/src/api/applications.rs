//! `/api/v1/applications`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{
    ApplicationCreate, ApplicationCreated, ApplicationView, InitialTokenCreate,
    InitialTokenCreated, ListedSource, SecretAdded, TokenIssued, TokenRequest,
};

use super::extract::{Json, Query};
use crate::ops::clients::ClientPage;
use crate::{Control, ControlError};

/// The most applications of one answer.
const MOST: u32 = 1000;

/// Which applications are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationQuery {
    #[serde(default)]
    source: ListedSource,
    after: Option<String>,
    #[serde(default = "default_limit")]
    limit: u32,
}

fn default_limit() -> u32 {
    100
}

/// `GET`: applications, those of the operator where nothing else is asked for.
pub(crate) async fn list(
    State(control): State<Control>,
    Query(query): Query<ApplicationQuery>,
) -> Result<Reply<Vec<ApplicationView>>, ControlError> {
    let page = ClientPage {
        source: query.source,
        after: query.after.as_deref(),
        limit: query.limit.clamp(1, MOST),
    };
    control.applications(&page).await.map(Reply)
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

/// `POST …/secrets`: another secret; the only answer that carries it.
pub(crate) async fn add_secret(
    State(control): State<Control>,
    Path(application): Path<String>,
) -> Result<(StatusCode, Reply<SecretAdded>), ControlError> {
    let added = control.add_secret(&application).await?;
    Ok((StatusCode::CREATED, Reply(added)))
}

/// `DELETE …/secrets/{id}`: ends one.
pub(crate) async fn remove_secret(
    State(control): State<Control>,
    Path((application, secret)): Path<(String, String)>,
) -> Result<StatusCode, ControlError> {
    control.remove_secret(&application, &secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/initial-access-tokens`: lets clients register themselves.
pub(crate) async fn create_initial_token(
    State(control): State<Control>,
    Json(body): Json<InitialTokenCreate>,
) -> Result<(StatusCode, Reply<InitialTokenCreated>), ControlError> {
    let created = control.create_initial_token(&body).await?;
    Ok((StatusCode::CREATED, Reply(created)))
}
