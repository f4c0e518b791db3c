//! The instances of a runtime.

use shukuba_model::wire::InstanceView;

use crate::{Control, ControlError};

impl Control {
    /// The instances of a runtime that run or start now, the oldest first.
    ///
    /// # Errors
    /// When there is no such runtime.
    pub(crate) async fn instances(&self, which: &str) -> Result<Vec<InstanceView>, ControlError> {
        let runtime = self.require_runtime(which).await?;
        Ok(self.parts().engine.running(&runtime.id))
    }

    /// Ends an instance with its sessions and the requests it is answering. The
    /// next request of its principal starts another.
    ///
    /// # Errors
    /// When there is no such runtime or instance.
    pub(crate) async fn stop_instance(&self, which: &str, id: &str) -> Result<(), ControlError> {
        let runtime = self.require_runtime(which).await?;
        if !self.parts().engine.stop_instance(&runtime.id, id) {
            return Err(ControlError::NotFound(format!(
                "no instance '{}' of the runtime '{}' runs: it may have ended by itself",
                shukuba_pages::shown::clean(id, 40),
                runtime.name
            )));
        }
        self.record("instance.stopped", runtime.id.as_str(), id)
            .await;
        Ok(())
    }
}
