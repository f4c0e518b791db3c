//! Signals to a process and everything it started.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// The process group that a child leads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group(Option<Pid>);

impl Group {
    /// The group of a child that was started as the leader of its own.
    pub(crate) fn led_by(child: &Child) -> Self {
        Self(
            child
                .id()
                .and_then(|id| i32::try_from(id).ok())
                .and_then(Pid::from_raw),
        )
    }

    /// The group's number, which is its leader's process id.
    pub(crate) fn id(self) -> Option<i32> {
        self.0.map(Pid::as_raw_pid)
    }

    /// Asks every process of the group to end.
    pub(crate) fn terminate(self) {
        self.signal(Signal::TERM);
    }

    /// Ends every process of the group.
    pub(crate) fn kill(self) {
        self.signal(Signal::KILL);
    }

    fn signal(self, signal: Signal) {
        if let Some(group) = self.0 {
            // The group may have ended by itself, which is what was wanted.
            let _ = kill_process_group(group, signal);
        }
    }
}

/// Kills a group when dropped, so that cancelled work leaves no process.
#[derive(Debug)]
pub(crate) struct KillOnDrop(pub(crate) Group);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}
