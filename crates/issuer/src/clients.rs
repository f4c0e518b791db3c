//! The one way to a client, whatever way it was registered.

pub(crate) mod document;

use shukuba_model::Client;
use shukuba_store::StoreError;

use crate::Issuer;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// Nobody knows the id.
    #[error("no client has the id '{0}'")]
    Unknown(String),
    /// Its document cannot be had or breaks a rule; one paragraph.
    #[error("{0}")]
    Document(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds the client of that id: registered, dynamic, or a metadata document.
pub(crate) async fn find(issuer: &Issuer, client_id: &str) -> Result<Client, ClientError> {
    issuer
        .0
        .store
        .client(client_id)
        .await?
        .ok_or_else(|| ClientError::Unknown(client_id.chars().take(80).collect()))
}
