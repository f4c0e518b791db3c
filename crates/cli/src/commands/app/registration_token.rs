//! `shukuba app registration-token`: initial access tokens (RFC 7591).

use clap::{Args, Subcommand};
use shukuba_model::Clock;
use shukuba_model::wire::{InitialTokenCreate, InitialTokenCreated, InitialTokenView};

use super::show::ago;
use crate::client::{Client, segment};
use crate::failure::Failure;
use crate::ui;

const PATH: &str = "/api/v1/initial-access-tokens";

/// `shukuba app registration-token`; without a verb it makes one.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct RegistrationTokenArgs {
    #[command(subcommand)]
    verb: Option<RegistrationTokenCommand>,
    #[command(flatten)]
    create: Option<CreateArgs>,
}

/// The verbs of `shukuba app registration-token`.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistrationTokenCommand {
    /// Make a token, shown once.
    Create(CreateArgs),
    /// List the tokens that have not ended.
    List(ListArgs),
    /// Take a token back; clients that registered with it stay.
    Revoke(RevokeArgs),
}

/// `shukuba app registration-token create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
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

/// `shukuba app registration-token list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba app registration-token revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// Its id, as `shukuba app registration-token list` names it.
    id: String,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn run(client: &Client, args: RegistrationTokenArgs) -> Result<(), Failure> {
    match (args.verb, args.create) {
        (Some(RegistrationTokenCommand::Create(args)), _) | (None, Some(args)) => {
            create(client, args).await
        }
        (Some(RegistrationTokenCommand::List(args)), _) => list(client, &args).await,
        (Some(RegistrationTokenCommand::Revoke(args)), _) => {
            let path = format!("{PATH}/{}", segment(&args.id));
            client.delete(&path).await?;
            ui::note(format!("{} registers no further client", args.id));
            Ok(())
        }
        (None, None) => Err(Failure::usage("say what the token is for, with --name")),
    }
}

async fn create(client: &Client, args: CreateArgs) -> Result<(), Failure> {
    let body = InitialTokenCreate {
        name: args.name,
        uses: args.uses,
        lifetime: args.days.saturating_mul(86_400),
    };
    let created: InitialTokenCreated = client.post(PATH, &body).await?;
    if args.json {
        ui::json(&created);
        return Ok(());
    }
    ui::data(&created.token);
    ui::note(format!(
        "Shown this once. It registers {} client(s) within {} day(s), as the bearer token of POST /oauth/register.",
        args.uses, args.days
    ));
    ui::note(format!(
        "To take it back: shukuba app registration-token revoke {}",
        created.id
    ));
    Ok(())
}

async fn list(client: &Client, args: &ListArgs) -> Result<(), Failure> {
    let tokens: Vec<InitialTokenView> = client.get(PATH).await?;
    if args.json {
        ui::json(&tokens);
        return Ok(());
    }
    let now = Clock::system().now();
    let rows: Vec<Vec<String>> = tokens
        .iter()
        .map(|token| {
            vec![
                token.id.clone(),
                token.name.clone(),
                format!("{} of {}", token.uses_left, token.uses),
                ago(now, token.last_used_at),
                ui::time(token.expires_at),
            ]
        })
        .collect();
    ui::table(&["ID", "NAME", "LEFT", "LAST USED", "UNTIL"], &rows);
    Ok(())
}
