//! `shukuba key`: the issuer's signing keys.

use clap::{Args, Subcommand};
use shukuba_model::SigningAlgorithm;
use shukuba_model::wire::{KeyRotate, KeyView};

use crate::client::{Client, segment};
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba key`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// List the keys.
    List(ListArgs),
    /// Make the next key current; the old one verifies until its last token ends.
    Rotate(RotateArgs),
    /// Withdraw a key: every token it signed is refused at once.
    Revoke(RevokeArgs),
}

/// `shukuba key list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba key rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// Only this algorithm's: RS256 or ES256.
    #[arg(long, value_name = "ALGORITHM")]
    algorithm: Option<SigningAlgorithm>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba key revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The key's id.
    kid: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: KeyCommand) -> Result<(), Failure> {
    let client = Client::new(global)?;
    let (keys, json): (Vec<KeyView>, bool) = match command {
        KeyCommand::List(args) => (client.get("/api/v1/keys").await?, args.json),
        KeyCommand::Rotate(args) => {
            let body = KeyRotate {
                algorithm: args.algorithm,
            };
            (client.post("/api/v1/keys/rotate", &body).await?, args.json)
        }
        KeyCommand::Revoke(args) => {
            let path = format!("/api/v1/keys/{}/revoke", segment(&args.kid));
            (client.post(&path, &serde_json::json!({})).await?, args.json)
        }
    };
    show(&keys, json);
    Ok(())
}

fn show(keys: &[KeyView], json: bool) {
    if json {
        ui::json(&keys);
        return;
    }
    let rows: Vec<Vec<String>> = keys
        .iter()
        .map(|key| {
            vec![
                key.kid.clone(),
                key.algorithm.as_str().to_owned(),
                key.state.clone(),
                ui::time(key.created_at),
                key.keep_until.map(ui::time).unwrap_or_default(),
            ]
        })
        .collect();
    ui::table(
        &["KEY", "ALGORITHM", "STATE", "CREATED", "PUBLISHED UNTIL"],
        &rows,
    );
}
