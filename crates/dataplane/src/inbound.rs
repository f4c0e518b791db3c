//! The body of a request: looked into only when a rule needs it, and
//! forwarded as it came.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use crate::fault::Fault;
use crate::message;

/// How much of a body is kept at hand to find its request id.
const ID_CAP: usize = 64 * 1024;
/// How long a refused client may take to send what its request id is in.
const ID_PATIENCE: Duration = Duration::from_secs(5);
/// How much, and how long, is still read of a request that was refused.
/// Closing at once would reset the connection under the answer.
const DISCARD_CAP: usize = 16 * 1024 * 1024;
const DISCARD_PATIENCE: Duration = Duration::from_secs(5);

/// A request's body before it is forwarded, and the memory of it afterwards.
pub(crate) struct Inbound {
    ahead: VecDeque<Bytes>,
    ahead_length: usize,
    rest: Option<Incoming>,
    taken: bool,
    limit: u64,
    seen: Arc<Seen>,
}

/// What a look ahead found.
pub(crate) enum Peeked {
    /// The whole body.
    Whole(Bytes),
    /// More than was to be read.
    Longer,
    /// The client broke off.
    Broken,
}

impl Inbound {
    pub(crate) fn new(body: Incoming, limit: u64) -> Self {
        Self {
            ahead: VecDeque::new(),
            ahead_length: 0,
            rest: Some(body).filter(|body| !body.is_end_stream()),
            taken: false,
            limit,
            seen: Arc::default(),
        }
    }

    /// Reads ahead up to `cap` bytes; all of it will still be forwarded.
    pub(crate) async fn peek(&mut self, cap: usize) -> Peeked {
        while let Some(rest) = &mut self.rest {
            if self.ahead_length > cap {
                return Peeked::Longer;
            }
            match rest.frame().await {
                None => self.rest = None,
                Some(Err(_)) => {
                    self.seen.trouble(Trouble::Broken);
                    return Peeked::Broken;
                }
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.ahead_length += data.len();
                        self.ahead.push_back(data);
                    }
                    self.rest = self.rest.take().filter(|rest| !rest.is_end_stream());
                }
            }
        }
        Peeked::Whole(self.joined())
    }

    fn joined(&mut self) -> Bytes {
        if self.ahead.len() > 1 {
            let mut joined = BytesMut::with_capacity(self.ahead_length);
            for part in self.ahead.drain(..) {
                joined.extend_from_slice(&part);
            }
            self.ahead.push_back(joined.freeze());
        }
        self.ahead.front().cloned().unwrap_or_default()
    }

    /// The id of the JSON-RPC request in the body, when it can be had without
    /// reading or keeping much.
    pub(crate) async fn request_id(&mut self) -> Option<Box<RawValue>> {
        match tokio::time::timeout(ID_PATIENCE, self.look()).await {
            Ok(Peeked::Whole(body)) => message::request_id(&body),
            _ => None,
        }
    }

    /// Looks at the body; one that was taken is had back first. An instance may
    /// have died before it read any of it.
    async fn look(&mut self) -> Peeked {
        if self.taken {
            let left = self.seen.left().await;
            self.taken = false;
            let Some(mut ahead) = self.seen.parts() else {
                return Peeked::Longer;
            };
            ahead.extend(left.ahead);
            self.ahead_length = ahead.iter().map(Bytes::len).sum();
            self.ahead = ahead;
            self.rest = left.rest;
        }
        self.peek(ID_CAP).await
    }

    /// The body, to be forwarded.
    pub(crate) fn take(&mut self) -> RequestBody {
        self.taken = true;
        RequestBody {
            ahead: std::mem::take(&mut self.ahead),
            ahead_length: self.ahead_length as u64,
            rest: self.rest.take(),
            passed: 0,
            limit: self.limit,
            seen: Arc::clone(&self.seen),
        }
    }

    /// What has been seen of the body, also after it was taken.
    pub(crate) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    /// Gives up on the body.
    pub(crate) fn discard(self) {
        let Some(mut rest) = self.rest else { return };
        tokio::spawn(tokio::time::timeout(DISCARD_PATIENCE, async move {
            let mut read = 0;
            while let Some(Ok(frame)) = rest.frame().await {
                read += frame.data_ref().map_or(0, Bytes::len);
                if read > DISCARD_CAP {
                    return;
                }
            }
        }));
    }
}

