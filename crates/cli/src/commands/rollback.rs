//! `shukuba rollback`: let an earlier version of a runtime serve again.

use clap::Args;
use shukuba_model::wire::{Rollback, RuntimeView};

use crate::client::Client;
use crate::commands::list;
use crate::failure::Failure;
use crate::{Global, ui};

/// `shukuba rollback`.
#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// The runtime's name, id or ARN.
    runtime: String,
    /// The number of the version; `shukuba status RUNTIME` lists them.
    #[arg(value_name = "VERSION")]
    number: u32,
}

/// Starts the version once, and moves `DEFAULT` to it.
///
/// # Errors
/// When there is no such version, or it does not start any more; what served
/// serves on.
pub(crate) async fn run(global: &Global, args: RollbackArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    let path = format!("{}/rollback", list::runtime_path(&args.runtime));
    let body = Rollback {
        version: args.number,
    };
    let runtime: RuntimeView = client.post(&path, &body).await?;
    ui::note(format!(
        "Version {} of {} serves; sessions of other versions finish.",
        runtime.version, runtime.name
    ));
    Ok(())
}
