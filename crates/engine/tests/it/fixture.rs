//! A hosted server for tests: this test binary, started once more so that it
//! runs only [`fixture_server`]; and the house around it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shukuba_engine::{Attach, AttachError, Engine, EngineSettings, Lease, Limits, Selector};
use shukuba_model::Clock;
use shukuba_model::name::RuntimeId;
use shukuba_model::route::{Command, Lifecycle, Version};
use shukuba_model::session::SessionMode;

/// Arguments that make this binary run one of its ignored tests.
pub(crate) fn run_only(test: &str) -> Vec<String> {
    ["--exact", test, "--ignored", "--nocapture", "--quiet"]
        .map(str::to_owned)
        .into()
}

/// An engine in a directory of its own, with a clock that stands still.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) runtime: RuntimeId,
    pub(crate) lifecycle: Lifecycle,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(1_000_000);
        let engine = Engine::new(EngineSettings {
            clock: clock.clone(),
            limits,
            ..EngineSettings::new(directory.path())
        })
        .unwrap();
        Self {
            engine,
            clock,
            directory,
            runtime: runtime("adder"),
            lifecycle: Lifecycle::default(),
        }
    }

    pub(crate) async fn attach(
        &self,
        version: &Arc<Version>,
        principal: &str,
        selector: Selector<'_>,
    ) -> Result<Lease, AttachError> {
        self.engine
            .attach(Attach {
                runtime: &self.runtime,
                version,
                lifecycle: self.lifecycle,
                principal,
                selector,
            })
            .await
    }

    /// How often an instance of the runtime became ready.
    pub(crate) async fn starts(&self) -> usize {
        let mut lines = self.engine.logs(&self.runtime, 10_000, false).await;
        let mut starts = 0;
        while let Some(line) = lines.next().await {
            starts += usize::from(line.contains("[the instance is ready]"));
        }
        starts
    }
}

/// A runtime of a name.
pub(crate) fn runtime(name: &str) -> RuntimeId {
    format!("{name}-0123456789").parse().unwrap()
}

/// A version whose instances are fixture servers of a kind.
pub(crate) fn version(kind: &str, sessions: SessionMode) -> Arc<Version> {
    numbered(1, kind, sessions)
}

pub(crate) fn numbered(number: u32, kind: &str, sessions: SessionMode) -> Arc<Version> {
    Arc::new(Version {
        number,
        digest: format!("{number:064}"),
        command: command(kind),
        sessions,
    })
}

pub(crate) fn command(kind: &str) -> Command {
    Command {
        program: std::env::current_exe().unwrap(),
        arguments: run_only("fixture::fixture_server"),
        directory: std::env::temp_dir(),
        environment: BTreeMap::from([("FIXTURE".to_owned(), kind.to_owned())]),
        path: "/mcp".to_owned(),
    }
}

/// The process id a fixture server tells.
pub(crate) fn pid_of(lease: &Lease) -> i32 {
    get(lease.authority(), "/pid").trim().parse().unwrap()
}

/// The body of the answer to a GET.
pub(crate) fn get(authority: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    // A server told to exit may reset the connection.
    drop(stream.read_to_string(&mut answer));
    answer
        .split_once("\r\n\r\n")
        .map_or_else(String::new, |(_, body)| body.to_owned())
}

/// Whether a process exists and is not merely waiting to be reaped.
pub(crate) fn is_alive(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit_once(')')
            .unwrap()
            .1
            .trim_start()
            .starts_with('Z')
    })
}

/// Waits for something that must come true.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The server; does nothing unless the engine started it.
#[test]
#[ignore = "not a test: the body of the fixture server"]
fn fixture_server() {
    let Ok(kind) = std::env::var("FIXTURE") else {
        return;
    };
    match kind.as_str() {
        "die" => {
            eprintln!("ModuleNotFoundError: No module named 'numpy'");
            std::process::exit(7);
        }
        "mute" => std::thread::sleep(Duration::from_secs(600)),
        "brood" => {
            #[expect(
                clippy::zombie_processes,
                reason = "whether the engine ends what an instance started is what is tested"
            )]
            let child = std::process::Command::new("/bin/sleep")
                .arg("600")
                .spawn()
                .unwrap();
            serve(&kind, Some(child.id()));
        }
        _ => serve(&kind, None),
    }
    std::process::exit(0);
}

