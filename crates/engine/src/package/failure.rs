//! Failures of builds and first starts: one paragraph, what to do, and the
//! tool's own last lines.

use std::io;
use std::path::Path;

use super::signs::{self, mentions};

/// How many of a tool's last lines are shown.
const SHOWN_LINES: usize = 15;

const TRY_RUST: &str =
    "or try examples/adder-rs, which needs neither Python nor a package index for Python";
const REMOVED: &str = "mcp.server.fastmcp was removed in version 2 of the mcp package";
const MEND_FASTMCP: &str = "Write mcp<2 in requirements.txt, or move to version 2: `from mcp.server.mcpserver import MCPServer`.";

/// Why there is no build: one paragraph, what to do, the tool's own last lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BuildError {
    /// The kind of failure.
    pub failure: BuildFailure,
    /// What failed and why.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The last lines of the tool that failed, at most 15.
    pub output: Vec<String>,
}

/// The kinds of failure of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildFailure {
    /// The bundle is not a harmless gzip-compressed tar.
    BadBundle,
    /// The entry point is not in the bundle, or nothing can run it.
    MissingEntrypoint,
    /// No Python of version 3.10 or later.
    NoPython,
    /// Python cannot make virtual environments.
    NoVenv,
    /// A package index could not be reached.
    NoNetwork,
    /// A requirement is malformed or cannot be met.
    BrokenRequirement,
    /// The requirements file that was named, or that is needed, is not there.
    MissingRequirements,
    /// The entry point imports `mcp.server.fastmcp`, the requirements allow `mcp` 2.
    FastMcpRemoved,
    /// A Rust project, but no cargo.
    NoCargo,
    /// A tool failed for another reason: the compiler, most often.
    ToolFailed,
    /// The machine failed: disk, permissions.
    Machine,
    /// The server is shutting down.
    ShuttingDown,
}

impl BuildFailure {
    /// Whether the project is the cause, rather than this machine.
    pub fn is_caused_by_project(self) -> bool {
        match self {
            Self::BadBundle
            | Self::MissingEntrypoint
            | Self::BrokenRequirement
            | Self::MissingRequirements
            | Self::FastMcpRemoved
            | Self::ToolFailed => true,
            Self::NoPython
            | Self::NoVenv
            | Self::NoNetwork
            | Self::NoCargo
            | Self::Machine
            | Self::ShuttingDown => false,
        }
    }
}

