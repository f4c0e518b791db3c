//! `shukuba list`: the runtimes.

use clap::Args;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::wire::RuntimeView;

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// `shukuba list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Lists the runtimes.
///
/// # Errors
/// When the server cannot be reached.
pub(crate) async fn run(global: &Global, args: ListArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    let runtimes: Vec<RuntimeView> = client.get("/api/v1/runtimes").await?;
    if args.json {
        ui::json(&runtimes);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = runtimes
        .iter()
        .map(|runtime| {
            vec![
                runtime.name.to_string(),
                runtime.version.to_string(),
                runtime.instances.to_string(),
                runtime.endpoint.clone(),
                runtime.id.to_string(),
            ]
        })
        .collect();
    ui::table(
        &["NAME", "VERSION", "INSTANCES", "MCP ENDPOINT", "ID"],
        &rows,
    );
    if runtimes.is_empty() {
        ui::note("No runtime yet: `shukuba configure`, then `shukuba launch` in a project.");
    }
    Ok(())
}

/// The administration address of a runtime, by name, id or ARN.
pub(crate) fn runtime_path(runtime: &str) -> String {
    format!(
        "/api/v1/runtimes/{}",
        utf8_percent_encode(runtime, NON_ALPHANUMERIC)
    )
}
