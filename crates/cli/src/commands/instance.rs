//! `shukuba __instance`: what an instance's process runs before the hosted
//! server takes its place.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

use crate::failure::Failure;
use crate::ui;

/// `shukuba __instance`.
#[derive(Debug, Args)]
pub(crate) struct InstanceArgs {
    /// The program to become, and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// Becomes the hosted server; comes back only when that failed.
pub(crate) fn run(args: InstanceArgs) -> ExitCode {
    let error = shukuba_server::become_instance(args.command);
    ui::print_failure(&Failure::failed(format!(
        "the instance could not be started: {error}"
    )))
}
