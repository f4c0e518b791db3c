//! All SQL: one file per aggregate over embedded SQLite.
//!
//! Secrets are hashed and private keys are sealed in here, so that no other
//! crate can forget it. What is acknowledged is on the disk
//! (`synchronous = FULL`).

mod api_scopes;
mod apis;
mod assertion_ids;
mod audit;
mod client_apis;
mod client_documents;
mod client_list;
mod client_rows;
mod client_secrets;
mod clients;
mod codes;
mod consents;
#[cfg(feature = "crash-points")]
pub mod crash;
mod database;
mod device_codes;
mod dynamic_clients;
mod error;
mod grants;
mod initial_tokens;
mod keys;
mod master_key;
mod random;
mod refresh_tokens;
mod requests;
mod revocations;
mod runtimes;
mod secret;
mod sessions;
mod users;

use std::path::Path;
use std::sync::Arc;

pub use apis::Api;
pub use audit::{AuditCheck, AuditEntry, AuditEvent, AuditFilter, AuditLog};
pub use client_apis::ClientApisChange;
pub use client_documents::ClientDocument;
pub use client_list::ClientFilter;
pub use client_secrets::{ClientSecret, ClientSecretFacts, UnusedSecret, UnusedSecrets};
pub use clients::use_is_noted;
pub use codes::{NewCode, StoredCode};
pub use consents::Consent;
pub use device_codes::{DeviceAnswer, NewDeviceCode, Poll, StoredDeviceCode};
pub use dynamic_clients::{NewRegistration, Registered};
pub use error::StoreError;
pub use grants::{Grant, GrantFilter, NewGrant};
pub use initial_tokens::InitialTokenFacts;
pub use keys::{KeyState, KeyStep, SigningKey};
pub use master_key::{MasterKey, MasterKeyError};
pub use random::{new_client_id, new_grant_id, new_runtime_id, new_user_code, new_user_id};
pub use refresh_tokens::{FirstTokens, NewRefreshToken, StoredRefreshToken};
pub use requests::{NewAuthorizationRequest, StoredAuthorizationRequest};
pub use runtimes::{
    Launch, NewVersion, RuntimeFilter, RuntimeRecord, StoredRuntime, VersionRecord,
};
pub use secret::Secret;
pub use sessions::{NewSession, Session};
pub use users::{PasswordHash, User};

#[cfg(feature = "crash-points")]
pub(crate) use crash::point as crash_point;
use database::Database;

/// Where a test may stop the process; nothing at all in other builds.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub(crate) fn crash_point(_name: &str) {}

/// The database. Clones share it.
#[derive(Clone)]
pub struct Store {
    database: Database,
    master_key: Arc<MasterKey>,
    derivation_key: Arc<aws_lc_rs::hmac::Key>,
}

impl Store {
    /// Opens the database at `path`, creates it (mode 0600) when it is absent
    /// and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file cannot be opened or migrated.
    pub async fn open(
        path: &Path,
        master_key: impl Into<Arc<MasterKey>>,
    ) -> Result<Self, StoreError> {
        let master_key = master_key.into();
        Ok(Self {
            database: Database::open(path).await?,
            derivation_key: Arc::new(master_key.derivation_key()),
            master_key,
        })
    }

    /// Waits for running statements and closes every connection, so that the
    /// write-ahead log is folded into the database file.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
