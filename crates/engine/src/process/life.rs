//! The life of one instance, from its first try of a port to its last line.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use shukuba_model::route::Command;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::{Driver, Group, Instance, KillOnDrop, Lodging, Port, State};
use crate::attach::{AttachError, ExitFacts};
use crate::logs::{InstanceLog, RuntimeLog};

/// How often a start is tried when another program took its port.
const PORT_TRIES: u32 = 4;
/// How long output may still come after a process has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);
const FIRST_POLL: Duration = Duration::from_millis(1);
const SLOWEST_POLL: Duration = Duration::from_millis(25);

/// Sees an instance from its start to its end.
pub(super) async fn live(
    driver: Arc<Driver>,
    instance: Arc<Instance>,
    log: Arc<RuntimeLog>,
    command: Command,
) {
    let log = Arc::new(InstanceLog::new(log, instance.id()));
    let end = match driver.ledger.lodge(instance.id()) {
        Ok(lodging) => {
            let end = run(&driver, &instance, &log, &command, &lodging).await;
            lodging.clear().await;
            end
        }
        Err(error) => State::Failed(AttachError::StartFailed {
            message: format!("no directory for the instance could be made: {error}"),
            log_tail: Vec::new(),
        }),
    };
    instance.enter(end);
}

async fn run(
    driver: &Driver,
    instance: &Instance,
    log: &Arc<InstanceLog>,
    command: &Command,
    lodging: &Lodging,
) -> State {
    match bring_up(driver, instance, log, command, lodging).await {
        Err(error) => {
            log.note(&match &error {
                AttachError::ShuttingDown => "the instance was stopped while it started".to_owned(),
                error => format!("the instance did not start: {error}"),
            });
            State::Failed(error)
        }
        Ok(mut process) => {
            log.note("the instance is ready");
            instance.enter(State::Ready(process.port.address()));
            let facts = process.until_end(driver, instance).await;
            log.note(&format!("the instance {}", facts.describe()));
            State::Exited(facts)
        }
    }
}

/// Starts the process, again on another port when the first one was taken.
async fn bring_up(
    driver: &Driver,
    instance: &Instance,
    log: &Arc<InstanceLog>,
    command: &Command,
    lodging: &Lodging,
) -> Result<Process, AttachError> {
    let deadline = Instant::now() + driver.limits.start_timeout;
    let mut tries = 1;
    loop {
        if instance.stopping().is_cancelled() {
            return Err(AttachError::ShuttingDown);
        }
        let mut process = Process::start(driver, instance, log, command, lodging).await?;
        let outcome = process.until_ready(driver, instance, deadline).await;
        match outcome {
            Readiness::Listening => return Ok(process),
            Readiness::Ended(facts) if tries < PORT_TRIES && port_was_taken(&facts) => tries += 1,
            Readiness::Ended(facts) => return Err(start_failed(facts)),
            Readiness::Stopped => return Err(AttachError::ShuttingDown),
            Readiness::TimedOut(facts) => {
                return Err(AttachError::StartTimedOut {
                    seconds: driver.limits.start_timeout.as_secs(),
                    log_tail: facts.log_tail,
                });
            }
        }
    }
}

fn start_failed(facts: ExitFacts) -> AttachError {
    AttachError::StartFailed {
        message: format!(
            "the server {} before it listened on its port",
            facts.describe()
        ),
        log_tail: facts.log_tail,
    }
}

fn port_was_taken(facts: &ExitFacts) -> bool {
    facts.log_tail.iter().any(|line| {
        let line = line.to_ascii_lowercase();
        line.contains("address already in use") || line.contains("eaddrinuse")
    })
}

enum Readiness {
    Listening,
    Ended(ExitFacts),
    Stopped,
    TimedOut(ExitFacts),
}

/// A started process with all that must end with it.
struct Process {
    child: Child,
    group: KillOnDrop,
    port: Port,
    readers: JoinSet<()>,
    log: Arc<InstanceLog>,
}

