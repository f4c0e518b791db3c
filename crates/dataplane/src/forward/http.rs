//! One exchange with an instance over HTTP/1.1.

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use shukuba_engine::Lease;
use shukuba_model::Route;

use super::body::{Parts, UpstreamBody};
use super::events::EventStream;
use super::headers;
use super::pool::{Connection, SendError};
use crate::Limits;
use crate::attach::exited;
use crate::fault::Fault;
use crate::inbound::{RequestBody, Seen};
use crate::reply::Body;
use crate::session::{MCP_SESSION, RUNTIME_SESSION};

/// Everything an exchange needs, owned: it may outlive the client's request.
pub(super) struct Exchange {
    pub(super) connection: Connection,
    pub(super) lease: Lease,
    pub(super) seen: Arc<Seen>,
    pub(super) method: Method,
    pub(super) begins_session: bool,
    pub(super) session: Option<HeaderValue>,
    pub(super) runtime_session: Option<HeaderValue>,
    /// The session whose GET stream is asked for.
    pub(super) stream_of: Option<HeaderValue>,
    pub(super) route: Arc<Route>,
    pub(super) limits: Limits,
    pub(super) outlives: bool,
}

/// How often, and after which pauses, a GET stream is asked for again.
const TAKE_OVER_ATTEMPTS: u32 = 20;
const TAKE_OVER_PAUSE: Duration = Duration::from_millis(50);

impl Exchange {
    /// Sends the request and waits for the head of the answer.
    pub(super) async fn run(
        mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Body>, Fault> {
        match self.send(request).await {
            Ok(answer) => {
                self.keep_session(&answer);
                Ok(self.answer(answer))
            }
            Err(error) => {
                tracing::debug!(runtime = %self.route.name, %error, "an instance did not answer");
                Err(self.failure().await)
            }
        }
    }

    async fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, SendError> {
        let Some(session) = self.stream_of.clone() else {
            return self.connection.send(request).await;
        };
        let again = without_body(&request);
        let answer = self.connection.send(request).await?;
        let conflict = answer.status() == StatusCode::CONFLICT;
        let answer = if conflict && self.connection.cut_stream_of(&session) {
            self.take_over(&again).await?
        } else {
            answer
        };
        if answer.status().is_success() {
            self.connection.stand_for(&session);
        }
        Ok(answer)
    }

    /// Asks again for a GET stream of which the server allows one only, after
    /// the one before was cut: its client reconnects because it has lost that
    /// one, which the server may take minutes to notice.
    async fn take_over(&mut self, again: &Request<()>) -> Result<Response<Incoming>, SendError> {
        let mut attempts = TAKE_OVER_ATTEMPTS;
        loop {
            tokio::time::sleep(TAKE_OVER_PAUSE).await;
            // The answer before was not read, so its connection is not free.
            self.connection.renew().await?;
            let request = without_body(again).map(|()| RequestBody::none());
            let answer = self.connection.send(request).await?;
            attempts -= 1;
            if answer.status() != StatusCode::CONFLICT || attempts == 0 {
                return Ok(answer);
            }
        }
    }

    async fn failure(self) -> Fault {
        let Self {
            connection,
            lease,
            seen,
            limits,
            ..
        } = self;
        drop(connection);
        match seen.fault(limits.body) {
            Some(fault) => fault,
            None => Fault::Died(exited(&lease).await),
        }
    }

    /// Ties the session the instance has begun to it, or unties the one it has ended.
    fn keep_session(&self, answer: &Response<Incoming>) {
        if !answer.status().is_success() {
            return;
        }
        let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
        let given = answer.headers().get(MCP_SESSION);
        if self.method == Method::DELETE {
            if let Some(ended) = self.session.as_ref().and_then(text) {
                self.lease.forget_session(&ended);
            }
        } else if given.is_some() && given != self.session.as_ref() {
            if let Some(begun) = given.and_then(text) {
                self.lease.remember_session(&begun);
            }
        } else if self.begins_session {
            self.lease.adopt_for_principal();
        }
    }

    fn answer(self, answer: Response<Incoming>) -> Response<Body> {
        let (mut head, incoming) = answer.into_parts();
        head.version = Version::HTTP_11;
        headers::to_client(&mut head.headers);
        if let Some(session) = self.runtime_session {
            head.headers.entry(RUNTIME_SESSION).or_insert(session);
        }
        let body = UpstreamBody::new(Parts {
            incoming,
            events: EventStream::of(&head.headers, self.limits.keep_alive),
            connection: self.connection,
            lease: self.lease,
            // Only a request's own stream has an answer that can be missing.
            owed: (self.method == Method::POST).then_some(self.seen),
            route: self.route,
            abandoned: self.outlives.then_some(self.limits.abandoned),
        });
        Response::from_parts(head, Body::upstream(body))
    }
}

fn without_body<T>(request: &Request<T>) -> Request<()> {
    let mut copy = Request::new(());
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    copy
}
