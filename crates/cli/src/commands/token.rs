//! `shukuba token`: get and explain access tokens.

mod explain;
pub(crate) mod get;

use std::process::ExitCode;

use clap::Subcommand;

use crate::Global;
use crate::failure::Failure;

/// The verbs of `shukuba token`.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Get an access token; only the token goes to stdout.
    Get(get::GetArgs),
    /// Judge a token as a runtime would, rule by rule; exit 0 when it would be let in, 3 when not.
    Explain(explain::ExplainArgs),
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: TokenCommand) -> Result<ExitCode, Failure> {
    match command {
        TokenCommand::Get(args) => get::run(global, args).await.map(|()| ExitCode::SUCCESS),
        TokenCommand::Explain(args) => explain::run(global, args).await,
    }
}
