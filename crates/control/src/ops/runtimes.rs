//! Looking at runtimes, and ending them.

use futures_util::Stream;
use shukuba_engine::Activity;
use shukuba_model::wire::{RuntimeView, VersionView};
use shukuba_model::{Qualifier, Route, RuntimeName};
use shukuba_store::{RuntimeFilter, RuntimeRecord, StoredRuntime, VersionRecord};

use crate::{Control, ControlError};

impl Control {
    /// Every runtime, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn runtimes(&self) -> Result<Vec<RuntimeView>, ControlError> {
        self.listed_runtimes(&RuntimeFilter::default()).await
    }

    /// The runtimes that a filter names, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn listed_runtimes(
        &self,
        filter: &RuntimeFilter<'_>,
    ) -> Result<Vec<RuntimeView>, ControlError> {
        let stored = self.parts().store.stored_runtimes(filter).await?;
        let mut activities = self.parts().engine.activities();
        let view = |one: StoredRuntime| {
            let activity = activities.remove(&one.runtime.id);
            self.view_of(one, activity.unwrap_or_default())
        };
        Ok(stored.into_iter().map(view).collect())
    }

    /// One runtime, by name, id or ARN.
    ///
    /// # Errors
    /// When there is no such runtime.
    pub(crate) async fn runtime(&self, which: &str) -> Result<RuntimeView, ControlError> {
        let runtime = self.require_runtime(which).await?;
        let store = &self.parts().store;
        let stored = StoredRuntime {
            versions: store.versions(&runtime.id).await?,
            endpoints: store.endpoints(&runtime.id).await?,
            runtime,
        };
        let activity = self.parts().engine.activity(&stored.runtime.id);
        Ok(self.view_of(stored, activity))
    }

    /// The names of the runtimes that serve a version whose last start failed,
    /// in order.
    pub(crate) fn failing_runtimes(&self) -> Vec<RuntimeName> {
        let parts = self.parts();
        let routes = parts.routes.load_full();
        let activities = parts.engine.activities().into_iter();
        let failing = activities.filter_map(|(id, activity)| {
            let route = routes.by_id(id.as_str())?;
            let serving = route.endpoints.get(&Qualifier::default())?;
            let failed = activity.last_failure?.version == serving.number;
            failed.then(|| route.name.clone())
        });
        let mut names: Vec<RuntimeName> = failing.collect();
        names.sort_unstable();
        names
    }

    /// Removes a runtime and stops its instances. Its API and applications stay.
    ///
    /// # Errors
    /// When there is no such runtime.
    pub(crate) async fn destroy(&self, which: &str) -> Result<(), ControlError> {
        let record = self.require_runtime(which).await?;
        let parts = self.parts();
        parts.store.delete_runtime(&record.id).await?;
        self.publish_routes().await?;
        parts.engine.stop_runtime(&record.id).await;
        tracing::info!(runtime = %record.id, "runtime removed");
        self.record("runtime.destroyed", record.id.as_str(), "")
            .await;
        Ok(())
    }

    /// The last `tail` log lines of a runtime, and what follows if `follow`.
    ///
    /// # Errors
    /// When there is no such runtime.
    pub(crate) async fn logs(
        &self,
        which: &str,
        tail: usize,
        follow: bool,
    ) -> Result<impl Stream<Item = String> + use<>, ControlError> {
        let record = self.require_runtime(which).await?;
        let lines = self.parts().engine.logs(&record.id, tail, follow).await;
        Ok(futures_util::stream::unfold(lines, |mut lines| async {
            lines.next().await.map(|line| (line, lines))
        }))
    }

    /// The runtime of that name, id or ARN.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn find_runtime(
        &self,
        which: &str,
    ) -> Result<Option<RuntimeRecord>, ControlError> {
        let name_or_id = which.rsplit('/').next().unwrap_or(which);
        Ok(self.parts().store.runtime(name_or_id).await?)
    }

    /// The runtime of that name, id or ARN, or the words that there is none.
    pub(super) async fn require_runtime(&self, which: &str) -> Result<RuntimeRecord, ControlError> {
        self.find_runtime(which).await?.ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no runtime '{which}': `shukuba list` names them"
            ))
        })
    }

    fn view_of(&self, stored: StoredRuntime, activity: Activity) -> RuntimeView {
        let parts = self.parts();
        let StoredRuntime {
            runtime: record,
            versions,
            endpoints,
        } = stored;
        let public_url = &parts.public_url;
        let endpoint = Route::addresses_at(public_url, &record.name, &record.arn).swap_remove(0);
        let version = endpoints.get(&Qualifier::default()).copied();
        let version = version.unwrap_or_default();
        RuntimeView {
            endpoint,
            invocation_url: format!(
                "{public_url}{}?qualifier={}",
                record.arn.invocation_path(),
                Qualifier::DEFAULT
            ),
            version,
            versions: versions.into_iter().map(version_view).collect(),
            isolation: parts.engine.isolation().to_owned(),
            instances: activity.instances,
            starting: activity.starting,
            sessions: activity.sessions,
            // A start of the version before may fail after the launch.
            last_failure: activity
                .last_failure
                .filter(|failure| failure.version == version),
            name: record.name,
            id: record.id,
            arn: record.arn,
            authorizer: record.authorizer,
            login: record.login,
            login_allow: record.login_allow,
        }
    }
}

fn version_view(record: VersionRecord) -> VersionView {
    VersionView {
        number: record.version.number,
        digest: record.version.digest,
        created_at: record.created_at,
        tools: record.tools,
        sessions: record.version.sessions,
        start_ms: record.start_ms,
    }
}
