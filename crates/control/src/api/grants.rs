//! `/api/v1/grants`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::ClientId;
use shukuba_model::wire::GrantView;

use super::extract::Query;
use crate::{Control, ControlError};

/// The most grants of one answer.
const MOST: u32 = 1000;

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

fn default_limit() -> u32 {
    100
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
            query.limit.clamp(1, MOST),
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
