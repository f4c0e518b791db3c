//! Which processes belong to instances, on disk, so that a server that follows
//! a crashed one can end what was left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};

/// Names an instance in its own environment, so that a left-over process can be
/// told from one that merely got the same number.
pub(crate) const INSTANCE_VARIABLE: &str = "SHUKUBA_INSTANCE";

const RECORD: &str = "process.json";

/// The directories of running instances, each with a record of its process.
#[derive(Debug)]
pub(crate) struct Ledger {
    directory: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    /// The leader of the instance's process group.
    pid: i32,
    /// When it started, in clock ticks since the machine did.
    started: Option<u64>,
}

/// The directory of one instance: its home, its temporary files, its record.
#[derive(Debug)]
pub(crate) struct Lodging {
    root: PathBuf,
}

impl Ledger {
    /// Opens the ledger and ends every instance that it still lists.
    pub(crate) fn open(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        for entry in fs::read_dir(&directory)? {
            let root = entry?.path();
            end_leftover(&root);
            if let Err(error) = fs::remove_dir_all(&root) {
                tracing::warn!(path = %root.display(), %error, "a left-over instance directory stays");
            }
        }
        Ok(Self { directory })
    }

    /// Makes the directory of a new instance.
    pub(crate) fn lodge(&self, instance: &str) -> io::Result<Lodging> {
        let lodging = Lodging {
            root: self.directory.join(instance),
        };
        fs::create_dir_all(lodging.home())?;
        fs::create_dir_all(lodging.temporary())?;
        Ok(lodging)
    }
}

impl Lodging {
    /// The instance's `HOME`.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The instance's `TMPDIR`.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Notes the instance's process.
    pub(crate) fn record(&self, pid: i32) -> io::Result<()> {
        let record = Record {
            pid,
            started: start_time(pid),
        };
        fs::write(self.root.join(RECORD), serde_json::to_vec(&record)?)
    }

    /// Removes the directory, once the process has ended.
    pub(crate) async fn clear(self) {
        if let Err(error) = tokio::fs::remove_dir_all(&self.root).await {
            tracing::warn!(path = %self.root.display(), %error, "an instance's directory stays");
        }
    }
}

/// Ends what is left of the instance whose directory is `root`.
fn end_leftover(root: &Path) {
    let record = fs::read(root.join(RECORD))
        .ok()
        .and_then(|text| serde_json::from_slice::<Record>(&text).ok());
    let (Some(record), Some(instance)) = (record, root.file_name().and_then(|name| name.to_str()))
    else {
        return;
    };
    let Some(leader) = Pid::from_raw(record.pid) else {
        return;
    };
    if record.started.is_some() && start_time(record.pid) == record.started {
        tracing::info!(
            pid = record.pid,
            instance,
            "ending an instance that an earlier server left"
        );
        let _ = kill_process_group(leader, Signal::KILL);
    }
    for pid in members_of(record.pid, instance) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// The processes of a group that carry the instance's id in their environment.
fn members_of(group: i32, instance: &str) -> Vec<Pid> {
    let mark = format!("{INSTANCE_VARIABLE}={instance}");
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| stat_field(*pid, 4) == Some(i64::from(group)))
        .filter(|pid| {
            fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == mark.as_bytes())
            })
        })
        .filter_map(Pid::from_raw)
        .collect()
}

/// When a process started, in clock ticks since the machine did.
fn start_time(pid: i32) -> Option<u64> {
    stat_field(pid, 21).and_then(|ticks| u64::try_from(ticks).ok())
}

/// A numeric field of `/proc/PID/stat`, counted from 0 (proc(5) counts from 1).
fn stat_field(pid: i32, index: usize) -> Option<i64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, field 1, may contain spaces and parentheses of its own.
    let (_, after_name) = text.rsplit_once(')')?;
    after_name
        .split_whitespace()
        .nth(index.checked_sub(2)?)?
        .parse()
        .ok()
}
