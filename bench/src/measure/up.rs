//! `shukuba up` on a server that is built already, from the start of the
//! process to the first answered call.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::process::Command;

use crate::options::Options;
use crate::program::{Program, free_address};

const POLL: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// Seconds, run by run.
pub(crate) struct Up {
    /// With no data directory yet.
    pub(crate) fresh: Vec<f64>,
    /// Again, with everything there.
    pub(crate) again: Vec<f64>,
}

/// Runs it; `None` without the server's binary.
pub(crate) async fn measure(options: &Options) -> anyhow::Result<Option<Up>> {
    let Some(server) = &options.adder_rs else {
        return Ok(None);
    };
    let mut up = Up {
        fresh: Vec::new(),
        again: Vec::new(),
    };
    for _ in 0..options.pick(7, 2) {
        let directory = tempfile::tempdir()?;
        // The same port both times: it is part of the runtime's address.
        let port = free_address()?.port();
        up.fresh
            .push(run(options, server, directory.path(), port, "fresh.json").await?);
        up.again
            .push(run(options, server, directory.path(), port, "again.json").await?);
    }
    Ok(Some(up))
}

async fn run(
    options: &Options,
    server: &Path,
    directory: &Path,
    port: u16,
    facts: &str,
) -> anyhow::Result<f64> {
    let facts = directory.join(facts);
    let mut command = Command::new(&options.shukuba);
    command
        .arg("up")
        .arg(server)
        .args(["--port", &port.to_string()]);
    command
        .arg("--data-dir")
        .arg(directory.join("data"))
        .arg("--ready-json")
        .arg(&facts);
    let began = Instant::now();
    let program = Program::start(&mut command)?;
    // The file is written once the first call is answered.
    while !answered(&facts) {
        ensure!(began.elapsed() < PATIENCE, "`up` answered no call in time");
        tokio::time::sleep(POLL).await;
    }
    let elapsed = began.elapsed().as_secs_f64();
    program.stop().await?;
    Ok(elapsed)
}

fn answered(facts: &Path) -> bool {
    let text = std::fs::read(facts).unwrap_or_default();
    let facts: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
    facts.is_some_and(|facts| {
        facts
            .pointer("/smoke/result")
            .is_some_and(|result| result == "5")
    })
}
