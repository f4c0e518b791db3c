//! The one way to a client, whatever way it was registered.

pub(crate) mod document;
mod documents;
mod import;
mod key_cache;
mod manage;
pub(crate) mod register;
mod registration;
mod registration_error;

use axum::routing::MethodRouter;
use http::Uri;
use shukuba_model::{Client, ClientId, Clock};
use shukuba_store::StoreError;
use shukuba_verify::fetch::PublicClient;

use crate::throttle::Throttle;
use crate::{Issuer, IssuerSettings};

pub use documents::client_of;
pub use import::{ImportError, Imported};
use key_cache::KeyCache;

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

/// What is remembered between requests about what strangers' clients name.
pub(crate) struct Fetched {
    /// Key sets that clients publish.
    pub(crate) keys: KeyCache,
    /// Metadata documents.
    documents: documents::Fetcher,
    /// Requests to register, by address.
    asked: Throttle,
    /// New registrations, by address.
    registrations: Throttle,
}

impl Fetched {
    pub(crate) fn new(settings: &IssuerSettings, clock: &Clock) -> Self {
        let client = settings.public_client.clone();
        let client = client.unwrap_or_else(|| PublicClient::new(&own_host(&settings.issuer)));
        Self {
            keys: KeyCache::new(client.clone(), clock.clone()),
            documents: documents::Fetcher::new(client, clock),
            asked: Throttle::new(clock.clone(), register::ASKED_PER_MINUTE),
            registrations: Throttle::new(clock.clone(), register::NEW_PER_MINUTE),
        }
    }
}

fn own_host(issuer: &str) -> String {
    let host = |uri: Uri| uri.host().map(str::to_owned);
    issuer.parse().ok().and_then(host).unwrap_or_default()
}

/// The addresses at which clients register themselves.
pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    register::routes()
        .into_iter()
        .chain(manage::routes())
        .collect()
}

/// Finds the client of that id: registered, dynamic, or a metadata document.
pub(crate) async fn find(issuer: &Issuer, client_id: &str) -> Result<Client, ClientError> {
    find_for(issuer, client_id, "").await
}

/// [`find`] for a request from the Internet address `address`, which cannot make this server fetch
/// many documents it does not know yet.
pub(crate) async fn find_for(
    issuer: &Issuer,
    client_id: &str,
    address: &str,
) -> Result<Client, ClientError> {
    if let Some(client) = issuer.0.store.client(client_id).await? {
        return Ok(client);
    }
    if client_id.starts_with("https://") {
        return documents::find(issuer, client_id, address).await;
    }
    Err(ClientError::Unknown(shown(client_id)))
}

impl Issuer {
    /// Removes a client. What people granted it and its tokens are dead at
    /// once (RFC 7592 section 2.3).
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such client.
    pub async fn delete_client(&self, client_id: &ClientId) -> Result<(), StoreError> {
        let id = client_id.clone();
        self.revoke(move |store, now| async move { store.delete_client(&id, now).await })
            .await?;
        tracing::info!(%client_id, "client removed");
        Ok(())
    }
}

/// As much of an id as is worth repeating.
fn shown(client_id: &str) -> String {
    client_id.chars().take(80).collect()
}
