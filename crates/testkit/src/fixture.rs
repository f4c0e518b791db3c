//! Fixture MCP servers: a hand-written HTTP/1.1 server that shows what really
//! arrived and answers as a test asks, in this process or as a child process.
//!
//! A request picks its answer with the header `Mcp-Fixture`:
//!
//! | value | answer |
//! | --- | --- |
//! | absent | a small MCP server with the tool `add` |
//! | `echo` | the request's head and body, as they arrived |
//! | `mirror` | the request's body, under its own content type |
//! | `sse COUNT MS` | `COUNT` events, `MS` milliseconds apart |
//! | `journaled-sse COUNT MS` | the same; the journal notes `finished`, or `closed` |
//! | `silent` | the head of an event stream, then nothing; the journal notes `closed` |
//! | `stream BYTES` | that many patterned bytes, with `Content-Length`; the journal notes `written N` |
//! | `status CODE` | that status, an odd JSON body and a header of its own |
//! | `slow MS` | an answer after a pause; the journal notes `finished`, or `closed` |
//! | `crash` | none: the process ends with exit code 3 |
//! | `crash-midway` | an event, then the process ends with exit code 3 |
//! | `connection` | the number of the connection, from 0 |
//! | `pid` | the process id |
#![expect(clippy::expect_used, reason = "a fixture fails the test that uses it")]

mod answers;
mod connection;

use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use shukuba_model::route::Command;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The name of the test that every test binary using [`FixtureOptions::command`] declares:
/// `#[test] fn fixture_process() { shukuba_testkit::fixture::run_if_child(); }`.
pub const CHILD_TEST: &str = "fixture_process";

const CHILD: &str = "SHUKUBA_FIXTURE";
const JOURNAL: &str = "SHUKUBA_FIXTURE_JOURNAL";
const START_DELAY: &str = "SHUKUBA_FIXTURE_START_DELAY_MS";
const FAIL_START: &str = "SHUKUBA_FIXTURE_FAIL_START";
const STATELESS: &str = "SHUKUBA_FIXTURE_STATELESS";

/// How a fixture behaves from its start.
#[derive(Debug, Clone, Default)]
pub struct FixtureOptions {
    /// A file that gets a line for every event: `start PID`, `closed`, `finished`, `written N`.
    pub journal: Option<PathBuf>,
    /// How long it takes until it listens.
    pub start_delay: Duration,
    /// Whether it ends instead of listening.
    pub fail_start: bool,
    /// Whether it gives no session ids.
    pub stateless: bool,
}

impl FixtureOptions {
    /// The command that starts this fixture as a child process: the running
    /// test binary, told to be a server (see [`CHILD_TEST`]).
    pub fn command(&self) -> Command {
        let mut environment = BTreeMap::from([(CHILD.to_owned(), "1".to_owned())]);
        if let Some(journal) = &self.journal {
            environment.insert(JOURNAL.to_owned(), journal.display().to_string());
        }
        if !self.start_delay.is_zero() {
            let delay = self.start_delay.as_millis().to_string();
            environment.insert(START_DELAY.to_owned(), delay);
        }
        for (set, name) in [(self.fail_start, FAIL_START), (self.stateless, STATELESS)] {
            if set {
                environment.insert(name.to_owned(), "1".to_owned());
            }
        }
        let program = std::env::current_exe().expect("a test knows its own binary");
        Command {
            directory: program
                .parent()
                .map_or_else(|| PathBuf::from("/"), Path::to_owned),
            program,
            arguments: [CHILD_TEST, "--exact", "--nocapture", "--test-threads=1"]
                .map(str::to_owned)
                .to_vec(),
            environment,
            path: "/mcp".to_owned(),
        }
    }

    fn from_environment() -> Self {
        let set = |name| std::env::var_os(name).is_some();
        Self {
            journal: std::env::var_os(JOURNAL).map(PathBuf::from),
            start_delay: std::env::var(START_DELAY)
                .ok()
                .and_then(|delay| delay.parse().ok())
                .map_or(Duration::ZERO, Duration::from_millis),
            fail_start: set(FAIL_START),
            stateless: set(STATELESS),
        }
    }
}

/// Serves until the process is ended, when the environment says that this
/// process is a fixture; returns at once in an ordinary test run.
pub fn run_if_child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let options = FixtureOptions::from_environment();
    let server = Arc::new(Server::new(&options));
    server.note(&format!("start {}", std::process::id()));
    end_with_parent();
    if options.fail_start {
        let _told = writeln!(std::io::stderr(), "fixture: told to fail at its start");
        end_process(1);
    }
    std::thread::sleep(options.start_delay);
    let port: u16 = std::env::var("PORT")
        .expect("the engine sets PORT")
        .parse()
        .expect("PORT is a number");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", port))
                .await
                .expect("the port the engine chose is free");
            serve(listener, server).await;
        });
}

/// A fixture in this process.
#[derive(Debug)]
pub struct Fixture {
    /// Where it listens.
    pub address: SocketAddr,
    server: Arc<Server>,
    task: JoinHandle<()>,
}

impl Fixture {
    /// Starts a fixture on a free loopback port.
    pub async fn start(options: &FixtureOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let server = Arc::new(Server::new(options));
        let task = tokio::spawn(serve(listener, Arc::clone(&server)));
        Self {
            address,
            server,
            task,
        }
    }

    /// The heads of all requests so far, as they arrived.
    pub fn heads(&self) -> Vec<String> {
        self.server.heads.lock().clone()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What all connections of a fixture share.
#[derive(Debug)]
pub(crate) struct Server {
    journal: Option<Mutex<std::fs::File>>,
    heads: Mutex<Vec<String>>,
    sessions: Mutex<HashSet<String>>,
    streams: Mutex<HashSet<String>>,
    stateless: bool,
}

impl Server {
    fn new(options: &FixtureOptions) -> Self {
        let journal = options.journal.as_ref().map(|path| {
            let file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .expect("the journal can be written");
            Mutex::new(file)
        });
        Self {
            journal,
            heads: Mutex::default(),
            sessions: Mutex::default(),
            streams: Mutex::default(),
            stateless: options.stateless,
        }
    }

    fn note(&self, event: &str) {
        if let Some(journal) = &self.journal {
            journal
                .lock()
                .write_all(format!("{event}\n").as_bytes())
                .expect("the journal can be written");
        }
    }
}

async fn serve(listener: TcpListener, server: Arc<Server>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _nodelay = stream.set_nodelay(true);
        tokio::spawn(connection::run(stream, Arc::clone(&server)));
    }
}

/// The lines of a journal so far.
pub fn journal(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path)
        .unwrap_or_default()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The bytes `stream BYTES` sends from an offset on: each byte is its offset modulo 251.
pub fn pattern(offset: usize, length: usize) -> Vec<u8> {
    (offset..offset + length)
        .map(|at| u8::try_from(at % 251).unwrap_or_default())
        .collect()
}

/// A failed test must not leave processes behind.
fn end_with_parent() {
    let parent = std::os::unix::process::parent_id();
    std::thread::spawn(move || {
        while std::os::unix::process::parent_id() == parent {
            std::thread::sleep(Duration::from_millis(200));
        }
        end_process(0);
    });
}

#[expect(clippy::exit, reason = "a fixture plays a server that crashes")]
fn end_process(code: i32) -> ! {
    std::process::exit(code)
}
