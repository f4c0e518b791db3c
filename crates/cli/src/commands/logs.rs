//! `shukuba logs`: what a runtime's instances print.

use std::io::Write as _;

use clap::Args;
use futures_util::StreamExt as _;
use reqwest::Method;

use crate::Global;
use crate::client::Client;
use crate::commands::{invoke, list};
use crate::failure::Failure;

/// `shukuba logs`.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// A runtime's name, id or ARN; the project's own when absent.
    runtime: Option<String>,
    /// How many lines to begin with.
    #[arg(long, default_value_t = 100, value_name = "LINES")]
    tail: usize,
    /// Go on as new lines come.
    #[arg(short, long)]
    follow: bool,
}

/// Prints the log lines.
///
/// # Errors
/// When the server cannot be reached or there is no such runtime.
pub(crate) async fn run(global: &Global, args: LogsArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    let runtime = invoke::runtime_or_project(&client, args.runtime).await?;
    let path = format!(
        "{}/logs?tail={}&follow={}",
        list::runtime_path(&runtime),
        args.tail,
        args.follow
    );
    let response = client.send(client.request(Method::GET, &path)).await?;
    let mut chunks = response.bytes_stream();
    let mut stdout = std::io::stdout();
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|error| Failure::failed(format!("the log ended early: {error}")))?;
        if stdout
            .write_all(&chunk)
            .and_then(|()| stdout.flush())
            .is_err()
        {
            break;
        }
    }
    Ok(())
}
