//! `shukuba grant`: what people allowed clients.

use clap::{Args, Subcommand};
use shukuba_model::wire::GrantView;

use crate::client::{Client, segment};
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba grant`.
#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    /// List the grants that are alive.
    List(ListArgs),
    /// End a grant and every token of it, at once.
    Revoke(RevokeArgs),
}

/// `shukuba grant list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only this person's: name or id.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only this client's: its id.
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba grant revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The grant's id.
    grant: String,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: GrantCommand) -> Result<(), Failure> {
    let client = Client::new(global)?;
    match command {
        GrantCommand::List(args) => list(&client, &args).await,
        GrantCommand::Revoke(args) => {
            let path = format!("/api/v1/grants/{}", segment(&args.grant));
            client.delete(&path).await?;
            ui::note(format!("{} and its tokens are dead", args.grant));
            Ok(())
        }
    }
}

async fn list(client: &Client, args: &ListArgs) -> Result<(), Failure> {
    let mut query = vec!["limit=1000".to_owned()];
    let fields = [("user", &args.user), ("client_id", &args.client)];
    for (name, value) in fields {
        query.extend(
            value
                .as_ref()
                .map(|value| format!("{name}={}", segment(value))),
        );
    }
    let path = format!("/api/v1/grants?{}", query.join("&"));
    let grants: Vec<GrantView> = client.get(&path).await?;
    if args.json {
        ui::json(&grants);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = grants
        .iter()
        .map(|grant| {
            vec![
                grant.id.clone(),
                grant.user.to_string(),
                grant.client_name.clone(),
                grant.api.to_string(),
                ui::time(grant.last_used_at),
                ui::time(grant.expires_at),
            ]
        })
        .collect();
    ui::table(
        &["GRANT", "USER", "CLIENT", "API", "LAST USED", "UNTIL"],
        &rows,
    );
    Ok(())
}
