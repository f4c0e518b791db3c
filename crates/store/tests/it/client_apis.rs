//! Which APIs a client may get tokens for, changed after it was made.

use shukuba_model::{ApiIdentifier, Client, ClientId, ClientSource, Scopes};
use shukuba_store::{ClientApisChange, Store, StoreError, new_client_id};

use crate::clients::{create, machine};
use crate::{Fixture, identifier, new_api};

fn identifiers(apis: &[&str]) -> Vec<ApiIdentifier> {
    apis.iter().map(|api| identifier(api)).collect()
}

async fn set(store: &Store, id: &ClientId, apis: &[&str]) -> Result<ClientApisChange, StoreError> {
    let apis = identifiers(apis);
    store.change_client_apis(id, |_| Ok(apis)).await
}

async fn read(store: &Store, id: &ClientId) -> Client {
    store.client(id.as_str()).await.unwrap().unwrap()
}

fn names(client: &Client) -> Vec<&str> {
    let apis = client.apis.iter();
    apis.map(|api| api.identifier.as_str()).collect()
}

#[tokio::test]
async fn the_apis_of_a_client_are_replaced_in_their_order_and_those_of_others_stay() {
    let fixture = Fixture::new().await;
    let (client, _) = create(&fixture, "mcp", &["a", "b", "c"]).await;
    let (other, _) = create(&fixture, "other", &["a", "b"]).await;
    fixture.store.create_api(&new_api("d"), 1).await.unwrap();
    let changed = set(&fixture.store, &client.id, &["d", "b"]).await.unwrap();
    assert_eq!(changed.before, identifiers(&["a", "b", "c"]));
    assert_eq!(changed.after, identifiers(&["d", "b"]));
    let fixture = fixture.reopened().await;
    assert_eq!(names(&read(&fixture.store, &client.id).await), ["d", "b"]);
    assert_eq!(read(&fixture.store, &other.id).await, other);
    let none = set(&fixture.store, &client.id, &[]).await.unwrap();
    assert_eq!(none.after, []);
    assert_eq!(names(&read(&fixture.store, &client.id).await), [""; 0]);
    // Nobody uses it any more.
    let removed = fixture.store.delete_api(&identifier("d")).await;
    removed.unwrap();
}

#[tokio::test]
async fn an_api_that_stays_keeps_its_scopes() {
    let fixture = Fixture::new().await;
    create(&fixture, "other", &["a", "b"]).await;
    let mut client = machine("mcp", new_client_id(), &["a"], 1);
    let add: Scopes = "add".parse().unwrap();
    client.apis[0].scopes = Some(add.clone());
    fixture.store.create_client(&client, None).await.unwrap();
    set(&fixture.store, &client.id, &["b", "a"]).await.unwrap();
    let read = read(&fixture.store, &client.id).await;
    let scopes: Vec<_> = read.apis.iter().map(|api| api.scopes.clone()).collect();
    assert_eq!(scopes, [None, Some(add)]);
}

#[tokio::test]
async fn what_cannot_be_changes_nothing() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (client, _) = create(&fixture, "mcp", &["a", "b"]).await;
    let unknown = set(store, &client.id, &["b", "z"]).await.unwrap_err();
    assert_eq!(unknown.to_string(), "there is no API 'z'");
    let refuse = |_: &[ApiIdentifier]| Err(StoreError::Interrupted);
    let refused = store.change_client_apis(&client.id, refuse).await;
    assert!(matches!(refused, Err(StoreError::Interrupted)));
    assert_eq!(read(store, &client.id).await, client);

    let nobody: ClientId = "nobody".parse().unwrap();
    let mut stranger = machine("stranger", new_client_id(), &[], 1);
    stranger.source = ClientSource::Dynamic;
    store.create_client(&stranger, None).await.unwrap();
    for id in [&nobody, &stranger.id] {
        let error = set(store, id, &["a"]).await.unwrap_err();
        let what = format!("there is no application '{id}'");
        assert_eq!(error.to_string(), what);
    }
    assert_eq!(read(store, &stranger.id).await, stranger);
}

#[tokio::test]
async fn changes_at_once_each_see_the_one_before() {
    let fixture = Fixture::new().await;
    let apis: Vec<String> = (0..20).map(|number| format!("api-{number}")).collect();
    for api in &apis {
        fixture.store.create_api(&new_api(api), 1).await.unwrap();
    }
    let (client, _) = create(&fixture, "mcp", &["api-0"]).await;
    let tasks: Vec<_> = apis
        .iter()
        .skip(1)
        .map(|api| {
            let (store, id, api) = (fixture.store.clone(), client.id.clone(), identifier(api));
            tokio::spawn(async move {
                let add = |before: &[ApiIdentifier]| {
                    Ok::<_, StoreError>([before, std::slice::from_ref(&api)].concat())
                };
                store.change_client_apis(&id, add).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let read = read(&fixture.store, &client.id).await;
    assert_eq!(read.apis.len(), 20, "{:?}", names(&read));
    assert_eq!(names(&read)[0], "api-0");
}
