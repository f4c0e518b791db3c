//! What is done from time to time while the server runs.

use std::time::Duration;

use shukuba_issuer::Issuer;
use shukuba_model::Clock;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_secs(3600);

/// The task that does it, until it is stopped.
pub(crate) struct Upkeep {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Upkeep {
    /// Begins, at once and then every hour.
    pub(crate) fn begin(issuer: Issuer, clock: Clock) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(run(issuer, clock, stop.clone()));
        Self { stop, task }
    }

    /// Waits for what is being done, and ends.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the upkeep ended badly");
        }
    }
}

async fn run(issuer: Issuer, clock: Clock, stop: CancellationToken) {
    loop {
        look_after(&issuer, clock.now()).await;
        if stop
            .run_until_cancelled(tokio::time::sleep(EVERY))
            .await
            .is_none()
        {
            return;
        }
    }
}

async fn look_after(issuer: &Issuer, now: i64) {
    if let Err(error) = issuer.rotate_keys_if_due(now).await {
        tracing::error!(%error, "the signing keys could not be looked after; tried again in an hour");
    }
    if let Err(error) = issuer.reap(now).await {
        tracing::error!(%error, "what has expired could not be forgotten; tried again in an hour");
    }
}
