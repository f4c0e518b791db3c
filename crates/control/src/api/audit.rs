//! `/api/v1/audit`.

use axum::Json as Reply;
use axum::extract::State;
use serde::Deserialize;
use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_store::AuditFilter;

use super::extract::Query;
use super::paging::{default_limit, limit};
use crate::{Control, ControlError};

/// Which entries are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    before: Option<i64>,
    event: Option<String>,
    actor: Option<String>,
    client_id: Option<String>,
    #[serde(default = "default_limit")]
    limit: u32,
}

/// `GET`: entries, the newest first.
pub(crate) async fn list(
    State(control): State<Control>,
    Query(query): Query<AuditQuery>,
) -> Result<Reply<Vec<AuditView>>, ControlError> {
    let filter = AuditFilter {
        before: query.before,
        event: query.event,
        actor: query.actor,
        client_id: query.client_id,
        limit: limit(query.limit)?,
    };
    control.audit(&filter).await.map(Reply)
}

/// `GET …/check`: whether the log is as it was written.
pub(crate) async fn check(
    State(control): State<Control>,
) -> Result<Reply<AuditCheckView>, ControlError> {
    control.check_audit().await.map(Reply)
}
