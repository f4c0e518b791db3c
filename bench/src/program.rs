//! Child processes: started, asked what they use, ended.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long a program may take to listen, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a port is tried that nobody listens on yet. Short against every
/// start that is measured.
const POLL: Duration = Duration::from_micros(250);

/// A running child; killed when dropped.
pub(crate) struct Program {
    child: Child,
    pid: Pid,
}

impl Program {
    /// Starts a program that prints nothing anyone needs.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self::spawn(command)
    }

    /// Starts a program and waits for the line on its stderr that begins so;
    /// gives the rest of the line.
    pub(crate) async fn announced(
        command: &mut Command,
        prefix: &str,
    ) -> anyhow::Result<(Self, String)> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut program = Self::spawn(command)?;
        let stderr = program
            .child
            .stderr
            .take()
            .context("the child has no stderr")?;
        let rest = timeout(PATIENCE, announcement(stderr, prefix)).await;
        let rest = rest.with_context(|| format!("no line beginning with '{prefix}' came"))??;
        Ok((program, rest))
    }

    fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .kill_on_drop(true)
            .spawn()
            .context("starting a child process")?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Ok(Self {
            child,
            pid: pid.context("the child has ended already")?,
        })
    }

    /// CPU time used so far by all its threads. The kernel tells it in ticks,
    /// usually of 10 ms.
    pub(crate) fn cpu_time(&self) -> anyhow::Result<Duration> {
        let stat = self.proc_file("stat")?;
        // The name in parentheses may hold spaces; utime and stime are the
        // 14th and 15th field, so the 12th and 13th after it (proc(5)).
        let (_, fields) = stat
            .rsplit_once(')')
            .context("an unreadable /proc/PID/stat")?;
        let ticks: Vec<u64> = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map_while(|field| field.parse().ok())
            .collect();
        let [user, system] = ticks.as_slice() else {
            bail!("an unreadable /proc/PID/stat")
        };
        let per_second = rustix::param::clock_ticks_per_second();
        Ok(Duration::from_secs(user + system) / u32::try_from(per_second)?)
    }

    /// Resident memory, in bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        let status = self.proc_file("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line
            .and_then(|line| line.trim().strip_suffix("kB"))
            .map(str::trim);
        let kibibytes: u64 = kibibytes
            .context("an unreadable /proc/PID/status")?
            .parse()?;
        Ok(kibibytes * 1024)
    }

    /// Asks it to end and waits until it has.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        kill_process(self.pid, Signal::TERM)?;
        timeout(PATIENCE, self.child.wait())
            .await
            .context("a child did not end on SIGTERM")??;
        Ok(())
    }

    fn proc_file(&self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.pid.as_raw_nonzero());
        std::fs::read_to_string(&path).with_context(|| format!("reading {path} (Linux only)"))
    }
}

async fn announcement(
    stderr: impl AsyncRead + Unpin + Send + 'static,
    prefix: &str,
) -> anyhow::Result<String> {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        if let Some(rest) = line.strip_prefix(prefix) {
            let rest = rest.trim().to_owned();
            // A full pipe would hold the child up.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(rest);
        }
        said.push(line);
    }
    bail!("the program ended; it said:\n{}", said.join("\n"))
}

/// A loopback address that was free a moment ago.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Waits until something listens on an address, and connects to it.
pub(crate) async fn connected(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Ok(stream) = TcpStream::connect(address).await
            && stream.local_addr()? != address
        {
            return Ok(stream);
        }
        sleep(POLL).await;
    }
    bail!("nothing listens on {address}")
}
