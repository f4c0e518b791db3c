//! `shukuba destroy`: remove a runtime.

use std::io::IsTerminal as _;

use clap::Args;
use shukuba_model::wire::RuntimeView;

use crate::client::Client;
use crate::commands::{invoke, list};
use crate::failure::Failure;
use crate::{Global, ui};

/// `shukuba destroy`.
#[derive(Debug, Args)]
pub(crate) struct DestroyArgs {
    /// A runtime's name, id or ARN; the project's own when absent.
    runtime: Option<String>,
    /// Say what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    force: bool,
}

/// Removes the runtime, its versions and its instances.
///
/// # Errors
/// When the server cannot be reached, there is no such runtime, or nobody confirmed.
pub(crate) async fn run(global: &Global, args: DestroyArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    let name = invoke::runtime_or_project(&client, args.runtime).await?;
    let runtime: RuntimeView = client.get(&list::runtime_path(&name)).await?;
    ui::note(format!(
        "{} ({} versions, {} running instances, {})",
        runtime.name,
        runtime.versions.len(),
        runtime.instances,
        runtime.endpoint
    ));
    if args.dry_run {
        ui::note("Nothing was removed (--dry-run).");
        return Ok(());
    }
    if !args.force && !confirmed(&runtime)? {
        ui::note("Nothing was removed.");
        return Ok(());
    }
    client
        .delete(&list::runtime_path(runtime.id.as_str()))
        .await?;
    ui::note(format!(
        "Removed {}. Its API and applications remain.",
        runtime.id
    ));
    Ok(())
}

fn confirmed(runtime: &RuntimeView) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(
            Failure::usage("nobody is there to confirm").hint("pass --force to remove it unasked")
        );
    }
    ui::prompt(&format!(
        "Remove {}? Its address stops working. (yes/no) [no]: ",
        runtime.name
    ));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_ascii_lowercase().as_str(),
        "y" | "yes"
    ))
}
