//! The body of every answer: our own bytes, or what an instance sends.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use http_body::{Frame, SizeHint};

use crate::account::Account;
use crate::forward::UpstreamBody;

/// Why the body of an answer ended early; the connection is closed then.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The instance's answer broke off.
    #[error("the server's answer broke off: {0}")]
    Upstream(#[from] hyper::Error),
}

/// The body of an answer.
#[derive(Debug)]
pub struct Body {
    content: Content,
    // Told when the body is dropped: the request is over then, and not before.
    account: Option<Box<Account>>,
}

#[derive(Debug)]
enum Content {
    Own(Option<Bytes>),
    Upstream(Box<UpstreamBody>),
}

impl Body {
    /// No bytes at all.
    pub(crate) fn empty() -> Self {
        Self::own(None)
    }

    fn own(bytes: Option<Bytes>) -> Self {
        Self {
            content: Content::Own(bytes.filter(|bytes| !bytes.is_empty())),
            account: None,
        }
    }

    /// What an instance sends.
    pub(crate) fn upstream(body: UpstreamBody) -> Self {
        Self {
            content: Content::Upstream(Box::new(body)),
            account: None,
        }
    }

    /// Closes `account` when this body has been sent or given up.
    pub(crate) fn accounted(self, account: Box<Account>) -> Self {
        Self {
            account: Some(account),
            ..self
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = match &mut self.content {
            Content::Own(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Content::Upstream(body) => Pin::new(body.as_mut()).poll_frame(context),
        };
        if let (Some(account), Poll::Ready(frame)) = (&mut self.account, &polled) {
            account.sent(frame.as_ref());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Own(bytes) => bytes.is_none(),
            Content::Upstream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Own(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Content::Upstream(body) => body.size_hint(),
        }
    }
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

/// An answer of ours, in JSON. It is about one request, so nobody keeps it.
pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut answer = Response::new(Body::own(Some(Bytes::from(body))));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Names the methods that would have been answered (RFC 9110 section 10.2.1).
pub(crate) fn allowing(mut answer: Response<Body>, methods: &'static str) -> Response<Body> {
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    answer
}
