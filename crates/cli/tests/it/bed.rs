//! A place to play in: a data directory, a project, a running server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The identifier of the story's API.
pub(crate) const IDENTIFIER: &str = "https://bedrock-agentcore.us-west-2.amazonaws.com/";

/// A finished command.
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails the test unless the command ended well; its stdout.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(
            self.code, 0,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self.stdout
    }

    /// Fails the test unless the command ended with `code` and said `named` on
    /// stderr, and nothing on stdout.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, named: &str) {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(self.code, code, "stdout: {stdout}\nstderr: {stderr}");
        assert!(stderr.contains(named), "'{named}' is not in: {stderr}");
        assert_eq!(stdout, "");
    }

    /// The value behind a label in aligned output.
    #[track_caller]
    pub(crate) fn value(&self, label: &str) -> String {
        value(&self.stdout, label)
    }
}

/// The value behind a label in aligned output.
#[track_caller]
pub(crate) fn value(text: &str, label: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    line.unwrap_or_else(|| panic!("no line '{label}' in:\n{text}"))
        .trim()
        .to_owned()
}

/// A data directory, a project directory, and the server's address.
pub(crate) struct Bed {
    root: tempfile::TempDir,
    server: Option<Running>,
}

impl Bed {
    /// A bed without a server.
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            server: None,
        }
    }

    /// A bed with a server and a project that holds the standard-library adder.
    pub(crate) fn with_server() -> Self {
        let mut bed = Self::new();
        std::fs::create_dir(bed.project()).unwrap();
        std::fs::copy(
            fixture("mcp_server.py"),
            bed.project().join("mcp_server.py"),
        )
        .unwrap();
        bed.server = Some(Running::serve(&bed.data_dir(), 0));
        bed
    }

    /// Starts the server anew, on a free port, with these arguments.
    pub(crate) fn serve_with(&mut self, arguments: &[&str]) {
        // The old one holds the data directory until it has ended.
        drop(self.server.take());
        let arguments = [arguments, &["--port", "0"]].concat();
        self.server = Some(Running::serve_with(&self.data_dir(), &arguments));
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.root.path().join("project")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn origin(&self) -> &str {
        &self.server.as_ref().unwrap().origin
    }

    pub(crate) fn server(&self) -> &Running {
        self.server.as_ref().unwrap()
    }

    /// Stops the server, lets `meanwhile` work on its data directory, and
    /// starts it again, on another port.
    pub(crate) fn restart(&mut self, meanwhile: impl FnOnce(&Path)) {
        drop(self.server.take());
        meanwhile(&self.data_dir());
        self.server = Some(Running::serve(&self.data_dir(), 0));
    }

    /// A command in the project directory, against this bed's server, whose
    /// logins are kept in this bed.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = shukuba();
        command
            .args(arguments)
            .env("SHUKUBA_DATA_DIR", self.data_dir())
            .env("XDG_STATE_HOME", self.path("state"));
        if let Some(server) = &self.server {
            command.env("SHUKUBA_SERVER", &server.origin);
        }
        if self.project().is_dir() {
            command.current_dir(self.project());
        }
        command
    }

    /// Runs such a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        Finished::new(self.command(arguments).output().unwrap())
    }

    /// Runs such a command, which reads `input`.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Finished {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(input.as_bytes()).unwrap();
        drop(pipe);
        Finished::new(child.wait_with_output().unwrap())
    }

    /// Runs such a command with `--json`; what it printed.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let printed = self.run(&[arguments, &["--json"]].concat()).ok();
        serde_json::from_str(&printed).unwrap()
    }

    /// Registers the story's API and application; the client id.
    pub(crate) fn register(&self, profile: &str) -> String {
        self.run(&[
            "api",
            "create",
            "--name",
            "AgentCore",
            "--identifier",
            IDENTIFIER,
            "--profile",
            profile,
        ])
        .ok();
        let created = self.run(&[
            "app", "create", "--name", "mcp", "--type", "m2m", "--api", IDENTIFIER,
        ]);
        created.value("client id")
    }

    /// Configures the project for the story's API and client, and launches it.
    pub(crate) fn launch(&self, client: &str) {
        let discovery = format!("{}/.well-known/openid-configuration", self.origin());
        let rules = serde_json::json!({ "customJWTAuthorizer": {
            "discoveryUrl": discovery,
            "allowedClients": [client],
            "allowedAudience": [IDENTIFIER],
        }});
        let rules = rules.to_string();
        self.run(&[
            "configure",
            "-e",
            "mcp_server.py",
            "--protocol",
            "MCP",
            "--region",
            "us-west-2",
            "-ac",
            &rules,
            "--non-interactive",
        ])
        .ok();
        self.run(&["launch"]).ok();
    }

    /// Calls `add(2, 3)` with a token.
    pub(crate) fn add(&self, token: &str) -> Finished {
        self.run(&[
            "invoke",
            "--tool",
            "add",
            "--arg",
            "a=2",
            "--arg",
            "b=3",
            "--bearer-token",
            token,
        ])
    }

    /// The story's token.
    pub(crate) fn token(&self) -> String {
        self.run(&["token", "get", "--app", "mcp"])
            .ok()
            .trim()
            .to_owned()
    }
}

/// The standard-library adder.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/adder")
        .join(name)
}

/// The binary, with an environment of its own.
pub(crate) fn shukuba() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shukuba"));
    command
        .env_remove("SHUKUBA_SERVER")
        .env_remove("SHUKUBA_DATA_DIR")
        .env_remove("SHUKUBA_LOG");
    command
}

/// A server in a process of its own; ended when dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) origin: String,
}

impl Running {
    /// Starts `shukuba serve` and waits until it says where.
    pub(crate) fn serve(data_dir: &Path, port: u16) -> Self {
        Self::serve_with(data_dir, &["--port", &port.to_string()])
    }

    /// As [`Running::serve`], with these arguments.
    pub(crate) fn serve_with(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut child = shukuba()
            .arg("serve")
            .args(arguments)
            .arg("--data-dir")
            .arg(data_dir)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let origin = loop {
            let mut line = String::new();
            assert_ne!(
                lines.read_line(&mut line).unwrap(),
                0,
                "the server ended: {seen}"
            );
            seen.push_str(&line);
            if let Some(origin) = line.trim().strip_prefix("Shukuba serves at ") {
                break origin.to_owned();
            }
        };
        // Reads on, so that the server never blocks on a full pipe.
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Self { child, origin }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as Ctrl-C would.
    pub(crate) fn interrupt(mut self) {
        signal(self.pid(), Signal::INT);
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        signal(self.pid(), Signal::TERM);
        drop(self.child.wait());
    }
}

/// Sends a signal to a process that is ours.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // It may have ended by itself.
    kill_process(pid, signal).ok();
}

/// The processes that run something below `directory`.
pub(crate) fn processes_below(directory: &Path) -> Vec<String> {
    let directory = directory.canonicalize().unwrap();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        let numeric = entry
            .file_name()
            .to_string_lossy()
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        if numeric && command.contains(&*directory.to_string_lossy()) {
            found.push(command);
        }
    }
    found
}

/// Waits for something to become true; a test that never sees it fails.
#[track_caller]
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
