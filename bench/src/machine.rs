//! The machine it was measured on.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

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
}

/// Watches what else the machine does during a run.
pub(crate) struct Watch {
    all: f64,
    others: f64,
}

impl Watch {
    /// From now on.
    pub(crate) fn begin() -> anyhow::Result<Self> {
        let (all, busy) = cpu_times()?;
        Ok(Self {
            all,
            others: busy - own_time()?,
        })
    }

    /// The share of all cores' time since then that neither this program nor
    /// its children used. To be asked when all children have ended: the kernel
    /// counts them to their parent only then.
    pub(crate) fn others(&self) -> anyhow::Result<f64> {
        let now = Self::begin()?;
        Ok((now.others - self.others).max(0.0) / (now.all - self.all).max(1.0))
    }
}

fn said(program: &Path) -> anyhow::Result<String> {
    let output = Command::new(program).arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Time of all cores since boot, in ticks: all of it, and that part which was not idle.
fn cpu_times() -> anyhow::Result<(f64, f64)> {
    let stat = std::fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().unwrap_or_default();
    // user nice system idle iowait irq softirq steal; guests are in user already (proc(5)).
    let ticks = ticks(line, 1, 8);
    let all: f64 = ticks.iter().sum();
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((all, all - idle))
}

/// Time of this process and of its ended descendants, in ticks.
fn own_time() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat
        .rsplit_once(')')
        .context("an unreadable /proc/self/stat")?;
    // utime stime cutime cstime (proc(5)).
    Ok(ticks(fields, 11, 4).iter().sum())
}

fn ticks(line: &str, skip: usize, count: usize) -> Vec<f64> {
    let fields = line.split_whitespace().skip(skip).take(count);
    fields.map_while(|field| field.parse().ok()).collect()
}
