//! `cargo xtask bench`: builds what is measured, then measures it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// Builds the release binaries and runs `bench/` with the arguments that were
/// given (`--write FILE`, `--quick`).
///
/// # Errors
/// When a build or the run fails.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask lies in no checkout")?;
    let example = root.join("examples/adder-rs");
    let shukuba = built(root, "shukuba", &["--package", "shukuba-cli"])?;
    let adder_rs = built(&example, "adder-rs", &["--locked"])?;
    let mut bench = cargo(root);
    bench
        .args(["run", "--release", "--locked", "--manifest-path"])
        .arg(root.join("bench/Cargo.toml"))
        .args([
            "--target-dir".as_ref(),
            root.join("bench/target").as_os_str(),
        ])
        .args([
            OsStr::new("--"),
            OsStr::new("--shukuba"),
            shukuba.as_os_str(),
        ])
        .args([OsStr::new("--adder-rs"), adder_rs.as_os_str()])
        .args(arguments);
    succeeded(&mut bench)
}

/// Builds a release binary of the project in `directory`; where it lies.
fn built(directory: &Path, binary: &str, arguments: &[&str]) -> anyhow::Result<PathBuf> {
    let target = directory.join("target");
    let mut build = cargo(directory);
    build
        .args(["build", "--release", "--target-dir"])
        .arg(&target)
        .args(arguments);
    succeeded(&mut build)?;
    Ok(target.join("release").join(binary))
}

fn cargo(directory: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(directory);
    command
}

fn succeeded(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{command:?} could not be started"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
