//! `/api/v1/audit`.

use axum::Json as Reply;
use axum::extract::State;
use serde::Deserialize;
use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_store::AuditFilter;

use super::extract::Query;
use crate::{Control, ControlError};

/// The most entries of one answer.
const MOST: u32 = 1000;

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

fn default_limit() -> u32 {
    100
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
        limit: query.limit.clamp(1, MOST),
    };
    control.audit(&filter).await.map(Reply)
}

/// `GET …/check`: whether the log is as it was written.
pub(crate) async fn check(
    State(control): State<Control>,
) -> Result<Reply<AuditCheckView>, ControlError> {
    control.check_audit().await.map(Reply)
}
