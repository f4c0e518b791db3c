//! Which runtimes could not start an instance when they were last asked to.

use std::collections::HashMap;

use shukuba_model::name::RuntimeId;
use shukuba_model::wire::StartFailure;

use crate::attach::AttachError;

/// Of how many runtimes it is kept: one that was removed while an instance of
/// it was starting has nobody to clear it.
const MOST: usize = 1_000;

/// The last failed start of each runtime that has not started another instance
/// since.
#[derive(Debug, Default)]
pub(super) struct Failures(HashMap<RuntimeId, StartFailure>);

impl Failures {
    /// An instance of a version did not come up at `now`, seconds since 1970.
    pub(super) fn failed(
        &mut self,
        runtime: &RuntimeId,
        version: u32,
        error: &AttachError,
        now: i64,
    ) {
        // Whoever was asked to end could have started.
        if *error == AttachError::ShuttingDown {
            return;
        }
        if self.0.len() >= MOST && !self.0.contains_key(runtime) {
            let oldest = self.0.iter().min_by_key(|(_, failure)| failure.failed_at);
            if let Some(oldest) = oldest.map(|(runtime, _)| runtime.clone()) {
                self.0.remove(&oldest);
            }
        }
        let failure = StartFailure {
            version,
            failed_at: now,
            message: error.to_string(),
        };
        self.0.insert(runtime.clone(), failure);
    }

    /// An instance came up.
    pub(super) fn started(&mut self, runtime: &RuntimeId) {
        self.0.remove(runtime);
    }

    /// From now on a version serves: that another could not start is over.
    pub(super) fn serves(&mut self, runtime: &RuntimeId, current: u32) {
        if self.of(runtime).is_some_and(|last| last.version != current) {
            self.forget(runtime);
        }
    }

    /// The runtime is gone.
    pub(super) fn forget(&mut self, runtime: &RuntimeId) {
        self.0.remove(runtime);
    }

    /// Of a runtime.
    pub(super) fn of(&self, runtime: &RuntimeId) -> Option<&StartFailure> {
        self.0.get(runtime)
    }

    /// Of each runtime that has one.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&RuntimeId, &StartFailure)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_kept_and_the_oldest_goes_first() {
        let runtime = |number: usize| -> RuntimeId { format!("r-{number:010}").parse().unwrap() };
        let error = AttachError::StartTimedOut {
            seconds: 60,
            log_tail: Vec::new(),
        };
        let mut failures = Failures::default();
        for number in 0..MOST + 2 {
            let now = i64::try_from(number).unwrap();
            failures.failed(&runtime(number), 1, &error, now);
            failures.failed(&runtime(number), 2, &error, now);
        }
        assert_eq!(failures.iter().count(), MOST);
        assert_eq!(failures.of(&runtime(1)), None);
        assert_eq!(failures.of(&runtime(2)).unwrap().version, 2);
    }
}
