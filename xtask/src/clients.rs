//! The steps that tests/clients/run.py plays with real clients, against the
//! built server.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::process::Workspace;
use crate::report::{self, Outcome, Report};

const SCRIPT: &str = "tests/clients/run.py";

/// A step as the script reports it.
#[derive(Debug, Deserialize)]
struct Line {
    step: String,
    outcome: String,
    seconds: f64,
    reason: String,
}

impl Line {
    fn judged(&self) -> Outcome {
        match self.outcome.as_str() {
            "ok" => Outcome::Ok,
            "skipped" => Outcome::Skipped(self.reason.clone()),
            _ => Outcome::Failed(self.reason.clone()),
        }
    }
}

/// The names of the steps and what each shows; empty where there is no Python.
pub(crate) fn steps(workspace: &Workspace) -> Vec<(String, String)> {
    let Ok(output) = script(workspace).arg("--list").output() else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, about)| (name.to_owned(), about.to_owned()))
        .collect()
}

/// The clients being installed while other steps run.
pub(crate) struct Installation(Option<Child>);

impl Installation {
    /// Begins.
    pub(crate) fn begin(workspace: &Workspace) -> Self {
        let mut command = script(workspace);
        command
            .arg("--install")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(command.spawn().ok())
    }

    /// Waits for its end. What could not be had is told by the step that needs it.
    pub(crate) fn finish(self) {
        if let Some(mut child) = self.0 {
            drop(child.wait());
        }
    }
}

/// Plays the named steps and what they need, all when none is named.
pub(crate) fn play(workspace: &Workspace, only: &[String], update_docs: bool, report: &mut Report) {
    let mut command = script(workspace);
    command
        .arg("--binary")
        .arg(workspace.path("target/debug/shukuba"));
    for name in only {
        command.args(["--only", name]);
    }
    if update_docs {
        command.arg("--update-docs");
    }
    match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => follow(child, report),
        Err(error) => {
            let reason = format!("python3 does not start: {error}");
            report.record("clients", Duration::ZERO, Outcome::Skipped(reason));
        }
    }
}

fn follow(mut child: Child, report: &mut Report) {
    let mut reported = 0_usize;
    let lines = child
        .stdout
        .take()
        .into_iter()
        .flat_map(|output| BufReader::new(output).lines());
    for text in lines.map_while(Result::ok) {
        match serde_json::from_str::<Line>(&text) {
            Ok(line) => {
                reported += 1;
                report.record(
                    &line.step,
                    Duration::from_secs_f64(line.seconds),
                    line.judged(),
                );
            }
            Err(_) => report::say(&text),
        }
    }
    let ended = child.wait();
    // It ends with 1 when a step failed, which has been reported by then.
    let orderly = ended
        .as_ref()
        .is_ok_and(|status| matches!(status.code(), Some(0 | 1)));
    if reported == 0 || !orderly {
        let seen = format!("{SCRIPT} ended with {ended:?} after {reported} steps");
        report.record("clients", Duration::ZERO, Outcome::Failed(seen));
    }
}

fn script(workspace: &Workspace) -> Command {
    let mut command = workspace.command("python3");
    command.arg(SCRIPT);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reported_step_becomes_its_outcome() {
        let text = r#"{"step": "demo", "outcome": "skipped", "seconds": 1.5, "reason": "no node"}"#;
        let line: Line = serde_json::from_str(text).unwrap();
        assert_eq!(line.judged(), Outcome::Skipped("no node".to_owned()));
        let failed = text.replace("skipped", "failed");
        let line: Line = serde_json::from_str(&failed).unwrap();
        assert_eq!(line.judged(), Outcome::Failed("no node".to_owned()));
    }
}
