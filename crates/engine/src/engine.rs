//! The engine as the other crates see it.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shukuba_model::name::RuntimeId;
use shukuba_model::route::Version;
use shukuba_model::wire::InstanceView;
use tokio::sync::mpsc;

use crate::activity::Activity;
use crate::attach::{Attach, AttachError};
use crate::logs::{LogLines, Logs};
use crate::package::{Build, BuildError, BuildEvent, BuildSource, Workshop};
use crate::process::{Driver, ISOLATION};
use crate::sessions::{Lease, Sessions};
use crate::settings::EngineSettings;
use crate::smoke::{self, Smoke, SmokeError};

/// Runs servers. Clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    driver: Arc<Driver>,
    sessions: Sessions,
    workshop: Arc<Workshop>,
    logs: Arc<Logs>,
}

/// Why the engine could not begin.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A directory of the engine could not be made or read.
    #[error("{path}: {source}: the data directory must be a directory this user may write to")]
    DataDir {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Engine {
    /// Begins; must be called within a tokio runtime. Ends instances that an
    /// earlier server left behind, and removes builds it did not finish.
    ///
    /// # Errors
    /// When the data directory cannot be used.
    pub fn new(settings: EngineSettings) -> Result<Self, EngineError> {
        let failed = |source| EngineError::DataDir {
            path: settings.data_dir.clone(),
            source,
        };
        let data_dir = prepared(&settings.data_dir).map_err(failed)?;
        let logs = Arc::new(Logs::open(data_dir.join("logs")).map_err(failed)?);
        let driver = Driver::new(&settings, &data_dir, Arc::clone(&logs)).map_err(failed)?;
        let driver = Arc::new(driver);
        let workshop = Workshop::open(
            &data_dir,
            settings.environment.clone(),
            driver.closing().clone(),
        )
        .map_err(failed)?;
        let sessions = Sessions::new(Arc::clone(&driver), settings.clock, settings.limits);
        Ok(Self {
            driver,
            sessions,
            workshop: Arc::new(workshop),
            logs,
        })
    }

    /// Builds a version, or finds it built. Dropping the future ends the build.
    ///
    /// # Errors
    /// [`BuildError`] says what failed and what to do; nothing is left of the build.
    pub async fn build(
        &self,
        source: BuildSource,
        progress: mpsc::Sender<BuildEvent>,
    ) -> Result<Build, BuildError> {
        self.workshop.build(source, progress).await
    }

    /// Starts a throw-away instance, asks what it offers and ends it.
    ///
    /// # Errors
    /// When it does not start or does not speak MCP.
    pub async fn smoke(&self, runtime: &RuntimeId, version: &Version) -> Result<Smoke, SmokeError> {
        smoke::run(&self.driver, runtime, version).await
    }

    /// Ties a request to an instance, starting one when needed; waits for the start.
    ///
    /// # Errors
    /// See [`AttachError`].
    pub async fn attach(&self, wish: Attach<'_>) -> Result<Lease, AttachError> {
        self.sessions.attach(wish).await
    }

    /// After a launch: instances that principals share and that run another
    /// version than `current` get no new requests and end after their last one.
    pub fn retire_old_versions(&self, runtime: &RuntimeId, current: u32) {
        self.sessions.retire(runtime, current);
    }

    /// Stops instances that have been idle or have lived for too long. Happens
    /// every second by itself.
    pub fn sweep(&self) {
        self.sessions.sweep();
    }

    /// Stops every instance of a runtime and waits until they have ended.
    pub async fn stop_runtime(&self, runtime: &RuntimeId) {
        self.sessions.stop_runtime(runtime).await;
    }

    /// How many instances of a runtime run or start now.
    pub fn instances(&self, runtime: &RuntimeId) -> usize {
        self.activity(runtime).instances
    }

    /// What is going on in a runtime now.
    pub fn activity(&self, runtime: &RuntimeId) -> Activity {
        self.sessions.activity(runtime)
    }

    /// What is going on now in each runtime in which something is, at one
    /// moment: those with an instance, and those whose last start failed.
    pub fn activities(&self) -> HashMap<RuntimeId, Activity> {
        self.sessions.activities()
    }

    /// The instances of a runtime that run or start now, the oldest first.
    pub fn running(&self, runtime: &RuntimeId) -> Vec<InstanceView> {
        self.sessions.running(runtime)
    }

    /// Asks an instance of a runtime to end, with what it is doing, and does
    /// not wait. False when there is none of that id.
    pub fn stop_instance(&self, runtime: &RuntimeId, id: &str) -> bool {
        self.sessions.stop_instance(runtime, id)
    }

    /// The last `tail` lines of a runtime's log and, when `follow`, what comes after.
    pub async fn logs(&self, runtime: &RuntimeId, tail: usize, follow: bool) -> LogLines {
        let log = self.logs.of(runtime);
        tokio::task::spawn_blocking(move || log.read(tail, follow))
            .await
            .unwrap_or_default()
    }

    /// The isolation that instances really have.
    pub fn isolation(&self) -> &'static str {
        ISOLATION
    }

    /// Stops everything; when it returns no process of an instance is left.
    pub async fn shutdown(&self) {
        self.driver.shutdown().await;
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// Makes the data directory and names it from the root: commands of instances
/// are kept in versions, and are run from other directories.
fn prepared(data_dir: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(data_dir)?;
    data_dir.canonicalize()
}
