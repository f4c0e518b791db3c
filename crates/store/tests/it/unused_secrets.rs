//! Which secrets nobody used for a while.

use shukuba_model::{Client, ClientSource};
use shukuba_store::{ClientSecret, NewRegistration, Registered, Secret, Store, new_client_id};

use crate::clients::{create, machine};
use crate::{Fixture, new_api};

const DAY: i64 = 86_400;

/// An application with a secret made at that time; what proves it.
async fn made(store: &Store, name: &str, at: i64) -> (Client, Secret) {
    let secret = ClientSecret::generate();
    let client = machine(name, new_client_id(), &["a"], at);
    store
        .create_client(&client, Some(secret.as_ref()))
        .await
        .unwrap();
    (client, Secret::presented(secret.reveal()))
}

/// The names of the applications of the first secrets, and how many there are.
async fn unused(store: &Store, since: i64, limit: u32) -> (Vec<String>, u64) {
    let found = store.unused_client_secrets(since, limit).await.unwrap();
    let names = found.first.into_iter().map(|one| one.client_name);
    (names.collect(), found.total)
}

#[tokio::test]
async fn a_secret_is_out_of_use_when_it_was_neither_used_nor_made_since() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    assert_eq!(unused(store, i64::MAX, 5).await, (vec![], 0));
    store.create_api(&new_api("a"), 1).await.unwrap();
    let (used, proof) = made(store, "used once", DAY).await;
    made(store, "never used", 3 * DAY).await;
    made(store, "new", 9 * DAY).await;
    let right = store.check_client_secret(&used.id, &proof, 2 * DAY).await;
    assert!(right.unwrap());

    assert_eq!(unused(store, DAY, 5).await, (vec![], 0));
    assert_eq!(unused(store, 2 * DAY, 5).await, (vec![], 0), "since then");
    let first = (vec!["used once".to_owned()], 1);
    assert_eq!(unused(store, 2 * DAY + 1, 5).await, first);
    let both = vec!["used once".to_owned(), "never used".to_owned()];
    assert_eq!(unused(store, 9 * DAY, 5).await, (both.clone(), 2));
    let all = (both.clone(), 3);
    assert_eq!(
        unused(store, 10 * DAY, 2).await,
        all,
        "the first two of all"
    );

    // It is used again.
    let right = store.check_client_secret(&used.id, &proof, 9 * DAY).await;
    assert!(right.unwrap());
    assert_eq!(unused(store, 9 * DAY, 5).await, (both[1..].to_vec(), 1));
}

#[tokio::test]
async fn each_secret_is_told_with_its_application_and_whether_it_is_the_only_one() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (client, _) = create(&fixture, "mcp", &["a"]).await;
    let since = 30 * DAY;
    let found = store.unused_client_secrets(since, 5).await.unwrap().first;
    let own = store.client_secrets(&client.id).await.unwrap();
    assert_eq!(found[0].id, own[0].id);
    assert_eq!(found[0].client_id, client.id);
    assert_eq!((found[0].created_at, found[0].last_used_at), (7, None));
    assert!(found[0].is_only);

    // The second one is in use; the first one can go.
    let second = ClientSecret::generate();
    store
        .add_client_secret(&client.id, &second, since)
        .await
        .unwrap();
    let found = store.unused_client_secrets(since, 5).await.unwrap();
    assert_eq!(found.total, 1);
    assert!(!found.first[0].is_only);
    store.delete_client(&client.id, since).await.unwrap();
    assert_eq!(unused(store, i64::MAX, 5).await, (vec![], 0));
}

#[tokio::test]
async fn secrets_of_clients_that_registered_themselves_are_not_the_operators() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (secret, token) = (Secret::generate("skb_"), Secret::generate("skr_"));
    let client = Client {
        source: ClientSource::Dynamic,
        ..machine("itself", new_client_id(), &[], 7)
    };
    let new = NewRegistration {
        client: &client,
        secret: Some(&secret),
        management_token: &token,
        duplicate_key: None,
        most_unused: 1,
        unused_since: 0,
    };
    let made = store.register_client(&new).await.unwrap();
    assert_eq!(made, Registered::New);
    let right = store.check_client_secret(&client.id, &secret, 8).await;
    assert!(right.unwrap());
    assert_eq!(unused(store, i64::MAX, 5).await, (vec![], 0));
}
