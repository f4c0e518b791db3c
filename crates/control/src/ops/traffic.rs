//! What runtimes were asked.

use shukuba_model::traffic::{self, Slot};

use crate::{Control, ControlError};

impl Control {
    /// The calls and refusals of a runtime within the last day, the oldest slot
    /// first, since the server was started.
    ///
    /// # Errors
    /// When there is no such runtime.
    pub(crate) async fn traffic(&self, which: &str) -> Result<Vec<Slot>, ControlError> {
        let runtime = self.require_runtime(which).await?;
        let routes = self.parts().routes.load_full();
        let now = self.parts().clock.now();
        let route = routes.by_id(runtime.id.as_str());
        Ok(route.map_or_else(Vec::new, |route| route.traffic.day(now)))
    }

    /// The same of all runtimes together; `None` where there is at most one.
    pub(crate) fn total_traffic(&self) -> Option<Vec<Slot>> {
        let routes = self.parts().routes.load_full();
        let now = self.parts().clock.now();
        let several = routes.iter().nth(1).is_some();
        let each = routes.iter().map(|route| &*route.traffic);
        several.then(|| traffic::total(each, now))
    }
}
