//! What every storage engine must do, one file per aggregate.

#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod api_scopes;
mod apis;
mod audit;
mod client_apis;
mod client_list;
mod clients;
mod consents;
mod files;
mod grants;
mod keys;
mod migration;
mod people;
mod registrations;
mod requests;
mod runtimes;
mod unused_secrets;

use shukuba_model::ApiIdentifier;
use shukuba_model::wire::ApiCreate;
use shukuba_store::{MasterKey, Store};
use tempfile::TempDir;

/// A store in a directory of its own.
struct Fixture {
    directory: TempDir,
    store: Store,
}

impl Fixture {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        Self { directory, store }
    }

    /// Closes the store and opens it again, as a restart does.
    async fn reopened(self) -> Self {
        self.store.close().await;
        let store = open(&self.directory).await;
        Self { store, ..self }
    }
}

async fn open(directory: &TempDir) -> Store {
    let key = MasterKey::open(&directory.path().join("master.key")).unwrap();
    Store::open(&directory.path().join("shukuba.db"), key)
        .await
        .unwrap()
}

fn identifier(text: &str) -> ApiIdentifier {
    text.parse().unwrap()
}

fn new_api(text: &str) -> ApiCreate {
    ApiCreate {
        name: format!("the API {text}"),
        identifier: identifier(text),
        profile: Default::default(),
        signing_algorithm: Default::default(),
        token_lifetime: Default::default(),
        scopes: Vec::new(),
    }
}
