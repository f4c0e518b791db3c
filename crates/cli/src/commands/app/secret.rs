//! `shukuba app secret`: replaced without a gap, since two work at a time.

use clap::{Args, Subcommand};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::Clock;
use shukuba_model::wire::SecretAdded;

use super::show;
use crate::client::Client;
use crate::failure::Failure;
use crate::ui;

/// The verbs of `shukuba app secret`.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretCommand {
    /// Add a secret, shown once; the other one works on until it is removed.
    Add(AddArgs),
    /// End a secret at once.
    Remove(RemoveArgs),
}

/// `shukuba app secret add`.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The application's name or client id.
    application: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba app secret remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The application's name or client id.
    application: String,
    /// The secret's id, as `shukuba app show` lists it.
    secret: String,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn run(client: &Client, command: SecretCommand) -> Result<(), Failure> {
    match command {
        SecretCommand::Add(args) => add(client, &args).await,
        SecretCommand::Remove(args) => {
            let application = super::path(&args.application);
            let id = utf8_percent_encode(&args.secret, NON_ALPHANUMERIC);
            client
                .delete(&format!("{application}/secrets/{id}"))
                .await?;
            ui::note(format!("removed the secret {}", args.secret));
            Ok(())
        }
    }
}

async fn add(client: &Client, args: &AddArgs) -> Result<(), Failure> {
    let path = format!("{}/secrets", super::path(&args.application));
    let added: SecretAdded = client.post(&path, &serde_json::json!({})).await?;
    if args.json {
        ui::json(&added);
        return Ok(());
    }
    ui::data(format!("secret id      {}", added.id));
    ui::data(format!("client secret  {}", added.client_secret));
    ui::note("The secret is shown this once: only its hash is kept.");
    if let Some(other) = &added.other {
        let line = show::line(Clock::system().now(), other);
        ui::note(format!("The other one still works: {line}."));
        ui::note(format!(
            "Once the new one is in use: shukuba app secret remove {} {}",
            args.application, other.id
        ));
    }
    Ok(())
}
