//! Runs the tools that builds need: in a built environment, in a process group
//! of their own, with every line they print passed on.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::AsyncRead;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::BuildEvent;
use super::failure::BuildError;
use crate::logs::{each_line, push_last};
use crate::process::{Group, KillOnDrop, spawn_patiently};

/// A tool that runs longer is ended.
const TIME_LIMIT: Duration = Duration::from_secs(30 * 60);
/// Tools explain themselves before their last lines, so more are kept than shown.
const KEPT_LINES: usize = 200;

/// Where the tools of one build run, and who hears of it.
pub(super) struct Bench<'a> {
    pub(super) environment: BTreeMap<OsString, OsString>,
    pub(super) directory: PathBuf,
    pub(super) progress: &'a mpsc::Sender<BuildEvent>,
    pub(super) closing: &'a CancellationToken,
}

/// What came out of a tool.
pub(super) struct Outcome {
    pub(super) success: bool,
    /// Every line of its standard output.
    pub(super) stdout: Vec<String>,
    /// The last lines of both outputs.
    last: VecDeque<String>,
}

impl Outcome {
    /// The last lines of both outputs.
    pub(super) fn all_lines(self) -> Vec<String> {
        self.last.into()
    }
}

/// Who hears of a tool's standard output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hearing {
    /// The progress of the build, as of its errors.
    Progress,
    /// Only the caller: it is data.
    Caller,
}

impl Bench<'_> {
    /// Announces a step.
    pub(super) async fn step(&self, text: impl Into<String>) {
        // Nobody listening is no reason to stop building.
        drop(self.progress.send(BuildEvent::Step(text.into())).await);
    }

    /// Runs a tool to its end.
    pub(super) async fn run<A: AsRef<OsStr>>(
        &self,
        doing: &str,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        hearing: Hearing,
    ) -> Result<Outcome, BuildError> {
        let broke = |message: String| BuildError::tool_broke(doing, &message, Vec::new());
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = spawn_patiently(&mut command)
            .map_err(|error| broke(format!("{}: {error}", program.display())))?;
        let group = KillOnDrop(Group::led_by(&child));
        let heard = Heard {
            progress: self.progress,
            last: Mutex::default(),
            stdout: Mutex::default(),
        };
        let outputs = (child.stdout.take(), child.stderr.take());
        let run = async {
            tokio::join!(heard.stdout(outputs.0, hearing), heard.stderr(outputs.1));
            child.wait().await
        };
        let status = tokio::select! {
            status = tokio::time::timeout(TIME_LIMIT, run) => status,
            () = self.closing.cancelled() => return Err(BuildError::shutting_down()),
        };
        drop(group);
        let status = status
            .map_err(|_| broke(format!("it ran longer than {} s", TIME_LIMIT.as_secs())))?
            .map_err(|error| broke(error.to_string()))?;
        Ok(Outcome {
            success: status.success(),
            stdout: heard.stdout.into_inner(),
            last: heard.last.into_inner(),
        })
    }
}

struct Heard<'a> {
    progress: &'a mpsc::Sender<BuildEvent>,
    last: Mutex<VecDeque<String>>,
    stdout: Mutex<Vec<String>>,
}

impl Heard<'_> {
    async fn stdout(&self, output: Option<impl AsyncRead + Unpin>, hearing: Hearing) {
        let Some(output) = output else { return };
        each_line(output, |line| {
            if hearing == Hearing::Progress {
                self.tell(line);
            }
            self.stdout.lock().push(line.to_owned());
        })
        .await;
    }

    async fn stderr(&self, output: Option<impl AsyncRead + Unpin>) {
        let Some(output) = output else { return };
        each_line(output, |line| self.tell(line)).await;
    }

    fn tell(&self, line: &str) {
        push_last(&mut self.last.lock(), line, KEPT_LINES);
        // A listener that is too slow misses lines; the tool does not wait.
        drop(self.progress.try_send(BuildEvent::Output(line.to_owned())));
    }
}
