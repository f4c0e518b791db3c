//! `/api/v1/client-documents`.

use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use shukuba_model::wire::{DocumentImport, DocumentImported};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::{Control, ControlError};

/// Every route of clients' metadata documents.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default().routes(routes!(import))
}

/// Imports the metadata document of a client whose host this server cannot reach.
///
/// It is judged as a fetched one, and is never fetched from then on.
#[utoipa::path(
    post,
    path = "/api/v1/client-documents",
    operation_id = "importClientDocument",
    tag = "applications",
    request_body = DocumentImport,
    responses(
        (status = CREATED, description = "The client, and what was left out", body = DocumentImported),
    )
)]
pub(crate) async fn import(
    State(control): State<Control>,
    Json(body): Json<DocumentImport>,
) -> Result<(StatusCode, Reply<DocumentImported>), ControlError> {
    let imported = control.import_document(body).await?;
    Ok((StatusCode::CREATED, Reply(imported)))
}
