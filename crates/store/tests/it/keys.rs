use shukuba_model::SigningAlgorithm;
use shukuba_store::{KeyState, MasterKey, SigningKey, Store, StoreError};

use crate::Fixture;

pub(crate) fn key(kid: &str, state: KeyState) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        algorithm: SigningAlgorithm::Es256,
        pkcs8: b"a private key".to_vec().into(),
        state,
        created_at: 5,
    }
}

#[tokio::test]
async fn keys_come_back_in_clear_after_a_restart() {
    let fixture = Fixture::new().await;
    for (kid, state) in [
        ("a", KeyState::Previous),
        ("b", KeyState::Current),
        ("c", KeyState::Next),
    ] {
        fixture
            .store
            .add_signing_key(&key(kid, state))
            .await
            .unwrap();
    }
    let fixture = fixture.reopened().await;
    let keys = fixture.store.signing_keys().await.unwrap();
    let facts: Vec<_> = keys
        .iter()
        .map(|key| (key.kid.as_str(), key.state))
        .collect();
    let expected = [
        ("a", KeyState::Previous),
        ("b", KeyState::Current),
        ("c", KeyState::Next),
    ];
    assert_eq!(facts, expected);
    assert!(
        keys.iter()
            .all(|key| key.pkcs8.as_slice() == b"a private key")
    );
    assert!(
        keys.iter()
            .all(|key| key.algorithm == SigningAlgorithm::Es256)
    );
}

#[tokio::test]
async fn an_algorithm_has_one_current_key() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store
        .add_signing_key(&key("a", KeyState::Current))
        .await
        .unwrap();
    let second = store.add_signing_key(&key("b", KeyState::Current)).await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })));
    let mut other = key("c", KeyState::Current);
    other.algorithm = SigningAlgorithm::Rs256;
    store.add_signing_key(&other).await.unwrap();
    let again = store.add_signing_key(&key("a", KeyState::Next)).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
}

#[tokio::test]
async fn another_master_key_does_not_open_them_and_says_so() {
    let fixture = Fixture::new().await;
    let one = key("a", KeyState::Current);
    fixture.store.add_signing_key(&one).await.unwrap();
    fixture.store.close().await;
    let directory = fixture.directory.path();
    let foreign = MasterKey::open(&directory.join("foreign.key")).unwrap();
    let store = Store::open(&directory.join("shukuba.db"), foreign)
        .await
        .unwrap();
    let error = store.signing_keys().await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }));
    assert!(error.to_string().contains("master.key"), "{error}");
}

#[test]
fn a_key_is_not_printed() {
    let printed = format!("{:?}", key("a", KeyState::Current));
    assert!(
        !printed.contains("pkcs8") && !printed.contains("97"),
        "{printed}"
    );
}
