//! `/api/v1/bundles/{sha256}`: uploads of project code.

use axum::body::Body;
use axum::extract::{Path, State};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::StatusCode;

use crate::{Control, ControlError};

/// `PUT`: stores the body under its digest; 200 when it was there already.
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
