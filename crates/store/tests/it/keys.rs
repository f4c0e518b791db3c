use shukuba_model::SigningAlgorithm;
use shukuba_store::{KeyState, KeyStep, MasterKey, SigningKey, Store, StoreError};

use crate::Fixture;

pub(crate) fn key(kid: &str, state: KeyState) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        algorithm: SigningAlgorithm::Es256,
        pkcs8: b"a private key".to_vec().into(),
        state,
        created_at: 5,
        signs_since: None,
        keep_until: None,
    }
}

async fn facts(store: &Store) -> Vec<(String, KeyState, Option<i64>, Option<i64>)> {
    let keys = store.signing_keys().await.unwrap();
    let facts = |key: &SigningKey| {
        let kid = key.kid.clone();
        (kid, key.state, key.signs_since, key.keep_until)
    };
    keys.iter().map(facts).collect()
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
            .change_signing_keys(&[KeyStep::Add(key(kid, state))])
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
        .change_signing_keys(&[KeyStep::Add(key("a", KeyState::Current))])
        .await
        .unwrap();
    let second = store
        .change_signing_keys(&[KeyStep::Add(key("b", KeyState::Current))])
        .await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })));
    let mut other = key("c", KeyState::Current);
    other.algorithm = SigningAlgorithm::Rs256;
    store
        .change_signing_keys(&[KeyStep::Add(other)])
        .await
        .unwrap();
    let again = store
        .change_signing_keys(&[KeyStep::Add(key("a", KeyState::Next))])
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
}

#[tokio::test]
async fn the_steps_of_a_rotation_happen_together_and_survive_a_restart() {
    let fixture = Fixture::new().await;
    for (kid, state) in [("a", KeyState::Current), ("b", KeyState::Next)] {
        let key = key(kid, state);
        fixture
            .store
            .change_signing_keys(&[KeyStep::Add(key)])
            .await
            .unwrap();
    }
    let steps = [
        KeyStep::Retire {
            kid: "a".to_owned(),
            keep_until: 900,
        },
        KeyStep::Promote {
            kid: "b".to_owned(),
            now: 100,
        },
        KeyStep::Add(key("c", KeyState::Next)),
    ];
    fixture.store.change_signing_keys(&steps).await.unwrap();
    let fixture = fixture.reopened().await;
    let rotated = [
        ("a".to_owned(), KeyState::Previous, None, Some(900)),
        ("b".to_owned(), KeyState::Current, Some(100), None),
        ("c".to_owned(), KeyState::Next, None, None),
    ];
    assert_eq!(facts(&fixture.store).await, rotated);

    // A step that does not fit undoes those before it.
    let again = fixture.store.change_signing_keys(&steps).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    let remove = |kid: &str, state| KeyStep::Remove {
        kid: kid.to_owned(),
        state,
    };
    let unfit = [
        remove("a", KeyState::Previous),
        remove("b", KeyState::Previous),
    ];
    let outcome = fixture.store.change_signing_keys(&unfit).await;
    assert!(matches!(outcome, Err(StoreError::Conflict { .. })));
    assert_eq!(facts(&fixture.store).await, rotated);

    let fit = [remove("a", KeyState::Previous)];
    fixture.store.change_signing_keys(&fit).await.unwrap();
    assert_eq!(facts(&fixture.store).await, rotated[1..]);
}

#[tokio::test]
async fn another_master_key_does_not_open_them_and_says_so() {
    let fixture = Fixture::new().await;
    let one = key("a", KeyState::Current);
    fixture
        .store
        .change_signing_keys(&[KeyStep::Add(one)])
        .await
        .unwrap();
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
