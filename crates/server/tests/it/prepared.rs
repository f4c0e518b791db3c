//! A data directory that is filled before its server starts.

use std::path::PathBuf;
use std::sync::Arc;

use shukuba_server::{Server, Settings};
use shukuba_store::{Launch, MasterKey, Store};
use shukuba_testkit::provider::{FakeProvider, Profile};
use tempfile::TempDir;

use crate::{Bed, runtime};

pub(crate) struct Prepared {
    pub(crate) directory: TempDir,
    pub(crate) store: Store,
    master_key: Arc<MasterKey>,
    data_dir: PathBuf,
}

impl Prepared {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = directory.path().join("data");
        std::fs::create_dir(&data_dir).unwrap();
        let master_key = Arc::new(MasterKey::from_bytes(&[7; 32]));
        let database = data_dir.join("shukuba.db");
        let store = Store::open(&database, Arc::clone(&master_key));
        Self {
            store: store.await.unwrap(),
            directory,
            master_key,
            data_dir,
        }
    }

    /// Launches the runtime `adder` behind a provider with the API `audience`, a
    /// version for each change.
    pub(crate) async fn host(
        &self,
        audience: &str,
        versions: impl IntoIterator<Item = impl FnOnce(&mut Launch)>,
    ) -> FakeProvider {
        let provider = FakeProvider::auth0().await;
        provider.set_profile(Profile::Rfc9068);
        provider.add_api(audience);
        for version in versions {
            let mut launch = runtime::of(&provider, audience);
            version(&mut launch);
            self.store.launch(&launch).await.unwrap();
        }
        provider
    }

    /// The settings of a local server over it.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            master_key: Some(Arc::clone(&self.master_key)),
            ..Settings::local(self.data_dir.clone(), 0, None)
        }
    }

    /// The server, local but for a change.
    pub(crate) async fn start(self, change: impl FnOnce(&mut Settings)) -> Bed {
        let mut settings = self.settings();
        change(&mut settings);
        Bed {
            directory: self.directory,
            server: Server::start(settings).await.unwrap(),
            http: reqwest::Client::builder().build().unwrap(),
        }
    }
}