impl BuildError {
    fn new(failure: BuildFailure, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            failure,
            message: message.into(),
            hint: hint.into(),
            output: Vec::new(),
        }
    }

    fn with_output(mut self, mut output: Vec<String>) -> Self {
        let cut = output.len().saturating_sub(SHOWN_LINES);
        self.output = output.split_off(cut);
        self
    }

    pub(super) fn bad_bundle(message: impl Into<String>) -> Self {
        Self::new(
            BuildFailure::BadBundle,
            format!("The bundle was refused: {}.", message.into()),
            "Pack the project again with plain files below its own directory, and launch again.",
        )
    }

    pub(super) fn machine(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(
            BuildFailure::Machine,
            format!("{doing} {} failed: {error}.", path.display()),
            "Check the free space and the permissions of the data directory, and launch again.",
        )
    }

    pub(super) fn shutting_down() -> Self {
        Self::new(
            BuildFailure::ShuttingDown,
            "The build was ended because the server is shutting down.",
            "Launch again when the server runs.",
        )
    }

    pub(super) fn missing_entrypoint(entrypoint: &str, there: &[String]) -> Self {
        let hint = if there.is_empty() {
            "Name a .py file, an executable file or a Cargo.toml of the project.".to_owned()
        } else {
            format!(
                "Name one that is there: {}. Files that .gitignore excludes are not uploaded.",
                there.join(", ")
            )
        };
        Self::new(
            BuildFailure::MissingEntrypoint,
            format!("The entry point {entrypoint} is not in the uploaded project."),
            hint,
        )
    }

    pub(super) fn unusable_entrypoint(entrypoint: &str) -> Self {
        Self::new(
            BuildFailure::MissingEntrypoint,
            format!(
                "The entry point {entrypoint} is neither a .py file nor an executable file, and the project has no Cargo.toml, so nothing can run it."
            ),
            "Name a .py file or a Cargo.toml, or make the file executable (chmod +x).",
        )
    }

    pub(super) fn missing_requirements(file: &str) -> Self {
        Self::new(
            BuildFailure::MissingRequirements,
            format!("The requirements file {file} is not in the uploaded project."),
            "Correct its name in the project file, or add the file, and launch again.",
        )
    }

    pub(super) fn no_requirements(entrypoint: &str, package: &str) -> Self {
        let line = if package == "mcp" { "mcp<2" } else { package };
        Self::new(
            BuildFailure::MissingRequirements,
            format!(
                "{entrypoint} imports {package}, but the project has neither requirements.txt nor pyproject.toml, so nothing would be installed."
            ),
            format!("Write a requirements.txt with the line {line} beside it, and launch again."),
        )
    }

    pub(super) fn fastmcp_removed(entrypoint: &str, file: &str, line: &str) -> Self {
        Self::new(
            BuildFailure::FastMcpRemoved,
            format!(
                "{entrypoint} imports mcp.server.fastmcp, but `{line}` in {file} allows mcp 2: {REMOVED}."
            ),
            MEND_FASTMCP,
        )
    }

    pub(super) fn no_python(found: &[String]) -> Self {
        let found = if found.is_empty() {
            "none was found".to_owned()
        } else {
            format!("found only {}", found.join(", "))
        };
        Self::new(
            BuildFailure::NoPython,
            format!("No Python 3.10 or later is on the server's PATH ({found})."),
            format!(
                "Install Python 3.10 or later (Debian: apt install python3 python3-venv) or uv; {TRY_RUST}."
            ),
        )
    }

    pub(super) fn no_cargo() -> Self {
        Self::new(
            BuildFailure::NoCargo,
            "The project is written in Rust, but no cargo is on the server's PATH.",
            "Install Rust (rustup.rs), start the server from a shell that finds cargo, and launch again.",
        )
    }

    pub(super) fn no_binary(project: &str, names: &[String]) -> Self {
        let (message, hint) = if names.is_empty() {
            (
                format!("{project} was built, but contains no binary."),
                "Add a src/main.rs or a [[bin]] section.".to_owned(),
            )
        } else {
            (
                format!(
                    "{project} was built, but it is not clear which of its binaries serves: {}.",
                    names.join(", ")
                ),
                "Name one of them as the entry point.".to_owned(),
            )
        };
        Self::new(BuildFailure::MissingEntrypoint, message, hint)
    }

    /// A tool that could not be started or did not end in time.
    pub(super) fn tool_broke(doing: &str, message: &str, output: Vec<String>) -> Self {
        Self::new(
            BuildFailure::ToolFailed,
            format!("{doing} failed: {message}."),
            "Run the same by hand in the project to see more, and launch again.",
        )
        .with_output(output)
    }

    /// A failure of `python -m venv` or `uv venv`.
    pub(super) fn venv(python: &str, output: Vec<String>) -> Self {
        if mentions(&output, signs::NO_VENV) {
            return Self::new(
                BuildFailure::NoVenv,
                format!("{python} cannot make a virtual environment: its venv or ensurepip module is not installed."),
                format!("Install it (Debian and Ubuntu: apt install python3-venv) or install uv, and launch again; {TRY_RUST}."),
            )
            .with_output(output);
        }
        if mentions(&output, signs::NETWORK) {
            return Self::no_network(output);
        }
        Self::tool_broke(
            "Making a virtual environment",
            "see the tool's own lines",
            output,
        )
    }

    /// A failure of `pip install` or `uv pip install`.
    pub(super) fn install(file: &str, output: Vec<String>) -> Self {
        if mentions(&output, signs::NETWORK) {
            return Self::no_network(output);
        }
        if mentions(&output, signs::REQUIREMENT) {
            let mut hint = format!(
                "Correct it in {file} (a name, a version that exists, no contradiction) and launch again."
            );
            // pip says no more than this when it may not retry.
            if mentions(&output, &["(from versions: none)"]) {
                hint.push_str(" If name and version are right, the package index was not reached: check the network and its settings.");
            }
            return Self::new(
                BuildFailure::BrokenRequirement,
                format!("A requirement in {file} cannot be met{}.", blamed(&output)),
                hint,
            )
            .with_output(output);
        }
        Self::tool_broke(
            &format!("Installing the packages of {file}"),
            "see the tool's own lines",
            output,
        )
    }

    /// A failure of `cargo build`.
    pub(super) fn cargo(output: Vec<String>) -> Self {
        if mentions(&output, signs::CARGO_NETWORK) {
            return Self::new(
                BuildFailure::NoNetwork,
                "The crates the project needs could not be downloaded: the registry was not reached.",
                "Check the network and the proxy settings (HTTPS_PROXY) of the server, and launch again.",
            )
            .with_output(output);
        }
        Self::new(
            BuildFailure::ToolFailed,
            "cargo build --release failed.",
            "Mend what the compiler says (cargo build --release in the project shows it all) and launch again.",
        )
        .with_output(output)
    }

    fn no_network(output: Vec<String>) -> Self {
        Self::new(
            BuildFailure::NoNetwork,
            "The Python packages could not be downloaded: the package index was not reached.",
            format!("Check the network, the proxy (HTTPS_PROXY) and the index (PIP_INDEX_URL, UV_INDEX_URL) of the server, and launch again; {TRY_RUST}."),
        )
        .with_output(output)
    }
}

/// The line that names the requirement, for the paragraph itself.
fn blamed(output: &[String]) -> String {
    output
        .iter()
        .map(|line| {
            line.trim_start_matches("ERROR: ")
                .trim_start_matches("error: ")
        })
        .find(|line| mentions(&[(*line).to_owned()], signs::REQUIREMENT))
        .map_or_else(String::new, |line| {
            format!(": {}", line.trim_end_matches('.'))
        })
}

/// What to do about a server that did not start, from its last lines.
pub(crate) fn start_hint(output: &[String], timed_out: bool) -> String {
    if mentions(output, &["No module named 'mcp.server.fastmcp'"]) {
        return format!("{REMOVED}. {MEND_FASTMCP}");
    }
    if let Some(module) = output.iter().find_map(|line| missing_module(line)) {
        return format!(
            "The Python module {module} is not installed: add its package to requirements.txt and launch again."
        );
    }
    if timed_out {
        return "Listen on 0.0.0.0:8000 (AgentCore's contract) or on the port in the environment variable PORT, and serve MCP at /mcp.".to_owned();
    }
    if mentions(
        output,
        &["Traceback (most recent call last)", "panicked at", "Error:"],
    ) {
        return "Mend the error its last lines show; the entry point must run by itself. Then launch again.".to_owned();
    }
    "The entry point must run a server and keep running: with the Python SDK, end it with mcp.run(transport=\"streamable-http\"); mcp.run() alone speaks stdio and ends at once.".to_owned()
}

fn missing_module(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("ModuleNotFoundError: No module named '")?;
    rest.split_once('\'').map(|(module, _)| module)
}
