//! `shukuba app create`.

use std::path::{Path, PathBuf};

use clap::Args;
use shukuba_model::jose::JwkSet;
use shukuba_model::wire::{ApplicationCreate, ApplicationCreated};
use shukuba_model::{ApiIdentifier, ApplicationKind, Preset, RedirectUri};

use crate::client::Client;
use crate::failure::Failure;
use crate::ui;

/// `shukuba app create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// A name for people, unique.
    #[arg(long)]
    name: String,
    /// What it is for: m2m (machine to machine), connector (an MCP client that
    /// people log in with) or native (the same without a secret). Without it:
    /// connector where a preset or redirect URI is given, else m2m.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<ApplicationKind>,
    /// The identifier of an API it may get tokens for; may be repeated, the first is its default.
    /// An m2m application needs one.
    #[arg(long = "api", value_name = "URL")]
    apis: Vec<ApiIdentifier>,
    /// A known MCP client, whose redirect URIs it gets: claude, chatgpt, vscode, cursor,
    /// inspector, claude-code, codex or mcp-remote.
    #[arg(long, value_name = "CLIENT")]
    preset: Option<Preset>,
    /// An address people may be sent back to; may be repeated. On loopback any port is the same.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<RedirectUri>,
    /// A file with its public keys (JWK Set): it then proves itself by a signed
    /// assertion (`private_key_jwt`) and gets no secret.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Registers an application and prints its credentials.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn run(client: &Client, args: CreateArgs) -> Result<(), Failure> {
    let people = args.preset.is_some() || !args.redirect_uris.is_empty();
    let kind = args.kind.unwrap_or(if people {
        ApplicationKind::Connector
    } else {
        ApplicationKind::MachineToMachine
    });
    let body = ApplicationCreate {
        name: args.name,
        kind,
        apis: args.apis,
        preset: args.preset,
        redirect_uris: args.redirect_uris,
        jwks: args.jwks.as_deref().map(read_keys).transpose()?,
    };
    let created: ApplicationCreated = client.post("/api/v1/applications", &body).await?;
    if args.json {
        ui::json(&created);
        return Ok(());
    }
    let application = &created.application;
    ui::data(format!("name                  {}", application.name));
    ui::data(format!("client id             {}", application.client_id));
    if let Some(secret) = &created.client_secret {
        ui::data(format!("client secret         {secret}"));
    }
    for uri in &application.redirect_uris {
        ui::data(format!("redirect URI          {uri}"));
    }
    ui::data(format!(
        "OpenID configuration  {}",
        created.openid_configuration
    ));
    ui::data(format!("token endpoint        {}", created.token_endpoint));
    match created.client_secret {
        Some(_) => ui::note("The secret is shown this once: only its hash is kept."),
        None if application.kind == ApplicationKind::Native => {
            ui::note("A native application has no secret: its client id is all it needs.");
        }
        None => ui::note("It has no secret: it signs assertions with its private key."),
    }
    Ok(())
}

fn read_keys(path: &Path) -> Result<JwkSet, Failure> {
    let failed = |why: String| {
        Failure::failed(format!(
            "the keys in {} cannot be read: {why}",
            path.display()
        ))
        .hint("the file is a JWK Set of public keys: {\"keys\": [...]}")
    };
    let text = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let set: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
    // What is read is sent to the server; a private key must stay here.
    let private = |key: &serde_json::Value| key.get("d").is_some() || key.get("k").is_some();
    let keys = set.get("keys").and_then(serde_json::Value::as_array);
    if keys.is_some_and(|keys| keys.iter().any(private)) {
        return Err(failed(
            "it holds a private key; leave only the public members".to_owned(),
        ));
    }
    serde_json::from_value(set).map_err(|error| failed(error.to_string()))
}
