//! A client as a process of its own, with many refreshes at once.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::place::{
    CLIENT_ID, CLIENTS, FOLDER, PARALLEL, PATIENCE, Place, eventually, read_login, starting_shot,
    write_login,
};

const SERVER: &str = "SHUKUBA_TEST_SHARED_SERVER";
const NUMBER: &str = "SHUKUBA_TEST_SHARED_NUMBER";
/// How long to wait for a server that does not answer.
const PAUSE: Duration = Duration::from_millis(20);

/// What a client saw.
#[derive(Default)]
pub(super) struct Report {
    /// The refresh tokens it presented, each with the one it was given.
    pub(super) answered: Vec<(String, String)>,
    /// How often the server went away before it answered.
    pub(super) interrupted: usize,
}

/// How a refresh goes.
#[derive(Clone, Copy)]
enum Fate {
    /// The answer arrives.
    Answered,
    /// The client hangs up as soon as it has asked.
    HungUp,
    /// The answer is on its way, and is not read to its end.
    CutOff,
}

/// A client that runs.
pub(super) struct Running {
    process: Child,
    report: PathBuf,
}

/// Starts all of them; they wait for the starting shot.
pub(super) fn start_all(place: &Place, server: SocketAddr) -> Vec<Running> {
    let start = |number: usize| Running {
        process: place
            .child("client")
            .env(SERVER, server.to_string())
            .env(NUMBER, number.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
        report: report_of(place.path(), number),
    };
    let clients = (0..CLIENTS).map(start).collect();
    for number in 0..CLIENTS {
        eventually("a client that is ready", || {
            report_of(place.path(), number).exists().then_some(())
        });
    }
    clients
}

/// Waits for the end of a client, which must be a good one.
pub(super) fn finished(mut client: Running) -> Report {
    assert!(client.process.wait().unwrap().success());
    let text = std::fs::read_to_string(&client.report).unwrap();
    let (interrupted, answered) = serde_json::from_str(&text).unwrap();
    Report {
        answered,
        interrupted,
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The process itself.
pub(super) fn run() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let server = std::env::var(SERVER).unwrap().parse().unwrap();
    let number = std::env::var(NUMBER).unwrap().parse().unwrap();
    let path = report_of(&folder, number);
    std::fs::write(&path, "").unwrap();
    eventually("the starting shot", || {
        starting_shot(&folder).exists().then_some(())
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let report = runtime.block_on(refresh_many(server, folder));
    let report = serde_json::json!([report.interrupted, report.answered]);
    std::fs::write(path, report.to_string()).unwrap();
}

async fn refresh_many(server: SocketAddr, folder: PathBuf) -> Report {
    let folder: Arc<Path> = folder.into();
    let users: Vec<_> = (0..PARALLEL)
        .map(|number| tokio::spawn(use_twice(server, Arc::clone(&folder), number)))
        .collect();
    let mut whole = Report::default();
    for user in users {
        let report = user.await.unwrap();
        whole.answered.extend(report.answered);
        whole.interrupted += report.interrupted;
    }
    whole
}

/// Renews before every request, as clients in the wild do; there are two. Every
/// fourth loses its first answer.
async fn use_twice(server: SocketAddr, folder: Arc<Path>, number: usize) -> Report {
    let mut report = Report::default();
    let fate = match number % 8 {
        3 => Fate::HungUp,
        7 => Fate::CutOff,
        _ => Fate::Answered,
    };
    for fate in [fate, Fate::Answered] {
        refresh(server, &folder, fate, &mut report).await;
    }
    report
}

/// Refreshes until an answer came: reads the newest token it can know of, asks,
/// and writes what it got.
async fn refresh(server: SocketAddr, folder: &Path, mut fate: Fate, report: &mut Report) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "no answer came");
        let presented = read_login(folder);
        match ask(server, &presented, fate).await {
            Ok(Some(got)) => {
                write_login(folder, &got);
                report.answered.push((presented, got));
                return;
            }
            Ok(None) => fate = Fate::Answered,
            Err(_) => {
                report.interrupted += 1;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Sends a refresh token; the one in the answer, unless that was lost. Any
/// other answer than tokens fails the test.
async fn ask(server: SocketAddr, token: &str, fate: Fate) -> io::Result<Option<String>> {
    let body = format!("grant_type=refresh_token&client_id={CLIENT_ID}&refresh_token={token}");
    let request = format!(
        "POST /oauth/token HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(request.as_bytes()).await?;
    match fate {
        Fate::HungUp => return Ok(None),
        Fate::CutOff => {
            stream.read_u8().await?;
            return Ok(None);
        }
        Fate::Answered => {}
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
    // Cut short by the end of the server.
    let tokens: Value = serde_json::from_str(body)?;
    Ok(Some(
        tokens
            .get("refresh_token")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned(),
    ))
}

fn report_of(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("client-{number}.json"))
}
