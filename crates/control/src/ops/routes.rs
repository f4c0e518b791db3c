//! Publishing what the data plane needs to know.

use std::collections::HashMap;
use std::sync::Arc;

use shukuba_model::{Route, RouteTable};
use shukuba_store::RuntimeRecord;

use super::plan::authorizer_of;
use crate::{Control, ControlError};

impl Control {
    /// Reads every runtime and publishes the route table; requests under way
    /// keep the table they began with.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn publish_routes(&self) -> Result<(), ControlError> {
        let mut routes = Vec::new();
        for record in self.parts().store.runtimes().await? {
            routes.push(self.route_of(record).await?);
        }
        self.parts().routes.publish(RouteTable::new(routes));
        Ok(())
    }

    async fn route_of(&self, record: RuntimeRecord) -> Result<Route, ControlError> {
        let store = &self.parts().store;
        let versions: HashMap<u32, _> = store
            .versions(&record.id)
            .await?
            .into_iter()
            .map(|stored| (stored.version.number, Arc::new(stored.version)))
            .collect();
        let endpoints = store
            .endpoints(&record.id)
            .await?
            .into_iter()
            .filter_map(|(name, number)| {
                versions
                    .get(&number)
                    .map(|version| (name, Arc::clone(version)))
            })
            .collect();
        Ok(Route {
            addresses: Route::addresses_at(&self.parts().public_url, &record.name, &record.arn),
            name: record.name,
            arn: record.arn,
            authorizer: Arc::new(authorizer_of(&record.authorizer)),
            authorization_server: record.authorization_server,
            endpoints,
            lifecycle: record.lifecycle,
        })
    }
}
