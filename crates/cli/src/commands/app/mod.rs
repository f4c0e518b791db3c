//! `shukuba app`: OAuth clients.

mod create;
mod registration_token;
mod secret;
mod show;

use clap::{Args, Subcommand};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::ApiIdentifier;
use shukuba_model::wire::ApplicationView;

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba app`.
#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Register an application; its secret is shown once.
    Create(create::CreateArgs),
    /// List the applications.
    List(ListArgs),
    /// Show an application and when its secrets were last used.
    Show(show::ShowArgs),
    /// Remove an application; everything it holds ends at once.
    Delete(DeleteArgs),
    /// Add and remove secrets; two work at a time.
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Make a token with which clients register themselves, where the server asks for one.
    RegistrationToken(registration_token::RegistrationTokenArgs),
}

/// `shukuba app list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba app delete`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// Its name or client id.
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
        AppCommand::List(args) => list(&client, &args).await,
        AppCommand::Show(args) => show::run(&client, &args).await,
        AppCommand::Delete(args) => {
            client.delete(&path(&args.application)).await?;
            ui::note(format!("removed the application {}", args.application));
            Ok(())
        }
        AppCommand::Secret(command) => secret::run(&client, command).await,
        AppCommand::RegistrationToken(args) => registration_token::run(&client, args).await,
    }
}

async fn list(client: &Client, args: &ListArgs) -> Result<(), Failure> {
    let applications: Vec<ApplicationView> = client.get("/api/v1/applications").await?;
    if args.json {
        ui::json(&applications);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = applications
        .iter()
        .map(|application| {
            let apis: Vec<&str> = application.apis.iter().map(ApiIdentifier::as_str).collect();
            vec![
                application.name.clone(),
                application.client_id.to_string(),
                application.kind.as_str().to_owned(),
                apis.join(", "),
            ]
        })
        .collect();
    ui::table(&["NAME", "CLIENT ID", "TYPE", "APIS"], &rows);
    Ok(())
}

/// The administration address of an application, by name or client id.
fn path(application: &str) -> String {
    format!(
        "/api/v1/applications/{}",
        utf8_percent_encode(application, NON_ALPHANUMERIC)
    )
}
