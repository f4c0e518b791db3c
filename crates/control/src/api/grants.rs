//! `/api/v1/grants`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::ClientId;
use shukuba_model::wire::{GrantView, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query};
use super::paging::{default_limit, limit};
use crate::{Control, ControlError};

/// Every route of grants.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(revoke))
}

/// Which grants are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantQuery {
    /// Only what this person allowed; a name or an id.
    user: Option<String>,
    /// Only what this client was allowed.
    #[param(value_type = Option<String>)]
    client_id: Option<ClientId>,
    /// Only grants after this one, by its id: the next page.
    after: Option<String>,
    /// The most grants of the answer.
    #[serde(default = "default_limit")]
    #[param(default = 100, minimum = 1, maximum = 1000)]
    limit: u32,
}

/// Lists the live grants, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/grants",
    operation_id = "listGrants",
    tag = "grants",
    params(GrantQuery),
    responses(
        (status = OK, description = "The grants", body = Vec<GrantView>),
        (status = NOT_FOUND, description = "There is no such user", body = Problem),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
    Query(query): Query<GrantQuery>,
) -> Result<Reply<Vec<GrantView>>, ControlError> {
    control
        .grants(
            query.user.as_deref(),
            query.client_id.as_ref(),
            query.after.as_deref(),
            limit(query.limit)?,
        )
        .await
        .map(Reply)
}

/// Ends a grant and every token of it, at once.
#[utoipa::path(
    delete,
    path = "/api/v1/grants/{grant}",
    operation_id = "revokeGrant",
    tag = "grants",
    params(("grant" = String, Path, description = "Its id")),
    responses(
        (status = NO_CONTENT, description = "It is ended"),
        (status = NOT_FOUND, description = "There is no such grant", body = Problem),
    )
)]
pub(crate) async fn revoke(
    State(control): State<Control>,
    Path(grant): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.revoke_grant(&grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
