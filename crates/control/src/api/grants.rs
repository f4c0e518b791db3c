//! `/api/v1/grants`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::ClientId;
use shukuba_model::wire::GrantView;

use super::extract::Query;
use super::paging::{default_limit, limit};
use crate::{Control, ControlError};

/// Which grants are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantQuery {
    user: Option<String>,
    client_id: Option<ClientId>,
    after: Option<String>,
    #[serde(default = "default_limit")]
    limit: u32,
}

/// `GET`: the live grants, newest first.
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

/// `DELETE` of one: ends it and its tokens at once.
pub(crate) async fn revoke(
    State(control): State<Control>,
    Path(grant): Path<String>,
) -> Result<StatusCode, ControlError> {
    control.revoke_grant(&grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
