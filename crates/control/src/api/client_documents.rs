//! `/api/v1/client-documents`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use shukuba_model::wire::{DocumentImport, DocumentImported};

use super::extract::Json;
use crate::{Control, ControlError};

/// `POST`: keeps the metadata document of a client, which is never fetched then.
pub(crate) async fn import(
    State(control): State<Control>,
    Json(body): Json<DocumentImport>,
) -> Result<(StatusCode, Reply<DocumentImported>), ControlError> {
    let imported = control.import_document(body).await?;
    Ok((StatusCode::CREATED, Reply(imported)))
}
