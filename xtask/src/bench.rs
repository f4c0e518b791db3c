//! `cargo xtask bench`: builds what is measured, then measures it.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::process::Workspace;
use crate::report;

/// Builds the release binaries and runs `bench/` with the arguments that were
/// given (`--write FILE`, `--quick`).
pub(crate) fn run(workspace: &Workspace, arguments: impl Iterator<Item = String>) -> ExitCode {
    match measure(workspace, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(workspace: &Workspace, arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let shukuba = built(workspace, ".", "shukuba")?;
    let adder_rs = built(workspace, "examples/adder-rs", "adder-rs")?;
    let bench = built(workspace, "bench", "shukuba-bench")?;
    let mut bench = workspace.command(bench);
    bench.arg("--shukuba").arg(shukuba);
    bench.arg("--adder-rs").arg(adder_rs);
    succeeded(bench.args(arguments))
}

/// Builds a release binary of the project that lies there; where it is then.
fn built(workspace: &Workspace, project: &str, binary: &str) -> Result<PathBuf, String> {
    let project = workspace.path(project);
    let target = project.join("target");
    let mut build = workspace.cargo(&["build", "--release", "--locked", "--bin", binary]);
    build.current_dir(&project);
    succeeded(build.arg("--target-dir").arg(&target))?;
    Ok(target.join("release").join(binary))
}

fn succeeded(command: &mut Command) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("{command:?} did not start: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} ended with {status}"))
    }
}
