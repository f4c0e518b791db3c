//! The audit log as a file: a line of JSON for each entry, the newest first.

use std::io;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use shukuba_store::AuditFilter;

use super::{Asked, wrong};
use crate::console::texts;
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// How many entries are read at once.
const BATCH: u32 = 1000;

/// `GET /console/audit/export`: every entry of the filter, however many: read
/// while it is sent, so that memory holds one batch.
pub(in crate::console) async fn export(
    State(control): State<Control>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    let span = match asked.span(texts::audit(visit.language)) {
        Ok(span) => span,
        Err(problem) => return wrong(&visit, asked, problem),
    };
    let filter = match asked.filter(&control, span, BATCH).await {
        Ok(filter) => filter,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let batches = try_unfold(Some(filter), move |filter| {
        let control = control.clone();
        async move {
            match filter {
                Some(filter) => batch(&control, filter).await,
                None => Ok(None),
            }
        }
    });
    let mut response = Body::from_stream(batches).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "application/jsonl"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"shukuba-audit.jsonl\"",
        ),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The lines of some entries, and what to ask for the next ones.
async fn batch(
    control: &Control,
    filter: AuditFilter,
) -> Result<Option<(Bytes, Option<AuditFilter>)>, io::Error> {
    let entries = control.audit(&filter).await.map_err(broken_off)?;
    let Some(last) = entries.last().map(|entry| entry.seq) else {
        return Ok(None);
    };
    let mut lines = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    let next = AuditFilter {
        before: Some(last),
        ..filter
    };
    Ok(Some((lines.into(), Some(next))))
}

/// The answer has begun, so that only its end can tell.
fn broken_off(error: ControlError) -> io::Error {
    tracing::error!(%error, "an export of the audit log broke off");
    io::Error::other(error)
}
