use shukuba_model::{
    ApplicationKind, AuthMethod, Client, ClientApi, ClientId, ClientMetadata, ClientSource,
    GrantType,
};
use shukuba_store::{ClientFilter, ClientSecret, Store, StoreError, new_client_id};

use crate::{Fixture, identifier, new_api};

/// A client as the operator registers it for a machine.
pub(crate) fn machine(name: &str, id: ClientId, apis: &[&str], created_at: i64) -> Client {
    Client {
        id,
        name: name.to_owned(),
        source: ClientSource::Registered,
        kind: ApplicationKind::MachineToMachine,
        auth_method: AuthMethod::ClientSecret,
        grant_types: vec![GrantType::ClientCredentials],
        redirect_uris: Vec::new(),
        apis: apis
            .iter()
            .map(|api| ClientApi {
                identifier: identifier(api),
                scopes: None,
            })
            .collect(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at,
        last_used_at: None,
    }
}

pub(crate) async fn create(fixture: &Fixture, name: &str, apis: &[&str]) -> (Client, ClientSecret) {
    for api in apis {
        if fixture.store.api(&identifier(api)).await.unwrap().is_none() {
            fixture.store.create_api(&new_api(api), 1).await.unwrap();
        }
    }
    let secret = ClientSecret::generate();
    let client = machine(name, new_client_id(), apis, 7);
    let store = &fixture.store;
    store
        .create_client(&client, Some(secret.as_ref()))
        .await
        .unwrap();
    (client, secret)
}

async fn authenticates(store: &Store, client: &Client, secret: &str) -> bool {
    let presented = shukuba_store::Secret::presented(secret);
    store
        .check_client_secret(&client.id, &presented, 100)
        .await
        .unwrap()
}

/// Every client of the operator, oldest first.
async fn registered(store: &Store) -> Vec<Client> {
    let filter = ClientFilter {
        source: Some(ClientSource::Registered),
        limit: 1000,
        ..ClientFilter::default()
    };
    store.clients(&filter).await.unwrap()
}

fn apis_of(client: &Client) -> Vec<&str> {
    let apis = client.apis.iter();
    apis.map(|api| api.identifier.as_str()).collect()
}

#[tokio::test]
async fn a_client_is_found_by_name_and_by_client_id_with_its_apis_in_order() {
    let fixture = Fixture::new().await;
    let (created, _) = create(&fixture, "mcp", &["z", "a", "m"]).await;
    let (other, _) = create(&fixture, "other", &["a"]).await;
    let fixture = fixture.reopened().await;
    let store = &fixture.store;
    for key in ["mcp", created.id.as_str()] {
        let found = store.registered_client(key).await.unwrap().unwrap();
        assert_eq!(found, created);
        assert_eq!(apis_of(&found), ["z", "a", "m"]);
    }
    assert_eq!(store.registered_client("nobody").await.unwrap(), None);
    assert_eq!(store.client("mcp").await.unwrap(), None, "a name is no id");
    assert_eq!(registered(store).await, [created, other]);
}

#[tokio::test]
async fn an_api_named_twice_counts_once() {
    let fixture = Fixture::new().await;
    let (created, _) = create(&fixture, "mcp", &["a", "b", "a"]).await;
    let found = fixture.store.client(created.id.as_str()).await.unwrap();
    assert_eq!(apis_of(&found.unwrap()), ["a", "b"]);
}

#[tokio::test]
async fn only_the_clients_own_secret_authenticates_it() {
    let fixture = Fixture::new().await;
    let (one, secret_of_one) = create(&fixture, "one", &["a"]).await;
    let (_, secret_of_other) = create(&fixture, "other", &["a"]).await;
    let store = &fixture.store;
    assert!(authenticates(store, &one, secret_of_one.reveal()).await);
    let longer = format!("{}x", secret_of_one.reveal());
    for wrong in ["", "wrong", secret_of_other.reveal(), &longer] {
        assert!(!authenticates(store, &one, wrong).await, "{wrong}");
    }
}

#[tokio::test]
async fn secrets_of_one_second_are_told_in_the_order_they_were_made() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        // At 7 as well.
        let (client, _) = create(&fixture, name, &["a"]).await;
        let second = ClientSecret::generate();
        let added = store.add_client_secret(&client.id, &second, 7).await;
        let told = store.client_secrets(&client.id).await.unwrap();
        assert_eq!(told[1].id, added.unwrap());
        // The place of one that is gone is not taken before the other.
        let (first, third) = (&told[0].id, ClientSecret::generate());
        store.remove_client_secret(&client.id, first).await.unwrap();
        let added = store.add_client_secret(&client.id, &third, 7).await;
        let told = store.client_secrets(&client.id).await.unwrap();
        assert_eq!(told[1].id, added.unwrap());
    }
}

