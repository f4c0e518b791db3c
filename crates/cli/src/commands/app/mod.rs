//! `shukuba app`: OAuth clients.

mod apis;
mod create;
mod import_document;
mod list;
mod registration_token;
mod secret;
mod show;

use clap::{Args, Subcommand};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba app`.
#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Register an application; its secret is shown once.
    Create(create::CreateArgs),
    /// List the applications.
    List(list::ListArgs),
    /// Show an application and when its secrets were last used.
    Show(show::ShowArgs),
    /// Change which APIs an application may use; the first is the default.
    Apis(apis::ApisArgs),
    /// Remove an application, whatever way it came; everything it holds ends at once.
    Delete(DeleteArgs),
    /// Keep the metadata document of a client whose host this server cannot reach.
    ImportDocument(import_document::ImportArgs),
    /// Add and remove secrets; two work at a time.
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Make, list and revoke tokens with which clients register themselves,
    /// where the server asks for one.
    RegistrationToken(registration_token::RegistrationTokenArgs),
}

/// `shukuba app delete`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// Its name or client id; its client id where you did not register it.
    application: String,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: AppCommand) -> Result<(), Failure> {
    let client = Client::new(global)?;
    match command {
        AppCommand::Create(args) => create::run(&client, args).await,
        AppCommand::List(args) => list::run(&client, &args).await,
        AppCommand::Show(args) => show::run(&client, &args).await,
        AppCommand::Apis(args) => apis::run(&client, args).await,
        AppCommand::Delete(args) => {
            client.delete(&path(&args.application)).await?;
            ui::note(format!("removed the application {}", args.application));
            if args.application.starts_with("https://") {
                ui::note(
                    "Its document is fetched again when it comes back, and people are asked again. `--cimd off` keeps such clients out.",
                );
            }
            Ok(())
        }
        AppCommand::ImportDocument(args) => import_document::run(&client, args).await,
        AppCommand::Secret(command) => secret::run(&client, command).await,
        AppCommand::RegistrationToken(args) => registration_token::run(&client, args).await,
    }
}

/// The administration address of an application, by name or client id.
fn path(application: &str) -> String {
    format!(
        "/api/v1/applications/{}",
        utf8_percent_encode(application, NON_ALPHANUMERIC)
    )
}
