//! Running other programs in this checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::Outcome;

/// The checkout.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The checkout this program was compiled from.
    pub(crate) fn of_this_crate() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            root: manifest.parent().unwrap_or(manifest).to_owned(),
        }
    }

    /// A path in the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A program that runs in the root of the checkout.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(arguments);
        command
    }
}

/// Runs a program to its end; what it printed is shown only when it fails.
pub(crate) fn outcome(command: &mut Command) -> Outcome {
    match command.output() {
        Ok(output) if output.status.success() => Outcome::Ok,
        Ok(output) => {
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8_lossy(&printed).trim_end().to_owned();
            Outcome::Failed(format!(
                "{printed}\n{command:?} ended with {}",
                output.status
            ))
        }
        Err(error) => Outcome::Failed(format!("{command:?} did not start: {error}")),
    }
}

/// The first failure of several programs, run one after the other.
pub(crate) fn outcome_of_all(commands: impl IntoIterator<Item = Command>) -> Outcome {
    commands
        .into_iter()
        .map(|mut command| outcome(&mut command))
        .find(|outcome| *outcome != Outcome::Ok)
        .unwrap_or(Outcome::Ok)
}