impl Process {
    async fn start(
        driver: &Driver,
        instance: &Instance,
        log: &Arc<InstanceLog>,
        command: &Command,
        lodging: &Lodging,
    ) -> Result<Self, AttachError> {
        let failed = |message: String| AttachError::StartFailed {
            message,
            log_tail: Vec::new(),
        };
        let port = driver
            .ports
            .reserve()
            .map_err(|error| failed(format!("no loopback port is free: {error}")))?;
        let prepared = driver.prepare(command, instance.id(), lodging, &port);
        let mut child = driver.spawner.spawn(prepared).await.map_err(|error| {
            failed(format!(
                "{} could not be started: {error}: launch again, so that the version is built anew",
                command.program.display()
            ))
        })?;
        let group = Group::led_by(&child);
        if let Some(pid) = group.id()
            && let Err(error) = lodging.record(pid)
        {
            tracing::warn!(%error, "the instance's process could not be recorded");
        }
        let mut readers = JoinSet::new();
        if let Some(output) = child.stdout.take() {
            readers.spawn(Arc::clone(log).copy(output));
        }
        if let Some(output) = child.stderr.take() {
            readers.spawn(Arc::clone(log).copy(output));
        }
        Ok(Self {
            child,
            group: KillOnDrop(group),
            port,
            readers,
            log: Arc::clone(log),
        })
    }

    async fn until_ready(
        &mut self,
        driver: &Driver,
        instance: &Instance,
        deadline: Instant,
    ) -> Readiness {
        let address = self.port.address();
        let ended = tokio::select! {
            status = self.child.wait() => Some(status.ok()),
            () = accepts_connections(address) => return Readiness::Listening,
            () = instance.stopping().cancelled() => None,
            () = tokio::time::sleep_until(deadline) => {
                return Readiness::TimedOut(self.end(driver).await);
            }
        };
        match ended {
            Some(status) => Readiness::Ended(self.facts(status).await),
            None => {
                self.end(driver).await;
                Readiness::Stopped
            }
        }
    }

    /// Waits for the end of the process, or ends it when it is asked to.
    async fn until_end(&mut self, driver: &Driver, instance: &Instance) -> ExitFacts {
        let by_itself = tokio::select! {
            status = self.child.wait() => Some(status.ok()),
            () = instance.stopping().cancelled() => None,
        };
        match by_itself {
            Some(status) => self.facts(status).await,
            None => self.end(driver).await,
        }
    }

    /// SIGTERM to the group, a grace, SIGKILL.
    async fn end(&mut self, driver: &Driver) -> ExitFacts {
        self.group.0.terminate();
        let status = match timeout(driver.limits.stop_grace, self.child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => {
                self.group.0.kill();
                self.child.wait().await.ok()
            }
        };
        self.facts(status).await
    }

    /// Clears up after the process: what it started ends too, and its last
    /// lines are waited for.
    async fn facts(&mut self, status: Option<ExitStatus>) -> ExitFacts {
        self.group.0.kill();
        let drained = async { while self.readers.join_next().await.is_some() {} };
        if timeout(LAST_WORDS, drained).await.is_err() {
            self.readers.abort_all();
        }
        ExitFacts {
            code: status.and_then(|status| status.code()),
            signal: status.and_then(|status| status.signal()),
            log_tail: self.log.tail(),
        }
    }
}

/// Returns once something accepts connections at an address.
async fn accepts_connections(address: SocketAddr) {
    let mut pause = FIRST_POLL;
    while !accepts_connection(address).await {
        sleep(pause).await;
        pause = (pause + pause / 4).min(SLOWEST_POLL);
    }
}

async fn accepts_connection(address: SocketAddr) -> bool {
    let Ok(stream) = TcpStream::connect(address).await else {
        return false;
    };
    // A socket that is given the very port it connects to meets itself.
    stream.local_addr().is_ok_and(|own| own != address)
}