fn serve(kind: &str, child: Option<u32>) {
    let port: u16 = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    println!("listening on {port}");
    for stream in listener.incoming() {
        let kind = kind.to_owned();
        std::thread::spawn(move || answer(stream.unwrap(), &kind, child));
    }
}

fn answer(mut stream: TcpStream, kind: &str, child: Option<u32>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (status, extra, text) = match (method.as_str(), path.as_str()) {
        ("GET", "/pid") => ("200 OK", String::new(), std::process::id().to_string()),
        ("GET", "/child") => ("200 OK", String::new(), child.unwrap().to_string()),
        ("GET", "/exit") => std::process::exit(3),
        ("GET", "/env") => {
            let all: BTreeMap<String, String> = std::env::vars().collect();
            ("200 OK", String::new(), json!(all).to_string())
        }
        ("POST", "/mcp") => reply(kind, &headers, &serde_json::from_slice(&body).unwrap()),
        _ => ("404 Not Found", String::new(), "no such page".to_owned()),
    };
    drop(write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{extra}\r\n{text}",
        text.len()
    ));
    Some(())
}

type Reply = (&'static str, String, String);

/// What the kinds of fixture answer to MCP messages.
fn reply(kind: &str, headers: &BTreeMap<String, String>, message: &Value) -> Reply {
    let result = |extra: &str, result: Value| {
        let text = json!({"jsonrpc": "2.0", "id": message["id"], "result": result}).to_string();
        match kind {
            "events" => (
                "200 OK",
                format!("Content-Type: text/event-stream\r\n{extra}"),
                format!("event: message\r\ndata: {text}\r\n\r\n"),
            ),
            _ => (
                "200 OK",
                format!("Content-Type: application/json\r\n{extra}"),
                text,
            ),
        }
    };
    let refusal = |status, code: i64| {
        let error = json!({"code": code, "message": "not here"});
        let text = json!({"jsonrpc": "2.0", "id": message["id"], "error": error}).to_string();
        (
            status,
            "Content-Type: application/json\r\n".to_owned(),
            text,
        )
    };
    let tools = json!({"tools": [
        {"name": "add", "inputSchema": {"type": "object"}},
        {"name": "wipe", "inputSchema": {}, "annotations": {"destructiveHint": true}},
    ]});
    let method = message["method"].as_str().unwrap();
    if kind == "modern" {
        return match method {
            _ if !has_modern_envelope(headers, message) => refusal("400 Bad Request", -32022),
            "server/discover" => result("", json!({"supportedVersions": ["2026-07-28"]})),
            "tools/list" => result("", tools),
            _ => refusal("404 Not Found", -32601),
        };
    }
    match method {
        "initialize" => result(
            if kind == "stateless" {
                ""
            } else {
                "Mcp-Session-Id: s-1\r\n"
            },
            json!({"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}),
        ),
        "notifications/initialized" => ("202 Accepted", String::new(), String::new()),
        "tools/list" => match (kind, message["params"]["cursor"].as_str()) {
            ("pages", None) => result("", json!({"tools": [{"name": "first"}], "nextCursor": "n"})),
            ("pages", Some("n")) => result("", json!({"tools": [{"name": "second"}]})),
            ("toolless", _) => refusal("200 OK", -32601),
            _ => result("", tools),
        },
        _ => refusal("200 OK", -32601),
    }
}

/// Whether a request carries what MCP 2026-07-28 demands of each.
fn has_modern_envelope(headers: &BTreeMap<String, String>, message: &Value) -> bool {
    let header = |name: &str| headers.get(name).map(String::as_str);
    let meta = &message["params"]["_meta"];
    header("mcp-protocol-version") == Some("2026-07-28")
        && header("mcp-method") == message["method"].as_str()
        && meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
        && meta["io.modelcontextprotocol/clientCapabilities"].is_object()
}

/// The path of a program that must be there for a test, or why it is skipped.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file());
    if found.is_none() {
        println!("skipped: {program} is not on PATH");
    }
    found
}
