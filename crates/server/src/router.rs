//! Which part answers: decided by the first path segment, nothing else.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use shukuba_control::Control;
use shukuba_dataplane::DataPlane;
use shukuba_model::PublicOrigin;
use shukuba_model::journey::Journeys;
use tower::ServiceExt as _;

use crate::journey::Asked;
use crate::listen::Handler;

/// What goes wrong while a body streams.
type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// Every part's response body.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// The parts that answer.
#[derive(Clone)]
pub(crate) struct Router {
    dataplane: DataPlane,
    issuer: axum::Router,
    control: axum::Router,
    console: axum::Router,
    journeys: Journeys,
    /// Whether browsers may be told to come by https only.
    https_only: bool,
}

impl Router {
    /// Takes the parts.
    pub(crate) fn new(
        dataplane: DataPlane,
        issuer: axum::Router,
        control: &Control,
        journeys: Journeys,
        origin: &PublicOrigin,
    ) -> Self {
        Self {
            dataplane,
            issuer,
            control: control.router(),
            console: control.console(),
            journeys,
            // On localhost the promise would bind every other program's port too.
            https_only: origin.is_https() && !origin.is_loopback(),
        }
    }

    /// The router as the listener takes it.
    pub(crate) fn handler(self) -> Handler {
        Arc::new(move |request| Box::pin(self.clone().route(request)))
    }

    async fn route(self, request: Request<Incoming>) -> Response<Body> {
        let journeys = self.journeys.clone();
        let asked = Asked::of(&request);
        let mut answer = self.answer(request).await;
        asked.answered(&mut answer, &journeys);
        answer
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path();
        if self.dataplane.serves(path) {
            let mut response = self.dataplane.handle(request).await;
            secure(response.headers_mut(), self.https_only);
            return response.map(|body| body.map_err(BodyError::from).boxed_unsync());
        }
        let part = if path.starts_with("/api/") {
            self.control
        } else if is_of_console(path) {
            self.console
        } else {
            self.issuer
        };
        let Ok(mut response) = part.oneshot(request).await;
        secure(response.headers_mut(), self.https_only);
        response.map(|body| body.map_err(BodyError::from).boxed_unsync())
    }
}

fn is_of_console(path: &str) -> bool {
    let rest = path.strip_prefix("/console");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Headers that hold for pages, documents and what hosted servers answer alike;
/// a part's own are kept.
fn secure(headers: &mut HeaderMap, https_only: bool) {
    let mut say = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    say(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Addresses of pages hold codes and one-time links.
    say(REFERRER_POLICY, "no-referrer");
    if https_only {
        say(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_headers_are_added_and_a_parts_own_are_kept() {
        let mut headers = HeaderMap::new();
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        secure(&mut headers, false);
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "same-origin");
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
        secure(&mut headers, true);
        assert_eq!(headers[STRICT_TRANSPORT_SECURITY], "max-age=31536000");
    }
}
