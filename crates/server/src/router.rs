//! Which part answers: decided by the first path segment, nothing else.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use shukuba_dataplane::DataPlane;
use tower::ServiceExt as _;

/// What goes wrong while a body streams.
type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// Every part's response body.
type Body = UnsyncBoxBody<Bytes, BodyError>;

/// The parts that answer.
#[derive(Clone)]
pub(crate) struct Router {
    dataplane: DataPlane,
    issuer: axum::Router,
    control: axum::Router,
}

impl Router {
    /// Takes the parts.
    pub(crate) fn new(dataplane: DataPlane, issuer: axum::Router, control: axum::Router) -> Self {
        Self {
            dataplane,
            issuer,
            control,
        }
    }

    async fn route(self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path();
        if self.dataplane.serves(path) {
            let response = self.dataplane.handle(request).await;
            return response.map(|body| body.map_err(BodyError::from).boxed_unsync());
        }
        let part = if path.starts_with("/api/") {
            self.control
        } else {
            self.issuer
        };
        let Ok(response) = part.oneshot(request).await;
        response.map(|body| body.map_err(BodyError::from).boxed_unsync())
    }
}

impl hyper::service::Service<Request<Incoming>> for Router {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let router = self.clone();
        Box::pin(async move { Ok(router.route(request).await) })
    }
}
