//! Client id metadata documents that the operator gives, for clients whose host
//! this server cannot reach.

use shukuba_model::{Client, ClientId};
use shukuba_store::{ClientDocument, StoreError};

use super::document::{ClientIdUrl, DocumentError, MetadataDocument};
use super::documents::client;
use crate::Issuer;

/// A document that was taken.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The client it tells of.
    pub client: Client,
    /// What was left out of it and why.
    pub notes: Vec<String>,
}

/// Why a document was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It breaks a rule that a fetched one must keep, too.
    #[error("{0}")]
    Document(#[from] DocumentError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuer {
    /// Keeps the document of a client, judged as if it had been fetched from
    /// `client_id`. It serves in place of what lies there, which is never
    /// asked for, until another one is imported or the client is deleted.
    ///
    /// # Errors
    /// [`ImportError::Document`] names the rule that the document breaks.
    pub async fn import_document(
        &self,
        client_id: &ClientId,
        document: String,
    ) -> Result<Imported, ImportError> {
        let id = ClientIdUrl::parse(client_id.as_str()).map_err(DocumentError::from)?;
        let parsed = MetadataDocument::parse(id.as_str(), document.as_bytes())?;
        // Whoever fetches the document now keeps it before this one does.
        let flight = self.0.fetched.documents.flight(&id);
        let _alone = flight.lock().await;
        let store = &self.0.store;
        let before = store.client_document(id.as_str()).await?;
        let now = self.0.clock.now();
        let kept = ClientDocument {
            client_id: client_id.clone(),
            document,
            etag: None,
            last_modified: None,
            imported: true,
            fetched_at: now,
            fresh_until: now,
            last_used_at: before.and_then(|before| before.last_used_at),
        };
        store.keep_client_document(&kept).await?;
        tracing::info!(%client_id, "a client's document was imported");
        let notes = parsed.notes.clone();
        Ok(Imported {
            client: client(parsed, &kept),
            notes,
        })
    }
}
