//! An earlier version serves again.

use shukuba_engine::SmokeError;
use shukuba_model::Qualifier;
use shukuba_model::wire::RuntimeView;

use crate::{Control, ControlError};

impl Control {
    /// Lets a version that the runtime has serve again: `DEFAULT` moves to it,
    /// once it has shown that it still starts. Sessions stay on the version they
    /// began with. The rules who may call are not of a version, and stay.
    ///
    /// # Errors
    /// When there is no such runtime or version, or it does not start any more;
    /// then what served serves on.
    pub(crate) async fn rollback(
        &self,
        which: &str,
        number: u32,
    ) -> Result<RuntimeView, ControlError> {
        let _one_at_a_time = self.0.launching.lock().await;
        let runtime = self.require_runtime(which).await?;
        let parts = self.parts();
        let mut versions = parts.store.versions(&runtime.id).await?.into_iter();
        let wanted = versions
            .find(|stored| stored.version.number == number)
            .ok_or_else(|| {
                ControlError::NotFound(format!(
                    "the runtime '{}' has no version {number}: `shukuba status {0}` names them",
                    runtime.name
                ))
            })?;
        let endpoints = parts.store.endpoints(&runtime.id).await?;
        let serving = endpoints.get(&Qualifier::default()).copied();
        if serving == Some(number) {
            return self.runtime(which).await;
        }
        parts
            .engine
            .smoke(&runtime.id, &wanted.version)
            .await
            .map_err(|error| not_started(number, error))?;
        parts.store.serve_version(&runtime.id, number).await?;
        self.publish_routes().await?;
        parts.engine.retire_old_versions(&runtime.id, number);
        tracing::info!(runtime = %runtime.id, version = number, "rolled back");
        let from = serving.map_or_else(String::new, |from| format!(" instead of {from}"));
        let detail = format!("version {number}{from}");
        self.record("runtime.rolled_back", runtime.id.as_str(), &detail)
            .await;
        self.runtime(which).await
    }
}

fn not_started(number: u32, error: SmokeError) -> ControlError {
    ControlError::Conflict {
        message: format!(
            "version {number} does not start any more: {}",
            error.message
        ),
        hint: Some(error.hint).filter(|hint| !hint.is_empty()),
    }
}
