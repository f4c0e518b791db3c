//! `shukuba app list`.

use clap::Args;
use shukuba_model::wire::{ApplicationView, ListedSource};
use shukuba_model::{ApiIdentifier, Clock};

use super::show::ago;
use crate::client::Client;
use crate::failure::Failure;
use crate::{applications, ui};

/// `shukuba app list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Which ones: registered (by you), dynamic (registered themselves),
    /// document (their id is the address of a metadata document) or all.
    #[arg(long, default_value = "registered", value_name = "SOURCE")]
    source: ListedSource,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Lists the applications.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn run(client: &Client, args: &ListArgs) -> Result<(), Failure> {
    let applications = applications::of_source(client, args.source).await?;
    if args.json {
        ui::json(&applications);
        return Ok(());
    }
    let now = Clock::system().now();
    let rows: Vec<Vec<String>> = applications
        .iter()
        .map(|application| row(now, application))
        .collect();
    ui::table(
        &["NAME", "CLIENT ID", "TYPE", "SOURCE", "LAST TOKEN", "APIS"],
        &rows,
    );
    Ok(())
}

fn row(now: i64, application: &ApplicationView) -> Vec<String> {
    let apis: Vec<&str> = application.apis.iter().map(ApiIdentifier::as_str).collect();
    vec![
        application.name.clone(),
        application.client_id.to_string(),
        application.kind.as_str().to_owned(),
        application.source.as_str().to_owned(),
        ago(now, application.last_used_at),
        apis.join(", "),
    ]
}
