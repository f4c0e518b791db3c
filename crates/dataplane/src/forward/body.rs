//! The answer's body on its way to the client.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use shukuba_engine::{ExitFacts, Lease};
use shukuba_model::Route;
use tokio::runtime::Handle;

use super::events::EventStream;
use super::pool::Connection;
use crate::attach::exited;
use crate::fault;
use crate::inbound::Seen;
use crate::reply::BodyError;

/// What an answer's body is made of.
pub(super) struct Parts {
    /// What the instance sends.
    pub(super) incoming: Incoming,
    /// Set when it is an event stream.
    pub(super) events: Option<EventStream>,
    /// Where it comes from; kept for the next request at the end.
    pub(super) connection: Connection,
    /// Keeps the instance for as long as it sends.
    pub(super) lease: Lease,
    /// The request, when the stream owes it an answer.
    pub(super) owed: Option<Arc<Seen>>,
    /// The runtime.
    pub(super) route: Arc<Route>,
    /// How long the rest is received for nobody when the client has gone;
    /// `None` cancels the request instead.
    pub(super) abandoned: Option<Duration>,
}

/// An answer's body. Frames pass as they come, one at a time: a client that
/// does not read stops the instance, not our memory.
pub(crate) struct UpstreamBody(State);

enum State {
    /// The instance sends.
    Streaming(Parts),
    /// The stream broke off between two events: how did the instance end?
    Broken(Pin<Box<dyn Future<Output = Verdict> + Send>>),
    /// Nothing more comes.
    Ended,
}

/// What a broken stream ends with: an error event for the request, or the error itself.
type Verdict = Result<Bytes, hyper::Error>;

impl UpstreamBody {
    pub(super) fn new(parts: Parts) -> Self {
        let mut body = Self(State::Streaming(parts));
        body.end_if_complete();
        body
    }

    /// A body of known length is not polled again after its last byte, so its
    /// end must be seen here.
    fn end_if_complete(&mut self) {
        if matches!(&self.0, State::Streaming(parts) if parts.incoming.is_end_stream()) {
            self.end();
        }
    }

    fn end(&mut self) {
        if let State::Streaming(parts) = std::mem::replace(&mut self.0, State::Ended) {
            parts.connection.keep();
        }
    }

    fn break_off(&mut self, error: hyper::Error) -> Option<BodyError> {
        let State::Streaming(parts) = std::mem::replace(&mut self.0, State::Ended) else {
            return Some(error.into());
        };
        let between = parts
            .events
            .as_ref()
            .is_some_and(EventStream::is_between_events);
        match parts.owed {
            Some(seen) if between => {
                let verdict = verdict(parts.lease, seen, parts.route, error);
                self.0 = State::Broken(Box::pin(verdict));
                None
            }
            _ => Some(error.into()),
        }
    }

    pub(crate) fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let State::Streaming(parts) = &mut self.0 {
            match Pin::new(&mut parts.incoming).poll_frame(context) {
                Poll::Pending => return parts.poll_comment(context),
                Poll::Ready(None) => self.end(),
                Poll::Ready(Some(Ok(frame))) => {
                    if let (Some(events), Some(data)) = (&mut parts.events, frame.data_ref()) {
                        events.passed(data);
                    }
                    self.end_if_complete();
                    return Poll::Ready(Some(Ok(frame)));
                }
                Poll::Ready(Some(Err(error))) => {
                    if let Some(error) = self.break_off(error) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
        match &mut self.0 {
            State::Broken(verdict) => {
                let verdict = std::task::ready!(verdict.as_mut().poll(context));
                self.0 = State::Ended;
                Poll::Ready(Some(verdict.map(Frame::data).map_err(BodyError::from)))
            }
            State::Streaming(_) | State::Ended => Poll::Ready(None),
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        matches!(self.0, State::Ended)
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        match &self.0 {
            State::Streaming(parts) if parts.events.is_none() => parts.incoming.size_hint(),
            State::Streaming(_) | State::Broken(_) => SizeHint::default(),
            State::Ended => SizeHint::with_exact(0),
        }
    }
}

impl Parts {
    fn poll_comment(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.events {
            Some(events) => events
                .poll_comment(context)
                .map(|comment| Some(Ok(Frame::data(comment)))),
            None => Poll::Pending,
        }
    }

    /// Receives the rest for nobody.
    async fn drain(mut self) {
        while let Some(frame) = self.incoming.frame().await {
            if frame.is_err() {
                return;
            }
        }
        self.connection.keep();
    }
}

/// Where the instance has died, its client is told so in the stream: an
/// answer that just ends would leave the request waiting.
async fn verdict(lease: Lease, seen: Arc<Seen>, route: Arc<Route>, error: hyper::Error) -> Verdict {
    let facts: Option<ExitFacts> = exited(&lease).await;
    match (facts, seen.request_id()) {
        (Some(facts), Some(id)) => {
            let message = fault::died_midway(&facts, route.name.as_str(), &id);
            let mut event = b"event: message\ndata: ".to_vec();
            event.extend_from_slice(&message);
            event.extend_from_slice(b"\n\n");
            Ok(Bytes::from(event))
        }
        _ => Err(error),
    }
}

impl Drop for UpstreamBody {
    fn drop(&mut self) {
        let State::Streaming(parts) = std::mem::replace(&mut self.0, State::Ended) else {
            return;
        };
        // Without a runtime the program is ending, and the answer with it.
        if let (Some(limit), Ok(runtime)) = (parts.abandoned, Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(limit, parts.drain()));
        }
    }
}

impl fmt::Debug for UpstreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.0 {
            State::Streaming(_) => "streaming",
            State::Broken(_) => "broken",
            State::Ended => "ended",
        };
        write!(f, "UpstreamBody({state})")
    }
}
