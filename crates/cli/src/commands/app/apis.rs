//! `shukuba app apis`.

use clap::Args;
use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{ApplicationApis, ApplicationView};

use super::show;
use crate::client::Client;
use crate::failure::Failure;
use crate::ui;

/// `shukuba app apis`.
#[derive(Debug, Args)]
pub(crate) struct ApisArgs {
    /// Its name or client id.
    application: String,
    /// The identifiers of all APIs it may use from now on.
    #[arg(
        value_name = "API",
        required_unless_present = "none",
        conflicts_with = "none"
    )]
    apis: Vec<ApiIdentifier>,
    /// No API: people get tokens of the runtime they log in to. Not for a machine.
    #[arg(long)]
    none: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Changes which APIs an application may use, and shows it.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn run(client: &Client, args: ApisArgs) -> Result<(), Failure> {
    let path = format!("{}/apis", super::path(&args.application));
    let body = ApplicationApis { apis: args.apis };
    let application: ApplicationView = client.put(&path, &body).await?;
    if args.json {
        ui::json(&application);
        return Ok(());
    }
    show::print(&application);
    ui::note(
        "The next token request is judged by it. Tokens that it has stay good until they expire.",
    );
    Ok(())
}
