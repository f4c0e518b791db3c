//! Keeping event streams alive: a comment where no event would be torn apart.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use tokio::time::{Instant, Sleep};

/// A comment and an empty line: no event is dispatched by it (WHATWG HTML,
/// section 9.2.6).
const COMMENT: Bytes = Bytes::from_static(b": keep-alive\n\n");

/// Watches an event stream as it passes.
#[derive(Debug)]
pub(super) struct EventStream {
    interval: Duration,
    timer: Pin<Box<Sleep>>,
    end: End,
}

impl EventStream {
    /// For an answer that is an event stream into which something may be written.
    pub(super) fn of(headers: &HeaderMap, interval: Duration) -> Option<Self> {
        let is_stream = headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let is_fixed =
            headers.contains_key(CONTENT_LENGTH) || headers.contains_key(CONTENT_ENCODING);
        (is_stream && !is_fixed).then(|| Self {
            interval,
            timer: Box::pin(tokio::time::sleep(interval)),
            end: End::default(),
        })
    }

    /// Takes note of what the instance sent.
    pub(super) fn passed(&mut self, data: &[u8]) {
        self.end.passed(data);
        self.rest();
    }

    /// Whether everything sent so far is whole events.
    pub(super) fn is_between_events(&self) -> bool {
        self.end.is_between_events()
    }

    /// A comment, when the stream has been silent for long.
    pub(super) fn poll_comment(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        std::task::ready!(self.timer.as_mut().poll(context));
        self.rest();
        if !self.end.is_between_events() {
            // The new deadline must wake this task as well.
            let _armed = self.timer.as_mut().poll(context);
            return Poll::Pending;
        }
        Poll::Ready(COMMENT)
    }

    fn rest(&mut self) {
        let deadline = Instant::now() + self.interval;
        self.timer.as_mut().reset(deadline);
    }
}

/// The last bytes of a stream.
#[derive(Debug, Default)]
struct End {
    last: [u8; 3],
    any: bool,
}

impl End {
    fn passed(&mut self, data: &[u8]) {
        let skipped = data.len().saturating_sub(self.last.len());
        for byte in data.iter().skip(skipped) {
            self.last.rotate_left(1);
            if let Some(newest) = self.last.last_mut() {
                *newest = *byte;
            }
            self.any = true;
        }
    }

    fn is_between_events(&self) -> bool {
        !self.any || self.last.ends_with(b"\n\n") || self.last == *b"\n\r\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_has_its_place_only_between_events() {
        let between = |parts: &[&str]| {
            let mut end = End::default();
            for part in parts {
                end.passed(part.as_bytes());
            }
            end.is_between_events()
        };
        assert!(between(&[]));
        assert!(between(&["data: a\n\n"]));
        assert!(between(&["data: a\r\n\r\n"]));
        assert!(between(&["data: a\n", "\n"]));
        assert!(between(&["data: a\r\n", "\r", "\n"]));
        assert!(between(&["id: 0\ndata:\n\n", "data: b\n\n"]));
        assert!(!between(&["d"]));
        assert!(!between(&["data: a\n"]));
        assert!(!between(&["data: a\r\n\r"]));
        assert!(!between(&["data: a\n\n", "data: b"]));
    }
}
