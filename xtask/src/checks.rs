//! The steps that cargo plays: format, lints, tests, documentation, licences, builds.

use std::path::Path;
use std::process::Command;

use crate::process::{Workspace, outcome, outcome_of_all};
use crate::report::Outcome;

/// A step of the checkout's own tools.
pub(crate) struct Check {
    /// The name `--only` knows it by.
    pub(crate) name: &'static str,
    /// What it makes sure of.
    pub(crate) about: &'static str,
    /// Whether `--fast` runs it.
    pub(crate) fast: bool,
    /// Runs it.
    pub(crate) run: fn(&Workspace) -> Outcome,
}

/// The checks, in their order.
pub(crate) const CHECKS: &[Check] = &[
    Check {
        name: "fmt",
        about: "Every Rust file is formatted.",
        fast: true,
        run: fmt,
    },
    Check {
        name: "clippy",
        about: "No lint has anything to say.",
        fast: true,
        run: |workspace| {
            let lint = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "-Dwarnings",
            ];
            outcome(&mut workspace.cargo(&lint))
        },
    },
    Check {
        name: "test",
        about: "Every crate's own tests pass, offline.",
        fast: true,
        run: |workspace| outcome(&mut workspace.cargo(&["test", "--workspace", "--locked"])),
    },
    Check {
        name: "doc",
        about: "The documentation builds without a warning.",
        fast: false,
        run: doc,
    },
    Check {
        name: "deny",
        about: "Crates import only what the design allows, under licences that are allowed.",
        fast: false,
        run: deny,
    },
    Check {
        name: "fuzz",
        about: "The fuzz targets still fit what they try.",
        fast: false,
        run: |workspace| {
            let check = ["check", "--manifest-path", "fuzz/Cargo.toml", "--locked"];
            outcome(&mut workspace.cargo(&check))
        },
    },
    Check {
        name: "bench",
        about: "What measures still fits what it measures; nothing is measured.",
        fast: false,
        run: |workspace| {
            let mut lint = workspace.cargo(&["clippy", "--manifest-path", "bench/Cargo.toml"]);
            // Beside the workspace's, so that few crates are checked twice.
            lint.args(["--locked", "--target-dir"]);
            lint.arg(workspace.path("target"));
            outcome(lint.args(["--", "-Dwarnings"]))
        },
    },
    Check {
        name: BUILD,
        about: "The binaries that the clients are played against.",
        fast: false,
        run: build,
    },
];

/// The name of the step that the clients need.
pub(crate) const BUILD: &str = "build";

/// Packages outside the workspace, which `cargo fmt --all` does not see.
const STANDALONE: &[&str] = &[
    "examples/adder-rs/Cargo.toml",
    "bench/Cargo.toml",
    "fuzz/Cargo.toml",
];

fn fmt(workspace: &Workspace) -> Outcome {
    let all = workspace.cargo(&["fmt", "--all", "--check"]);
    let standalone = STANDALONE
        .iter()
        .filter(|manifest| workspace.path(manifest).is_file())
        .map(|manifest| workspace.cargo(&["fmt", "--check", "--manifest-path", manifest]));
    outcome_of_all(std::iter::once(all).chain(standalone))
}

fn doc(workspace: &Workspace) -> Outcome {
    let mut command = workspace.cargo(&["doc", "--no-deps", "--workspace", "--locked"]);
    outcome(command.env("RUSTDOCFLAGS", "-Dwarnings"))
}

fn deny(workspace: &Workspace) -> Outcome {
    if !workspace.path("deny.toml").is_file() {
        return Outcome::Skipped("there is no deny.toml".to_owned());
    }
    let installed = workspace.path("target/tools/bin/cargo-deny");
    if !answers(&installed)
        && let Outcome::Failed(why) = install_deny(workspace)
    {
        let last = why.lines().rev().take(3).collect::<Vec<_>>().join(" | ");
        return Outcome::Skipped(format!("cargo-deny cannot be installed: {last}"));
    }
    // It reads the manifests of every platform's crates, which a build does not fetch.
    let fetched = outcome(&mut workspace.cargo(&["fetch", "--locked"]));
    if fetched != Outcome::Ok {
        return fetched;
    }
    // The advisory database would have to be cloned; the rest is offline.
    let arguments = ["--offline", "check", "bans", "licenses", "sources"];
    outcome(workspace.command(installed).args(arguments))
}

fn install_deny(workspace: &Workspace) -> Outcome {
    let root = workspace.path("target/tools");
    let mut command = workspace.cargo(&["install", "--locked", "--debug", "--quiet"]);
    command.env("CARGO_PROFILE_DEV_DEBUG", "false");
    outcome(
        command
            .args(["cargo-deny", "--version", "0.20.2", "--root"])
            .arg(root),
    )
}

fn answers(program: &Path) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| output.status.success())
}

fn build(workspace: &Workspace) -> Outcome {
    outcome(&mut workspace.cargo(&[
        "build",
        "--workspace",
        "--exclude",
        "xtask",
        "--bins",
        "--locked",
    ]))
}
