//! Bodies, queries and paths that explain themselves when they do not parse.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};

use crate::ControlError;

/// A JSON body; what is wrong with it is said.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(ControlError))]
pub(crate) struct Json<T>(pub(crate) T);

/// A query string; what is wrong with it is said.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ControlError))]
pub(crate) struct Query<T>(pub(crate) T);

/// What the path names; what is wrong with it is said.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ControlError))]
pub(crate) struct Path<T>(pub(crate) T);

impl From<JsonRejection> for ControlError {
    fn from(rejection: JsonRejection) -> Self {
        Self::invalid(format!(
            "the body is not what this call takes: {}",
            rejection.body_text()
        ))
    }
}

impl From<QueryRejection> for ControlError {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid(format!(
            "the query is not what this call takes: {}",
            rejection.body_text()
        ))
    }
}

impl From<PathRejection> for ControlError {
    fn from(rejection: PathRejection) -> Self {
        Self::invalid(format!(
            "the path is not what this call takes: {}",
            rejection.body_text()
        ))
    }
}
