//! The machine it was measured on.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

/// How long the machine is watched to see what else it does.
const WATCH: Duration = Duration::from_secs(2);

/// What the numbers depend on.
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) virtual_machine: bool,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    pub(crate) shukuba: String,
}

impl Machine {
    /// Asks the kernel and the tools.
    pub(crate) fn read(shukuba: &Path) -> anyhow::Result<Self> {
        let cpus = std::fs::read_to_string("/proc/cpuinfo").context("Linux only")?;
        let field = |name: &str| {
            let line = cpus.lines().find(|line| line.starts_with(name))?;
            line.split_once(':')
                .map(|(_, value)| value.trim().to_owned())
        };
        let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
        Ok(Self {
            cpu: field("model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: std::thread::available_parallelism()?.get(),
            virtual_machine: field("flags").is_some_and(|flags| flags.contains(" hypervisor")),
            kernel: release
                .split('-')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            rustc: said(Path::new("rustc"))?,
            shukuba: said(shukuba)?,
        })
    }

    /// The share of all cores' time that is used while this program waits.
    pub(crate) async fn others_busy() -> anyhow::Result<f64> {
        let (busy_before, all_before) = cpu_times()?;
        tokio::time::sleep(WATCH).await;
        let (busy, all) = cpu_times()?;
        Ok((busy - busy_before) / (all - all_before).max(1.0))
    }
}

fn said(program: &Path) -> anyhow::Result<String> {
    let output = Command::new(program).arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Time of all cores since boot, in ticks: not idle, and all of it.
fn cpu_times() -> anyhow::Result<(f64, f64)> {
    let stat = std::fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().unwrap_or_default();
    // user nice system idle iowait irq softirq steal; guests are in user already (proc(5)).
    let ticks: Vec<f64> = line
        .split_whitespace()
        .skip(1)
        .take(8)
        .map_while(|field| field.parse().ok())
        .collect();
    let all: f64 = ticks.iter().sum();
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((all - idle, all))
}
