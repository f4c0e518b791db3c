//! Client id metadata documents: had from the cache, else from their address.
//!
//! A document is used while it is fresh, asked about again when it is stale,
//! and serves up to a week longer while its address does not answer. What
//! cannot be had or breaks a rule is never kept, so a mended document works on
//! the next try.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use shukuba_model::{ApplicationKind, AuthMethod, Client, ClientSource, Clock, NameError};
use shukuba_store::{AuditEvent, ClientDocument};
use shukuba_verify::fetch::{Fetched, Outcome, PublicClient, PublicFetchError, Validators};

use super::ClientError;
use super::document::{ClientIdUrl, DocumentError, MetadataDocument};
use crate::Issuer;
use crate::throttle::Throttle;

/// How old a document may be that serves in an outage, in seconds.
const STALE: i64 = 7 * 86_400;
/// How long an outage is believed before the address is tried again, in seconds.
const OUTAGE: i64 = 60;
/// First fetches that one address of the Internet may cause in a minute.
const BY_ADDRESS: u32 = 20;
/// Fetches of one host in a minute, whoever caused them.
const BY_HOST: u32 = 60;

/// What fetches documents, and what keeps it from being made to fetch much.
pub(super) struct Fetcher {
    client: PublicClient,
    /// Who waits for the lock of an id gets what the first one fetched.
    flights: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    by_address: Throttle,
    by_host: Throttle,
}

impl Fetcher {
    pub(super) fn new(client: PublicClient, clock: &Clock) -> Self {
        Self {
            client,
            flights: Mutex::default(),
            by_address: Throttle::new(clock.clone(), BY_ADDRESS),
            by_host: Throttle::new(clock.clone(), BY_HOST),
        }
    }

    /// The lock of an id, to be held while its document changes.
    pub(super) fn flight(&self, id: &ClientIdUrl) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self.flights.lock();
        flights.retain(|_, flight| flight.strong_count() > 0);
        if let Some(flight) = flights.get(id.as_str()).and_then(Weak::upgrade) {
            return flight;
        }
        let flight = Arc::default();
        flights.insert(id.as_str().to_owned(), Arc::downgrade(&flight));
        flight
    }
}

/// The client whose document lies at `client_id`; `address` is whose request
/// asks about it.
pub(super) async fn find(
    issuer: &Issuer,
    client_id: &str,
    address: &str,
) -> Result<Client, ClientError> {
    let id = ClientIdUrl::parse(client_id)
        .map_err(|error| ClientError::Document(format!("{error}.")))?;
    if let Some(client) = usable(issuer, &id).await? {
        return Ok(client);
    }
    if !issuer.0.settings.client_documents {
        return Err(ClientError::Unknown(super::shown(client_id)));
    }
    let flight = issuer.0.fetched.documents.flight(&id);
    let _alone = flight.lock().await;
    // Whoever held the lock before may just have fetched it.
    if let Some(client) = usable(issuer, &id).await? {
        return Ok(client);
    }
    let outcome = fetch(issuer, &id, address).await;
    if let Err(ClientError::Document(why)) = &outcome {
        record(issuer, &id, why, address).await;
    }
    outcome
}

/// Records a document that was not had. What stands in a query is not kept.
async fn record(issuer: &Issuer, id: &ClientIdUrl, why: &str, address: &str) {
    let shown: String = id.as_str().chars().take(200).collect();
    let (shown, _query) = shown.split_once('?').unwrap_or((&shown, ""));
    let event = AuditEvent {
        event: "client.document",
        outcome: "failed",
        subject: shown.to_owned(),
        address: address.to_owned(),
        detail: why.replace(id.as_str(), shown),
        ..AuditEvent::default()
    };
    issuer.record_of_stranger(event).await;
}

/// The kept document, while it needs no question to its address.
async fn usable(issuer: &Issuer, id: &ClientIdUrl) -> Result<Option<Client>, ClientError> {
    let Some(kept) = issuer.0.store.client_document(id.as_str()).await? else {
        return Ok(None);
    };
    if kept.imported {
        return client_of(&kept)
            .map(Some)
            .map_err(|error| unusable(id, &error));
    }
    // Where documents are off, what was fetched before is off at once.
    let allowed = issuer.0.settings.client_documents;
    let fresh = allowed && issuer.0.clock.now() < kept.fresh_until;
    // One that was kept by other rules than today's is fetched again.
    Ok(client_of(&kept).ok().filter(|_| fresh))
}

