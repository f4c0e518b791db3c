//! `/api/v1/audit`.

use axum::Json as Reply;
use axum::extract::State;
use serde::Deserialize;
use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_store::AuditFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Query;
use super::paging::{default_limit, limit};
use crate::ops::span::Span;
use crate::{Control, ControlError};

/// Every route of the audit log.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(check))
}

/// Which entries are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    /// Only what comes after the entry of this number.
    before: Option<i64>,
    /// Only what was recorded at this time or later: seconds since 1970, or a time
    /// in UTC such as `2026-11-29T16:15`, or one with an offset. A date alone means
    /// its first second.
    since: Option<String>,
    /// Only what was recorded before this time, written as `since`.
    until: Option<String>,
    /// Only this event.
    event: Option<String>,
    /// Only what this one did: `operator`, or the id of a person.
    actor: Option<String>,
    /// Only what was done with this client.
    client_id: Option<String>,
    /// The most entries of the answer.
    #[serde(default = "default_limit")]
    #[param(default = 100, minimum = 1, maximum = 1000)]
    limit: u32,
}

/// Lists entries of the audit log, the newest first.
///
/// What comes after the last of an answer: ask the same with its number in `before`.
/// The whole log stands in the order of its numbers, what is filtered in the order
/// of time; the two differ where the clock was set back.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "listAudit",
    tag = "audit",
    params(AuditQuery),
    responses(
        (status = OK, description = "The entries", body = Vec<AuditView>),
    )
)]
pub(crate) async fn list(
    State(control): State<Control>,
    Query(query): Query<AuditQuery>,
) -> Result<Reply<Vec<AuditView>>, ControlError> {
    let [since, until] = [&query.since, &query.until].map(|end| end.as_deref().unwrap_or_default());
    let Span { since, until } = Span::parse(since, until)?;
    let filter = AuditFilter {
        before: query.before,
        since,
        until,
        event: query.event,
        actor: query.actor,
        client_id: query.client_id,
        person: None,
        limit: limit(query.limit)?,
    };
    control.audit(&filter).await.map(Reply)
}

/// Checks that the audit log is as it was written.
///
/// Every entry carries a hash of itself and of the entry before it.
#[utoipa::path(
    get,
    path = "/api/v1/audit/check",
    operation_id = "checkAudit",
    tag = "audit",
    responses(
        (status = OK, description = "What came out", body = AuditCheckView),
    )
)]
pub(crate) async fn check(
    State(control): State<Control>,
) -> Result<Reply<AuditCheckView>, ControlError> {
    control.check_audit().await.map(Reply)
}
