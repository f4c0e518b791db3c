//! What lies in the data directory afterwards.

use std::os::unix::fs::MetadataExt;

use shukuba_store::{
    ClientSecret, KeyState, KeyStep, MasterKey, Secret, Store, StoreError, new_client_id,
};

use crate::clients::machine;
use crate::keys::key;
use crate::{Fixture, new_api};

const SECRET: &str = "canary-secret-0123456789-0123456789-0123456789";
const REPLACED: &str = "canary-replaced-0123456789-0123456789-012345678";
const PRIVATE_KEY: &[u8] = b"canary-private-key-bytes";

/// Every byte of every file that starts with the database's name: the
/// database itself, its write-ahead log and its index.
fn database_bytes(fixture: &Fixture) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(fixture.directory.path()).unwrap() {
        let entry = entry.unwrap();
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("shukuba.db")
        {
            bytes.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    bytes
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[tokio::test]
async fn the_database_never_holds_a_secret_or_a_private_key() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store
        .create_api(&new_api("canary-identifier"), 1)
        .await
        .unwrap();
    let client = machine("mcp", new_client_id(), &["canary-identifier"], 1);
    let secret = ClientSecret::try_from(SECRET.to_owned()).unwrap();
    store
        .create_client(&client, Some(secret.as_ref()))
        .await
        .unwrap();
    let added = ClientSecret::try_from(REPLACED.to_owned()).unwrap();
    store
        .add_client_secret(&client.id, &added, 1)
        .await
        .unwrap();
    let presented = Secret::presented(REPLACED);
    let right = store.check_client_secret(&client.id, &presented, 1).await;
    assert!(right.unwrap());
    let mut signing = key("kid", KeyState::Current);
    signing.pkcs8 = PRIVATE_KEY.to_vec().into();
    store
        .change_signing_keys(&[KeyStep::Add(signing)])
        .await
        .unwrap();

    let while_open = database_bytes(&fixture);
    fixture.store.close().await;
    let after_close = database_bytes(&fixture);
    for bytes in [while_open, after_close] {
        assert!(
            contains(&bytes, b"canary-identifier"),
            "the search finds what is there"
        );
        assert!(!contains(&bytes, SECRET.as_bytes()));
        assert!(!contains(&bytes, REPLACED.as_bytes()));
        assert!(!contains(&bytes, PRIVATE_KEY));
    }
}

#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    let fixture = Fixture::new().await;
    fixture.store.create_api(&new_api("x"), 1).await.unwrap();
    for entry in std::fs::read_dir(fixture.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused_with_its_path() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shukuba.db");
    std::fs::write(
        &path,
        "not a database, but long enough to be read as one".repeat(40),
    )
    .unwrap();
    let key = MasterKey::open(&directory.path().join("master.key")).unwrap();
    let error = Store::open(&path, key).await.unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(error.to_string().contains("shukuba.db"), "{error}");
}