/// What passed of a body: references to its first bytes, and what went wrong.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    passed: Mutex<Passed>,
    /// Told when the body is forwarded no further.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Passed {
    parts: Vec<Bytes>,
    length: usize,
    trouble: Option<Trouble>,
    left: Option<Left>,
}

/// What of a body was not forwarded.
#[derive(Debug, Default)]
struct Left {
    ahead: VecDeque<Bytes>,
    rest: Option<Incoming>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    TooLarge,
    Broken,
}

impl Seen {
    fn pass(&self, data: &Bytes) {
        let mut passed = self.passed.lock();
        passed.length += data.len();
        if passed.length <= ID_CAP {
            passed.parts.push(data.clone());
        } else {
            passed.parts = Vec::new();
        }
    }

    fn trouble(&self, trouble: Trouble) {
        self.passed.lock().trouble = Some(trouble);
    }

    fn end(&self, left: Left) {
        self.passed.lock().left = Some(left);
        self.ended.notify_one();
    }

    /// What was not forwarded, once it is known.
    async fn left(&self) -> Left {
        loop {
            if let Some(left) = self.passed.lock().left.take() {
                return left;
            }
            self.ended.notified().await;
        }
    }

    /// What passed, while it is at hand.
    fn parts(&self) -> Option<VecDeque<Bytes>> {
        let passed = self.passed.lock();
        (passed.length <= ID_CAP).then(|| passed.parts.iter().cloned().collect())
    }

    /// The id of the JSON-RPC request that passed.
    pub(crate) fn request_id(&self) -> Option<Box<RawValue>> {
        let passed = self.passed.lock();
        match passed.parts.as_slice() {
            [whole] => message::request_id(whole),
            parts => message::request_id(&parts.concat()),
        }
    }

    /// What the client did wrong with its body, if it did.
    pub(crate) fn fault(&self, limit: u64) -> Option<Fault> {
        self.passed.lock().trouble.map(|trouble| match trouble {
            Trouble::TooLarge => Fault::BodyTooLarge { limit },
            Trouble::Broken => Fault::BodyBroken,
        })
    }
}

/// Why a request's body is not forwarded to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestBodyError {
    #[error("the client's body broke off: {0}")]
    Broken(hyper::Error),
    #[error("the client's body is larger than {0} bytes")]
    TooLarge(u64),
}

/// A request's body on its way to the instance.
pub(crate) struct RequestBody {
    ahead: VecDeque<Bytes>,
    ahead_length: u64,
    rest: Option<Incoming>,
    passed: u64,
    limit: u64,
    seen: Arc<Seen>,
}

impl RequestBody {
    /// The body of a request that has none.
    pub(crate) fn none() -> Self {
        Self {
            ahead: VecDeque::new(),
            ahead_length: 0,
            rest: None,
            passed: 0,
            limit: 0,
            seen: Arc::default(),
        }
    }

    fn pass(&mut self, data: Bytes) -> Result<Frame<Bytes>, RequestBodyError> {
        self.passed += data.len() as u64;
        if self.passed > self.limit {
            self.seen.trouble(Trouble::TooLarge);
            return Err(RequestBodyError::TooLarge(self.limit));
        }
        self.seen.pass(&data);
        Ok(Frame::data(data))
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.seen.end(Left {
            ahead: std::mem::take(&mut self.ahead),
            rest: self.rest.take(),
        });
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = RequestBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestBodyError>>> {
        if let Some(data) = self.ahead.pop_front() {
            self.ahead_length -= data.len() as u64;
            return Poll::Ready(Some(self.pass(data)));
        }
        loop {
            let Some(rest) = &mut self.rest else {
                return Poll::Ready(None);
            };
            let polled = std::task::ready!(Pin::new(rest).poll_frame(context));
            match polled {
                None => self.rest = None,
                Some(Err(error)) => {
                    self.rest = None;
                    self.seen.trouble(Trouble::Broken);
                    return Poll::Ready(Some(Err(RequestBodyError::Broken(error))));
                }
                // Trailers are dropped: no revision of MCP has any.
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(self.pass(data)));
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ahead.is_empty() && self.rest.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self
            .rest
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + self.ahead_length);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + self.ahead_length);
        }
        hint
    }
}
