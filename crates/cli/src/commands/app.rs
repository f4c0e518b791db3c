//! `shukuba app`: OAuth clients.

use clap::{Args, Subcommand};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::wire::{ApplicationCreate, ApplicationCreated, ApplicationView};
use shukuba_model::{ApiIdentifier, ApplicationKind};

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba app`.
#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Register an application; its secret is shown once.
    Create(CreateArgs),
    /// List the applications.
    List(ListArgs),
    /// Remove an application.
    Delete(DeleteArgs),
}

/// `shukuba app create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// A name for people, unique.
    #[arg(long)]
    name: String,
    /// What it is for: m2m (machine to machine).
    #[arg(long = "type", value_name = "TYPE", default_value = "m2m")]
    kind: ApplicationKind,
    /// The identifier of an API it may get tokens for; may be repeated, the first is its default.
    #[arg(long = "api", value_name = "URL", required = true)]
    apis: Vec<ApiIdentifier>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
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
        AppCommand::Create(args) => create(&client, args).await,
        AppCommand::List(args) => list(&client, &args).await,
        AppCommand::Delete(args) => {
            let encoded = utf8_percent_encode(&args.application, NON_ALPHANUMERIC);
            client
                .delete(&format!("/api/v1/applications/{encoded}"))
                .await?;
            ui::note(format!("removed the application {}", args.application));
            Ok(())
        }
    }
}

async fn create(client: &Client, args: CreateArgs) -> Result<(), Failure> {
    let body = ApplicationCreate {
        name: args.name,
        kind: args.kind,
        apis: args.apis,
    };
    let created: ApplicationCreated = client.post("/api/v1/applications", &body).await?;
    if args.json {
        ui::json(&created);
        return Ok(());
    }
    ui::data(format!(
        "name                  {}",
        created.application.name
    ));
    ui::data(format!(
        "client id             {}",
        created.application.client_id
    ));
    ui::data(format!("client secret         {}", created.client_secret));
    ui::data(format!(
        "OpenID configuration  {}",
        created.openid_configuration
    ));
    ui::data(format!("token endpoint        {}", created.token_endpoint));
    ui::note("The secret is shown this once: only its hash is kept.");
    Ok(())
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
