//! `/api/v1/applications`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{
    ApplicationApis, ApplicationCreate, ApplicationCreated, ApplicationView, ListedSource, Problem,
    SecretAdded, TokenIssued, TokenRequest,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::paging::{default_limit, limit};
use crate::ops::clients::ClientPage;
use crate::{Control, ControlError};

/// Every route of applications.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(show, delete))
        .routes(routes!(set_apis))
        .routes(routes!(issue_token))
        .routes(routes!(add_secret))
        .routes(routes!(remove_secret))
}

/// Which applications are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationQuery {
    /// Only those that came this way; those that the operator registered where
    /// none is named.
    #[serde(default)]
    #[param(inline)]
    source: ListedSource,
    /// Only applications after this one, by its client id: the next page.
    after: Option<String>,
    /// The most applications of the answer.
    #[serde(default = "default_limit")]
    #[param(default = 100, minimum = 1, maximum = 1000)]
    limit: u32,
}

/// Lists applications: the oldest first, then metadata documents by address.
#[utoipa::path(
    get,
    path = "/api/v1/applications",
    operation_id = "listApplications",
    tag = "applications",
    params(ApplicationQuery),
    responses(
        (status = OK, description = "The applications", body = Vec<ApplicationView>),
        (status = NOT_FOUND, description = "The application to list on after is gone", body = Problem),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
    Query(query): Query<ApplicationQuery>,
) -> Result<Reply<Vec<ApplicationView>>, ControlError> {
    let page = ClientPage {
        source: query.source,
        search: None,
        after: query.after.as_deref(),
        limit: limit(query.limit)?,
    };
    control.applications(&page).await.map(Reply)
}

/// Registers an application.
///
/// This is the only answer that carries its secret.
#[utoipa::path(
    post,
    path = "/api/v1/applications",
    operation_id = "createApplication",
    tag = "applications",
    request_body = ApplicationCreate,
    responses(
        (status = CREATED, description = "The application and its secret", body = ApplicationCreated),
        (status = NOT_FOUND, description = "There is no such API", body = Problem),
        (status = CONFLICT, description = "The name is taken", body = Problem),
    )
)]
pub(crate) async fn create(
    State(control): State<Control>,
    Json(body): Json<ApplicationCreate>,
) -> Result<(StatusCode, Reply<ApplicationCreated>), ControlError> {
    let created = control.create_application(body).await?;
    Ok((StatusCode::CREATED, Reply(created)))
}

/// Shows an application, with what may be told of its secrets.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{application}",
    operation_id = "showApplication",
    tag = "applications",
    params(("application" = String, Path, description = "Its name or client id")),
    responses(
        (status = OK, description = "The application", body = ApplicationView),
        (status = NOT_FOUND, description = "There is no such application", body = Problem),
    )
)]
pub(crate) async fn show(
    State(control): State<Control>,
    Path(application): Path<String>,
) -> Result<Reply<ApplicationView>, ControlError> {
    control.application(&application).await.map(Reply)
}

/// Removes an application, whatever way it came.
///
/// What people granted it and its tokens are dead at once. One that is a
/// metadata document may come back, and people are then asked again.
#[utoipa::path(
    delete,
    path = "/api/v1/applications/{application}",
    operation_id = "deleteApplication",
    tag = "applications",
    params(("application" = String, Path, description = "Its name or client id")),
    responses(
        (status = NO_CONTENT, description = "It is removed"),
        (status = NOT_FOUND, description = "There is no such application", body = Problem),
    )
)]
pub(crate) async fn delete(
    State(control): State<Control>,
    Path(application): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.delete_application(&application).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes which APIs an application may use; the first is its default.
///
/// Only for applications that the operator registered. The next token request is
/// judged by it, a refresh included: it is refused for an API that was taken away.
/// Tokens that were issued stay good until they expire.
#[utoipa::path(
    put,
    path = "/api/v1/applications/{application}/apis",
    operation_id = "setApplicationApis",
    tag = "applications",
    params(("application" = String, Path, description = "Its name or client id")),
    request_body = ApplicationApis,
    responses(
        (status = OK, description = "The application with these APIs", body = ApplicationView),
        (status = BAD_REQUEST, description = "The operator did not register it, an API is named twice, there are more than 100, or none for a machine", body = Problem),
        (status = NOT_FOUND, description = "There is no such application or API", body = Problem),
    )
)]
pub(crate) async fn set_apis(
    State(control): State<Control>,
    Path(application): Path<String>,
    Json(body): Json<ApplicationApis>,
) -> Result<Reply<ApplicationView>, ControlError> {
    let changed = control.set_application_apis(&application, body.apis);
    changed.await.map(Reply)
}

/// Issues a token of an application on the operator's word, without its secret.
///
/// Only for applications of the type `m2m`.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/token",
    operation_id = "issueApplicationToken",
    tag = "applications",
    params(("application" = String, Path, description = "Its name or client id")),
    request_body = TokenRequest,
    responses(
        (status = OK, description = "The token", body = TokenIssued),
        (status = NOT_FOUND, description = "There is no such application", body = Problem),
    )
)]
pub(crate) async fn issue_token(
    State(control): State<Control>,
    Path(application): Path<String>,
    Json(body): Json<TokenRequest>,
) -> Result<Reply<TokenIssued>, ControlError> {
    control.issue_token(&application, body.api).await.map(Reply)
}

/// Gives an application another secret.
///
/// This is the only answer that carries it. Both secrets work until one is removed.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/secrets",
    operation_id = "addApplicationSecret",
    tag = "applications",
    params(("application" = String, Path, description = "Its name or client id")),
    responses(
        (status = CREATED, description = "The secret", body = SecretAdded),
        (status = NOT_FOUND, description = "There is no such application", body = Problem),
        (status = CONFLICT, description = "It has two secrets already", body = Problem),
    )
)]
pub(crate) async fn add_secret(
    State(control): State<Control>,
    Path(application): Path<String>,
) -> Result<(StatusCode, Reply<SecretAdded>), ControlError> {
    let added = control.add_secret(&application).await?;
    Ok((StatusCode::CREATED, Reply(added)))
}

/// Ends a secret of an application at once.
#[utoipa::path(
    delete,
    path = "/api/v1/applications/{application}/secrets/{secret}",
    operation_id = "removeApplicationSecret",
    tag = "applications",
    params(("application" = String, Path, description = "Its name or client id"), ("secret" = String, Path, description = "The secret's id")),
    responses(
        (status = NO_CONTENT, description = "It is removed"),
        (status = NOT_FOUND, description = "There is no such application or secret", body = Problem),
        (status = CONFLICT, description = "It is the application's only secret", body = Problem),
    )
)]
pub(crate) async fn remove_secret(
    State(control): State<Control>,
    Path((application, secret)): Path<(String, String)>,
) -> Result<StatusCode, ControlError> {
    control.remove_secret(&application, &secret).await?;
    Ok(StatusCode::NO_CONTENT)
}
