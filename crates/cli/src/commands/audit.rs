//! `shukuba audit`: who did what.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use shukuba_model::wire::{AuditCheckView, AuditView};

use crate::client::{Client, segment};
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List entries, the newest first.
    List(ListArgs),
    /// Check that no entry was changed, moved or removed.
    Verify(VerifyArgs),
}

/// `shukuba audit list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only this event, such as `login` or `token.issued`.
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Only this actor: a user id, `operator` or `server`.
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// Only this client id.
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// Only what was recorded at this time or later: in UTC, such as
    /// `2026-11-29T16:15` or `2026-11-29`, or with an offset, such as
    /// `2026-11-29T16:15+09:00`.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what was recorded before this time, written as in `--since`.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only what comes after the entry of this number.
    #[arg(long, value_name = "SEQ")]
    before: Option<i64>,
    /// How many, 1000 at most.
    #[arg(long, value_name = "COUNT", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba audit verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: AuditCommand) -> Result<ExitCode, Failure> {
    let client = Client::new(global)?;
    match command {
        AuditCommand::List(args) => list(&client, &args).await,
        AuditCommand::Verify(args) => verify(&client, &args).await,
    }
}

async fn list(client: &Client, args: &ListArgs) -> Result<ExitCode, Failure> {
    let mut query = vec![format!("limit={}", args.limit)];
    query.extend(args.before.map(|before| format!("before={before}")));
    let fields = [
        ("event", &args.event),
        ("actor", &args.actor),
        ("client_id", &args.client),
        ("since", &args.since),
        ("until", &args.until),
    ];
    for (name, value) in fields {
        query.extend(
            value
                .as_ref()
                .map(|value| format!("{name}={}", segment(value))),
        );
    }
    let path = format!("/api/v1/audit?{}", query.join("&"));
    let entries: Vec<AuditView> = client.get(&path).await?;
    if args.json {
        ui::json(&entries);
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            vec![
                entry.seq.to_string(),
                ui::time(entry.at),
                entry.event.clone(),
                entry.outcome.clone(),
                entry.actor.clone(),
                entry.client_id.clone(),
                entry.subject.clone(),
                entry.address.clone(),
                entry.detail.clone(),
            ]
        })
        .collect();
    let header = [
        "SEQ", "AT", "EVENT", "OUTCOME", "ACTOR", "CLIENT", "SUBJECT", "FROM", "DETAIL",
    ];
    ui::table(&header, &rows);
    Ok(ExitCode::SUCCESS)
}

async fn verify(client: &Client, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let check: AuditCheckView = client.get("/api/v1/audit/check").await?;
    if args.json {
        ui::json(&check);
    } else if check.whole {
        ui::data(format!(
            "whole: {} entries, head {}",
            check.entries.unwrap_or_default(),
            check.head.as_deref().unwrap_or_default()
        ));
        ui::note(
            "Note the head elsewhere: a later check that comes to it again shows that nothing was cut off the end.",
        );
    } else {
        ui::data(format!(
            "broken at entry {}",
            check.broken_at.unwrap_or_default()
        ));
    }
    Ok(if check.whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
