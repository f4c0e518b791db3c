//! The process driver: an instance is a process of this server's user.

mod group;
mod instance;
mod ledger;
mod life;
mod port;
mod spawner;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shukuba_model::name::RuntimeId;
use shukuba_model::route::Command;
use tokio::process::Command as ProcessCommand;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::instance::PARENT_VARIABLE;
use crate::logs::Logs;
use crate::settings::{EngineSettings, Limits, OuterEnvironment};

pub(crate) use group::{Group, KillOnDrop};
pub(crate) use instance::{Instance, State};
use ledger::{INSTANCE_VARIABLE, Ledger, Lodging};
use port::{Port, Ports};
use spawner::Spawner;
pub(crate) use spawner::spawn_patiently;

/// The isolation this driver gives, in the words shown everywhere.
pub(crate) const ISOLATION: &str = "none: same user, own process";

/// Starts instances and sees each through to its end.
#[derive(Debug)]
pub(crate) struct Driver {
    spawner: Spawner,
    ports: Ports,
    ledger: Ledger,
    logs: Arc<Logs>,
    launcher: Option<PathBuf>,
    environment: OuterEnvironment,
    limits: Limits,
    lives: TaskTracker,
    shutdown: CancellationToken,
}

impl Driver {
    /// Begins in a data directory; ends instances an earlier server left there.
    pub(crate) fn new(
        settings: &EngineSettings,
        data_dir: &Path,
        logs: Arc<Logs>,
    ) -> io::Result<Self> {
        Ok(Self {
            spawner: Spawner::new(Handle::current())?,
            ports: Ports::default(),
            ledger: Ledger::open(data_dir.join("instances"))?,
            logs,
            launcher: settings.launcher.clone(),
            environment: settings.environment.clone(),
            limits: settings.limits,
            lives: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        })
    }

    /// Starts an instance. `told` is called with each state it comes to, before
    /// the instance says so; the last one is an end, and then no process is left.
    pub(crate) fn start(
        self: &Arc<Self>,
        runtime: &RuntimeId,
        command: &Command,
        told: impl Fn(&State) + Send + Sync + 'static,
    ) -> Arc<Instance> {
        let instance = Arc::new(Instance::new(self.shutdown.child_token(), told));
        self.lives.spawn(life::live(
            Arc::clone(self),
            Arc::clone(&instance),
            self.logs.of(runtime),
            command.clone(),
        ));
        instance
    }

    /// Set once the engine is being shut down.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Stops every instance and waits until no process of one is left.
    pub(crate) async fn shutdown(&self) {
        self.shutdown.cancel();
        self.lives.close();
        self.lives.wait().await;
    }

    /// The operating system's command for an instance.
    fn prepare(
        &self,
        command: &Command,
        instance: &str,
        lodging: &Lodging,
        port: &Port,
    ) -> ProcessCommand {
        let mut process = match &self.launcher {
            None => ProcessCommand::new(&command.program),
            Some(launcher) => {
                let mut process = ProcessCommand::new(launcher);
                process.args(["__instance", "--"]).arg(&command.program);
                process
            }
        };
        process
            .args(&command.arguments)
            .current_dir(&command.directory)
            .env_clear()
            .env("PATH", self.path_for(command))
            .env("LANG", self.environment.lang())
            .envs(&command.environment)
            .env("HOME", lodging.home())
            .env("TMPDIR", lodging.temporary())
            .env("PORT", port.number().to_string())
            .env("HOST", "127.0.0.1")
            .env(INSTANCE_VARIABLE, instance)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if self.launcher.is_some() {
            process.env(PARENT_VARIABLE, std::process::id().to_string());
        }
        process
    }

    /// The server's `PATH`, after the directory of the version's own programs.
    fn path_for(&self, command: &Command) -> OsString {
        let outer = self.environment.path();
        let Some(venv) = command.environment.get("VIRTUAL_ENV") else {
            return outer;
        };
        let own = Path::new(venv).join("bin");
        std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&outer)))
            .unwrap_or(outer)
    }
}
