//! `shukuba up` on a server that is built already, from the start of the
//! process to the first answered call.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::Value;
use tokio::process::Command;

use crate::options::Options;
use crate::program::{Program, free_address};

/// How long it is left alone after it is ready. A signal at the very moment of
/// its last line may go unheard.
const BEFORE_STOP: Duration = Duration::from_millis(100);

/// Seconds, run by run.
pub(crate) struct Up {
    /// With no data directory yet.
    pub(crate) fresh: Vec<f64>,
    /// Again, with everything there.
    pub(crate) again: Vec<f64>,
    /// Why some did not come up.
    pub(crate) failures: Vec<String>,
}

/// Runs it; `None` without the server's binary.
pub(crate) async fn measure(options: &Options) -> anyhow::Result<Option<Up>> {
    let Some(server) = &options.adder_rs else {
        return Ok(None);
    };
    let mut up = Up {
        fresh: Vec::new(),
        again: Vec::new(),
        failures: Vec::new(),
    };
    for _ in 0..options.pick(7, 2) {
        let directory = tempfile::tempdir()?;
        // The same port both times: it is part of the runtime's address.
        let port = free_address()?.port();
        for (times, facts) in [(&mut up.fresh, "fresh.json"), (&mut up.again, "again.json")] {
            match run(options, server, directory.path(), port, facts).await {
                Ok(seconds) => times.push(seconds),
                Err(error) => up.failures.push(format!("{error:#}")),
            }
        }
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
    let (program, _) = Program::announced(&mut command, "Ready in ").await?;
    let elapsed = began.elapsed().as_secs_f64();
    answered(&facts)?;
    tokio::time::sleep(BEFORE_STOP).await;
    program.stop().await?;
    Ok(elapsed)
}

/// It says that it is ready once its own call of the first tool is answered.
fn answered(facts: &Path) -> anyhow::Result<()> {
    let facts: Value = serde_json::from_slice(&std::fs::read(facts)?)?;
    let result = facts.pointer("/smoke/result");
    ensure!(
        result.is_some_and(|result| result == "5"),
        "`up` got {result:?} for 2 + 3"
    );
    Ok(())
}
