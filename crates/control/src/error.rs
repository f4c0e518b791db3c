//! Why an operation was not carried out.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use shukuba_model::wire::Problem;

/// An operation that was not carried out, with the words for its caller.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The request names something that does not exist.
    #[error("{0}")]
    NotFound(String),
    /// The request collides with what exists.
    #[error("{message}")]
    Conflict {
        /// What collides.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The request cannot be understood or must not be carried out.
    #[error("{message}")]
    Invalid {
        /// Which input is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The address is none of this API's, or does not take the method.
    #[error("there is no {method} {path}")]
    NoSuchRoute {
        /// The request's method.
        method: http::Method,
        /// The request's path.
        path: String,
        /// Whether the path takes other methods.
        path_known: bool,
    },
    /// The caller is not the operator.
    #[error("this call needs the operator's key")]
    Unauthorized,
    /// A part of the server failed; the cause goes to the log only.
    #[error("the server could not do this; its log says why")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ControlError {
    /// An input that is wrong, without a hint.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            hint: None,
        }
    }

    /// A failure of a part of the server.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// The closed, countable word for it.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_)
            | Self::NoSuchRoute {
                path_known: false, ..
            } => "not_found",
            Self::NoSuchRoute {
                path_known: true, ..
            } => "method_not_allowed",
            Self::Conflict { .. } => "conflict",
            Self::Invalid { .. } => "invalid",
            Self::Unauthorized => "unauthorized",
            Self::Internal(_) => "internal",
        }
    }

    /// The body that tells the caller.
    pub fn problem(&self) -> Problem {
        let hint = match self {
            Self::Conflict { hint, .. } | Self::Invalid { hint, .. } => hint.clone(),
            Self::Unauthorized => Some(
                "send it as a bearer token; it lies in the file operator.key of the data directory"
                    .to_owned(),
            ),
            Self::NoSuchRoute { .. } => {
                Some("GET /api/v1/openapi.json names every route and what it takes".to_owned())
            }
            Self::NotFound(_) | Self::Internal(_) => None,
        };
        Problem {
            error: self.reason().to_owned(),
            message: self.to_string(),
            hint,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_)
            | Self::NoSuchRoute {
                path_known: false, ..
            } => StatusCode::NOT_FOUND,
            Self::NoSuchRoute {
                path_known: true, ..
            } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<shukuba_store::StoreError> for ControlError {
    fn from(error: shukuba_store::StoreError) -> Self {
        use shukuba_store::StoreError;
        match error {
            StoreError::Conflict { what } => Self::Conflict {
                message: what,
                hint: None,
            },
            StoreError::NotFound { .. } => Self::NotFound(error.to_string()),
            StoreError::WeakSecret { .. } => Self::invalid(error.to_string()),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!(cause = %cause, "an administration call failed");
        }
        let mut response = (self.status(), Json(self.problem())).into_response();
        if matches!(self, Self::Unauthorized) {
            response.headers_mut().insert(
                http::header::WWW_AUTHENTICATE,
                http::HeaderValue::from_static("Bearer realm=\"operator\""),
            );
        }
        response
    }
}