async fn fetch(issuer: &Issuer, id: &ClientIdUrl, address: &str) -> Result<Client, ClientError> {
    let fetcher = &issuer.0.fetched.documents;
    let kept = issuer.0.store.client_document(id.as_str()).await?;
    if kept.is_none() {
        fetcher.by_address.admit(address).map_err(throttled)?;
    }
    if let Err(seconds) = fetcher.by_host.admit(id.host()) {
        return match kept {
            Some(kept) => outlive(issuer, id, kept, "too many fetches of its host").await,
            None => Err(throttled(seconds)),
        };
    }
    let validators = kept.as_ref().map(|kept| Validators {
        etag: kept.etag.clone(),
        last_modified: kept.last_modified.clone(),
    });
    let limit = PublicClient::DOCUMENT_LIMIT;
    let outcome = fetcher
        .client
        .fetch(id.as_str(), limit, validators.as_ref());
    match (outcome.await, kept) {
        (Ok(Outcome::Document(fetched)), kept) => take(issuer, id, &fetched, kept).await,
        (Ok(Outcome::NotModified { fresh_for }), Some(kept)) => {
            let now = issuer.0.clock.now();
            let kept = ClientDocument {
                fetched_at: now,
                fresh_until: now.saturating_add_unsigned(fresh_for.as_secs()),
                ..kept
            };
            issuer.0.store.keep_client_document(&kept).await?;
            read(id, &kept)
        }
        (Ok(Outcome::NotModified { .. }), None) => Err(ClientError::Document(format!(
            "{id} answered HTTP 304 to a request without conditions."
        ))),
        (Err(error), Some(kept)) if error.is_outage() => {
            outlive(issuer, id, kept, &error.to_string()).await
        }
        (Err(error), _) => Err(refused(id, &error)),
    }
}

/// Reads a document and keeps it when it holds.
async fn take(
    issuer: &Issuer,
    id: &ClientIdUrl,
    fetched: &Fetched,
    kept: Option<ClientDocument>,
) -> Result<Client, ClientError> {
    let broken = |error: DocumentError| {
        tracing::warn!(client_id = %id, why = %error, "a client's document breaks a rule");
        unusable(id, &error)
    };
    let document = MetadataDocument::parse(id.as_str(), &fetched.body).map_err(broken)?;
    for note in &document.notes {
        tracing::debug!(client_id = %id, %note, "a part of a client's document was left out");
    }
    let now = issuer.0.clock.now();
    let new = ClientDocument {
        client_id: id
            .as_str()
            .parse()
            .map_err(|error: NameError| ClientError::Document(format!("{error}.")))?,
        document: String::from_utf8_lossy(&fetched.body).into_owned(),
        etag: fetched.validators.etag.clone(),
        last_modified: fetched.validators.last_modified.clone(),
        imported: false,
        fetched_at: now,
        fresh_until: now.saturating_add_unsigned(fetched.fresh_for.as_secs()),
        last_used_at: kept.and_then(|kept| kept.last_used_at),
    };
    issuer.0.store.keep_client_document(&new).await?;
    tracing::info!(client_id = %id, "a client's document was fetched");
    Ok(client(document, &new))
}

/// Lets a stale document serve a while longer.
async fn outlive(
    issuer: &Issuer,
    id: &ClientIdUrl,
    kept: ClientDocument,
    why: &str,
) -> Result<Client, ClientError> {
    let now = issuer.0.clock.now();
    let end = kept.fetched_at.saturating_add(STALE);
    tracing::warn!(client_id = %kept.client_id, %why, serves = now < end, "a client's document cannot be asked for again");
    if now >= end {
        return Err(ClientError::Document(format!(
            "The document at {} could not be fetched for a week: {why}.",
            kept.client_id
        )));
    }
    let kept = ClientDocument {
        fresh_until: now.saturating_add(OUTAGE).min(end),
        ..kept
    };
    issuer.0.store.keep_client_document(&kept).await?;
    read(id, &kept)
}

/// The client of a kept document.
///
/// # Errors
/// When the document breaks a rule that there was not when it was kept.
pub fn client_of(kept: &ClientDocument) -> Result<Client, DocumentError> {
    let document = MetadataDocument::parse(kept.client_id.as_str(), kept.document.as_bytes())?;
    Ok(client(document, kept))
}

fn read(id: &ClientIdUrl, kept: &ClientDocument) -> Result<Client, ClientError> {
    client_of(kept).map_err(|error| unusable(id, &error))
}

fn unusable(id: &ClientIdUrl, error: &DocumentError) -> ClientError {
    ClientError::Document(format!("The document at {id} cannot be used: {error}."))
}

pub(super) fn client(document: MetadataDocument, kept: &ClientDocument) -> Client {
    let loopback = document.is_loopback_only();
    Client {
        id: kept.client_id.clone(),
        name: document.name,
        source: ClientSource::Document,
        kind: if loopback {
            ApplicationKind::Native
        } else {
            ApplicationKind::Connector
        },
        // One that lists both ways may come either way: nothing tells it which
        // one this server would like (OpenID RP Metadata Choices 1.0).
        auth_method: if document.lists_none {
            AuthMethod::None
        } else {
            document.auth_method
        },
        grant_types: document.grant_types,
        redirect_uris: document.redirect_uris,
        apis: Vec::new(),
        jwks: document.jwks,
        jwks_uri: document.jwks_uri.map(|uri| uri.as_str().to_owned()),
        metadata: document.metadata,
        created_at: kept.fetched_at,
        last_used_at: kept.last_used_at,
    }
}

fn refused(id: &ClientIdUrl, error: &PublicFetchError) -> ClientError {
    // The debug form tells the private address that the text leaves out.
    tracing::warn!(client_id = %id, ?error, "a client's document was not had");
    ClientError::Document(format!(
        "The client id is the address of a document that cannot be had: {error}."
    ))
}

fn throttled(seconds: u64) -> ClientError {
    ClientError::Document(format!(
        "Too many clients that are not known here were named in a minute; try again in {seconds} s."
    ))
}
