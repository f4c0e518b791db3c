//! `/api/v1/bundles/{sha256}`: uploads of project code.

use axum::body::Body;
use axum::extract::State;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Path;
use crate::{Control, ControlError};

/// Every route of uploads.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default().routes(routes!(upload))
}

/// Stores project code under its digest: a gzip-compressed tar of up to 250 MiB.
#[utoipa::path(
    put,
    path = "/api/v1/bundles/{sha256}",
    operation_id = "uploadBundle",
    tag = "runtimes",
    params(("sha256" = String, Path, description = "SHA-256 of the body in lower-case hex")),
    request_body(content_type = "application/gzip", description = "The packed project"),
    responses(
        (status = CREATED, description = "It is stored"),
        (status = OK, description = "It was there already"),
    )
)]
pub(crate) async fn upload(
    State(control): State<Control>,
    Path(sha256): Path<String>,
    body: Body,
) -> Result<StatusCode, ControlError> {
    let chunks = body
        .into_data_stream()
        .map_err(std::io::Error::other)
        .boxed();
    let new = control.store_bundle(&sha256, chunks).await?;
    Ok(if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    })
}
