//! Takes the notes that parts put on their answers, and adds what only the
//! listener saw: who asked, when, and for how long.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::header::USER_AGENT;
use http::{HeaderValue, Method, Request, Response, Uri};
use shukuba_model::ClientAddress;
use shukuba_model::journey::{Journeys, Note, Seen};

/// What is kept of a request until its answer tells whether it was a step.
pub(crate) struct Asked {
    began: Instant,
    method: Method,
    uri: Uri,
    agent: Option<HeaderValue>,
    from: Option<ClientAddress>,
}

impl Asked {
    /// Looks at a request. Copies nothing: its parts are shared.
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        Self {
            began: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            agent: request.headers().get(USER_AGENT).cloned(),
            from: request.extensions().get().copied(),
        }
    }

    /// Records the step that the answer's note tells of, if there is one.
    pub(crate) fn answered<B>(self, answer: &mut Response<B>, journeys: &Journeys) {
        let Some(note) = answer.extensions_mut().remove::<Note>() else {
            return;
        };
        let took = self.began.elapsed().as_millis();
        let took = u64::try_from(took).unwrap_or(u64::MAX);
        let agent = self.agent.as_ref().map(|agent| agent.as_bytes());
        let seen = Seen {
            at: now().saturating_sub_unsigned(took),
            took,
            address: self.from.map(|from| from.to_string()).unwrap_or_default(),
            agent: String::from_utf8_lossy(agent.unwrap_or_default()).into_owned(),
            request: format!("{} {}", self.method, self.uri.path()),
            status: answer.status().as_u16(),
        };
        journeys.record(seen, note);
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| {
        i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
    })
}
