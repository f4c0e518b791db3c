//! How much of a request is taken, and how long things may last.

use std::time::Duration;

use http::header::CONTENT_LENGTH;
use http::request::Parts;

use crate::fault::Fault;

/// How much of a request is taken, and how long things may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request body (AgentCore: 100,000,000).
    pub body: u64,
    /// Bytes of all header names and values of a request.
    pub headers: usize,
    /// An event stream that is silent for this long gets a comment.
    pub keep_alive: Duration,
    /// How long the answer to a legacy request goes on after its client has gone.
    pub abandoned: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 100_000_000,
            headers: 64 * 1024,
            keep_alive: Duration::from_secs(15),
            abandoned: Duration::from_mins(15),
        }
    }
}

impl Limits {
    /// Refuses what is too large before any of its body is read.
    pub(crate) fn check(&self, head: &Parts) -> Result<(), Fault> {
        let size: usize = head
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        if size > self.headers {
            return Err(Fault::HeadersTooLarge {
                limit: self.headers,
            });
        }
        let announced = head
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.body) {
            return Err(Fault::BodyTooLarge { limit: self.body });
        }
        Ok(())
    }
}
