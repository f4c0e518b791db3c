//! An instance as its users see it.

use std::fmt;
use std::net::SocketAddr;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::attach::{AttachError, ExitFacts};
use crate::random;

/// Where an instance is in its life.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// Its process is starting.
    Starting,
    /// It accepts connections here.
    Ready(SocketAddr),
    /// It never did; its process has ended.
    Failed(AttachError),
    /// It did, and its process has ended.
    Exited(ExitFacts),
}

/// One running copy of a version.
pub(crate) struct Instance {
    id: String,
    state: watch::Sender<State>,
    told: Box<dyn Fn(&State) + Send + Sync>,
    stop: CancellationToken,
}

impl Instance {
    /// One that is about to start and that `stop` ends. `told` is called with
    /// each later state, before whoever waits for it learns of it.
    pub(crate) fn new(
        stop: CancellationToken,
        told: impl Fn(&State) + Send + Sync + 'static,
    ) -> Self {
        Self {
            id: random::hex_id(),
            state: watch::Sender::new(State::Starting),
            told: Box::new(told),
            stop,
        }
    }

    /// Its id: 16 random hexadecimal digits.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Asks it to end. It is not waited for.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Set when it was asked to end.
    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Moves on to another state.
    pub(super) fn enter(&self, state: State) {
        (self.told)(&state);
        self.state.send_replace(state);
    }

    /// Whether its start is over and its process runs.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(*self.state.borrow(), State::Ready(_))
    }

    /// Waits for the end of the start.
    pub(crate) async fn ready(&self) -> Result<SocketAddr, AttachError> {
        match self.wait(|state| !matches!(state, State::Starting)).await {
            State::Ready(address) => Ok(address),
            State::Failed(error) => Err(error),
            State::Exited(facts) => Err(AttachError::StartFailed {
                message: format!("the server started and {} at once", facts.describe()),
                log_tail: facts.log_tail,
            }),
            State::Starting => Err(AttachError::ShuttingDown),
        }
    }

    /// Waits until its process has ended.
    pub(crate) async fn exited(&self) -> ExitFacts {
        let ended = |state: &State| matches!(state, State::Failed(_) | State::Exited(_));
        match self.wait(ended).await {
            State::Exited(facts) => facts,
            State::Starting | State::Ready(_) | State::Failed(_) => ExitFacts {
                code: None,
                signal: None,
                log_tail: Vec::new(),
            },
        }
    }

    async fn wait(&self, until: impl Fn(&State) -> bool) -> State {
        let mut states = self.state.subscribe();
        // The sender is part of `self`, so it cannot close before this ends.
        match states.wait_for(until).await {
            Ok(state) => state.clone(),
            Err(_) => State::Failed(AttachError::ShuttingDown),
        }
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("id", &self.id)
            .field("state", &*self.state.borrow())
            .finish_non_exhaustive()
    }
}
