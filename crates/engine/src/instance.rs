//! The first code of an instance: ties its life to the server's, then becomes
//! the program.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Carries the server's process id to [`become_instance`], which removes it.
pub(crate) const PARENT_VARIABLE: &str = "SHUKUBA_PARENT";

/// Turns this process into the program named by `arguments` (`-- PROGRAM
/// ARGUMENTS…`, as [`crate::EngineSettings::launcher`] is called, without the
/// subcommand's own name). Returns only when that failed.
pub fn become_instance(arguments: impl IntoIterator<Item = OsString>) -> io::Error {
    let mut arguments = arguments.into_iter().peekable();
    if arguments.peek().is_some_and(|first| first == "--") {
        arguments.next();
    }
    let Some(program) = arguments.next() else {
        return io::Error::new(
            io::ErrorKind::InvalidInput,
            "no program was named: this command is called by the server, not by people",
        );
    };
    if let Err(error) = die_with_parent() {
        return error;
    }
    Command::new(program)
        .args(arguments)
        .env_remove(PARENT_VARIABLE)
        .exec()
}

/// Has the kernel kill this process when the server ends, however it ends.
#[cfg(target_os = "linux")]
fn die_with_parent() -> io::Result<()> {
    use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

    set_parent_process_death_signal(Some(Signal::KILL))?;
    let expected = std::env::var(PARENT_VARIABLE)
        .ok()
        .and_then(|text| text.parse().ok())
        .and_then(Pid::from_raw);
    // A server that ended before the signal was asked for sends none.
    if expected.is_some() && getppid() != expected {
        return Err(io::Error::other("the server has ended"));
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() -> io::Result<()> {
    Ok(())
}