#[tokio::test]
async fn two_secrets_live_at_a_time_and_the_third_is_told_which_to_remove() {
    let fixture = Fixture::new().await;
    let (client, first) = create(&fixture, "mcp", &["a"]).await;
    let store = &fixture.store;
    let (second, third) = (ClientSecret::generate(), ClientSecret::generate());
    let second_id = store
        .add_client_secret(&client.id, &second, 8)
        .await
        .unwrap();
    assert!(authenticates(store, &client, first.reveal()).await);
    assert!(authenticates(store, &client, second.reveal()).await);
    let first_id = store.client_secrets(&client.id).await.unwrap()[0]
        .id
        .clone();
    let error = store
        .add_client_secret(&client.id, &third, 9)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&format!("'{first_id}' is the older")),
        "{text}"
    );
    assert!(text.contains(&second_id), "{text}");

    store
        .remove_client_secret(&client.id, &first_id)
        .await
        .unwrap();
    assert!(!authenticates(store, &client, first.reveal()).await);
    assert!(authenticates(store, &client, second.reveal()).await);
    let gone = store.remove_client_secret(&client.id, &first_id).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })));
    let last = store.remove_client_secret(&client.id, &second_id).await;
    assert!(matches!(last, Err(StoreError::Conflict { .. })), "{last:?}");
    let nobody = store.add_client_secret(&new_client_id(), &third, 9).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn the_last_use_of_a_secret_and_of_a_client_is_known_to_the_minute() {
    let fixture = Fixture::new().await;
    let (client, secret) = create(&fixture, "mcp", &["a"]).await;
    let store = &fixture.store;
    let presented = shukuba_store::Secret::presented(secret.reveal());
    for (now, expected) in [(100, 100), (159, 100), (160, 160)] {
        let right = store.check_client_secret(&client.id, &presented, now).await;
        assert!(right.unwrap());
        store.client_used(&client.id, now).await.unwrap();
        let secrets = store.client_secrets(&client.id).await.unwrap();
        assert_eq!(secrets[0].last_used_at, Some(expected));
        let found = store.client(client.id.as_str()).await.unwrap().unwrap();
        assert_eq!(found.last_used_at, Some(expected));
    }
}

#[tokio::test]
async fn names_and_client_ids_of_the_operators_clients_never_collide() {
    let fixture = Fixture::new().await;
    let (first, secret) = create(&fixture, "mcp", &["a"]).await;
    let id = first.id.clone();
    for new in [
        machine("mcp", new_client_id(), &["a"], 1),
        machine("other", id.clone(), &["a"], 1),
        machine(id.as_str(), new_client_id(), &["a"], 1),
        machine("other", "mcp".parse().unwrap(), &["a"], 1),
    ] {
        let outcome = fixture
            .store
            .create_client(&new, Some(secret.as_ref()))
            .await;
        assert!(
            matches!(outcome, Err(StoreError::Conflict { .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(registered(&fixture.store).await, [first]);
}

#[tokio::test]
async fn an_unknown_api_leaves_no_client_behind() {
    let fixture = Fixture::new().await;
    fixture.store.create_api(&new_api("a"), 1).await.unwrap();
    let new = machine("mcp", new_client_id(), &["a", "b"], 1);
    let outcome = fixture.store.create_client(&new, None).await;
    assert_eq!(outcome.unwrap_err().to_string(), "there is no API 'b'");
    assert_eq!(registered(&fixture.store).await, []);
}

#[tokio::test]
async fn an_api_in_use_is_kept_until_its_clients_are_gone() {
    let fixture = Fixture::new().await;
    let (client, secret) = create(&fixture, "mcp", &["a"]).await;
    let store = &fixture.store;
    let error = store.delete_api(&identifier("a")).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Conflict { what } if what.contains("mcp")),
        "{error}"
    );
    store.delete_client(&client.id, 9).await.unwrap();
    assert!(!authenticates(store, &client, secret.reveal()).await);
    store.delete_api(&identifier("a")).await.unwrap();
    let again = store.delete_client(&client.id, 9).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn o04_a_secret_that_is_nearly_right_is_as_wrong_as_any() {
    // Hashes of one length are compared in constant time, so nothing of how
    // near a guess came is left to be measured.
    let fixture = Fixture::new().await;
    let (client, secret) = create(&fixture, "mcp", &["a"]).await;
    let right = secret.reveal();
    let (all_but_the_last, _) = right.split_at(right.len() - 1);
    let (_, all_but_the_first) = right.split_at(1);
    for guess in [
        String::new(),
        format!("x{all_but_the_first}"),
        format!("{all_but_the_last}!"),
        all_but_the_last.to_owned(),
        all_but_the_first.to_owned(),
        format!("{right}x"),
        format!("{right}\0"),
        right.to_uppercase(),
    ] {
        assert!(!authenticates(&fixture.store, &client, &guess).await);
    }
    assert!(authenticates(&fixture.store, &client, right).await);
}

#[test]
fn secrets_that_could_be_guessed_are_refused_and_none_is_printed() {
    let weak = ClientSecret::try_from("a".repeat(31));
    assert!(matches!(weak, Err(StoreError::WeakSecret { length: 31 })));
    let secret = ClientSecret::generate();
    assert!(secret.reveal().len() >= 47);
    assert!(!format!("{secret:?}").contains(secret.reveal()));
    assert_ne!(secret.reveal(), ClientSecret::generate().reveal());
}
