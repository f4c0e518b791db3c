//! Uploading a bundle and following its launch, for every command that launches.

use std::time::Duration;

use futures_util::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Method;
use shukuba_model::RuntimeName;
use shukuba_model::wire::{LaunchEvent, LaunchRequest, RuntimeView};

use crate::bundle::Bundle;
use crate::client::Client;
use crate::commands::list;
use crate::failure::Failure;

/// How many of a tool's lines are kept for when it fails.
const KEPT_LINES: usize = 15;

/// Uploads a bundle; the server keeps it under its digest.
///
/// # Errors
/// When the server cannot be reached or refuses it.
pub(crate) async fn upload(client: &Client, bundle: Bundle) -> Result<(), Failure> {
    let path = format!("/api/v1/bundles/{}", bundle.sha256);
    client
        .send(client.request(Method::PUT, &path).body(bundle.bytes))
        .await
        .map(drop)
}

/// Launches and follows until the version serves.
///
/// # Errors
/// When the launch fails: what failed, the tool's own last lines, what to do.
pub(crate) async fn launch(
    client: &Client,
    name: &RuntimeName,
    request: &LaunchRequest,
) -> Result<RuntimeView, Failure> {
    let path = format!("{}/versions", list::runtime_path(name.as_str()));
    let response = client
        .send(client.request(Method::POST, &path).json(request))
        .await?;
    let progress = Progress::begin();
    let mut chunks = response.bytes_stream();
    let mut pending = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| broken(&error.to_string()))?;
        pending.extend_from_slice(&chunk);
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            let event =
                serde_json::from_slice(&line).map_err(|error| broken(&error.to_string()))?;
            if let Some(outcome) = progress.show(event) {
                return outcome;
            }
        }
    }
    Err(broken("it ended before the launch did"))
}

fn broken(reason: &str) -> Failure {
    Failure::failed(format!(
        "the server's report of the launch broke off: {reason}"
    ))
    .hint("`shukuba list` shows whether the version serves; the server's own log says more")
}

/// The launch as a person sees it: a spinner that shows the tool's last line,
/// and a line for each step. Without a terminal only the steps are printed.
struct Progress(ProgressBar);

impl Progress {
    fn begin() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg:.dim}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Shows an event; the outcome when it was the last.
    fn show(&self, event: LaunchEvent) -> Option<Result<RuntimeView, Failure>> {
        match event {
            LaunchEvent::Step { text } => {
                self.0.suspend(|| crate::ui::note(format!("- {text}")));
                None
            }
            LaunchEvent::Output { line } => {
                self.0.set_message(line);
                None
            }
            LaunchEvent::Launched { runtime } => {
                self.0.finish_and_clear();
                Some(Ok(*runtime))
            }
            LaunchEvent::Failed { problem, output } => {
                self.0.finish_and_clear();
                let skipped = output.len().saturating_sub(KEPT_LINES);
                let failure =
                    Failure::failed(problem.message).details(output.into_iter().skip(skipped));
                Some(Err(match problem.hint {
                    Some(hint) => failure.hint(hint),
                    None => failure,
                }))
            }
        }
    }
}
