//! `shukuba app import-document`: for a server that cannot reach the client's host.

use std::path::PathBuf;

use clap::Args;
use shukuba_model::ClientId;
use shukuba_model::wire::{DocumentImport, DocumentImported};

use super::show;
use crate::client::Client;
use crate::failure::Failure;
use crate::ui;

/// `shukuba app import-document`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The address of the document, which is the client's id.
    #[arg(value_name = "URL")]
    client_id: ClientId,
    /// A file with the document, as it lies at that address.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Sends the document and prints the client it tells of.
///
/// # Errors
/// When the file cannot be read, or the server cannot be reached or refuses it.
pub(super) async fn run(client: &Client, args: ImportArgs) -> Result<(), Failure> {
    let document = std::fs::read_to_string(&args.file).map_err(|error| {
        Failure::failed(format!(
            "the document in {} cannot be read: {error}",
            args.file.display()
        ))
        .hint(format!(
            "get it where that host can be reached: curl -o client.json {}",
            args.client_id
        ))
    })?;
    let body = DocumentImport {
        client_id: args.client_id,
        document,
    };
    let imported: DocumentImported = client.post("/api/v1/client-documents", &body).await?;
    for note in &imported.notes {
        ui::note(format!("note: {note}"));
    }
    if args.json {
        ui::json(&imported);
        return Ok(());
    }
    show::print(&imported.application);
    ui::note("This document is never fetched: import it again when its author changes it.");
    Ok(())
}
