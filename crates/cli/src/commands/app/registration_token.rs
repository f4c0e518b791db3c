//! `shukuba app registration-token`: an initial access token (RFC 7591).

use clap::Args;
use shukuba_model::wire::{InitialTokenCreate, InitialTokenCreated};

use crate::client::Client;
use crate::failure::Failure;
use crate::ui;

/// `shukuba app registration-token`.
#[derive(Debug, Args)]
pub(crate) struct RegistrationTokenArgs {
    /// What it is for, in your words.
    #[arg(long)]
    name: String,
    /// How many clients may register with it.
    #[arg(long, default_value_t = 1)]
    uses: u32,
    /// For how many days.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
    days: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Makes a token and prints it.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn run(client: &Client, args: RegistrationTokenArgs) -> Result<(), Failure> {
    let body = InitialTokenCreate {
        name: args.name,
        uses: args.uses,
        lifetime: args.days.saturating_mul(86_400),
    };
    let created: InitialTokenCreated = client.post("/api/v1/initial-access-tokens", &body).await?;
    if args.json {
        ui::json(&created);
        return Ok(());
    }
    ui::data(&created.token);
    ui::note(format!(
        "Shown this once. It registers {} client(s) within {} day(s), as the bearer token of POST /oauth/register.",
        args.uses, args.days
    ));
    Ok(())
}
