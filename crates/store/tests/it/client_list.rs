//! Clients page by page, and what becomes of one that is a document.

use shukuba_model::{ClientSource, GrantType};
use shukuba_store::{ClientDocument, ClientFilter, StoreError, new_client_id};

use crate::clients::{create, machine};
use crate::{Fixture, identifier};

fn document(id: &str, imported: bool) -> ClientDocument {
    ClientDocument {
        client_id: id.parse().unwrap(),
        document: "{}".to_owned(),
        etag: None,
        last_modified: None,
        imported,
        fetched_at: 10,
        fresh_until: 70,
        last_used_at: None,
    }
}

/// The names on every page of `limit`.
async fn names(fixture: &Fixture, source: Option<ClientSource>, limit: u32) -> Vec<String> {
    let mut names = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let filter = ClientFilter {
            source,
            after: after.as_deref(),
            search: None,
            limit,
        };
        let page = fixture.store.clients(&filter).await.unwrap();
        assert!(page.len() <= usize::try_from(limit).unwrap());
        let Some(last) = page.last() else {
            return names;
        };
        after = Some(last.id.to_string());
        names.extend(page.into_iter().map(|client| client.name));
    }
}

#[tokio::test]
async fn clients_are_listed_by_source_and_page_each_once_with_all_its_apis() {
    let fixture = Fixture::new().await;
    create(&fixture, "mcp", &["a", "b", "c"]).await;
    create(&fixture, "other", &["a", "b"]).await;
    for name in ["x", "x", "y"] {
        let mut stranger = machine(name, new_client_id(), &[], 20);
        stranger.source = ClientSource::Dynamic;
        stranger.grant_types = vec![GrantType::AuthorizationCode];
        fixture.store.create_client(&stranger, None).await.unwrap();
    }
    for limit in [1, 2, 100] {
        let all = names(&fixture, None, limit).await;
        assert_eq!(all, ["mcp", "other", "x", "x", "y"]);
        let dynamic = names(&fixture, Some(ClientSource::Dynamic), limit).await;
        assert_eq!(dynamic, ["x", "x", "y"]);
        let registered = names(&fixture, Some(ClientSource::Registered), limit).await;
        assert_eq!(registered, ["mcp", "other"]);
    }
    let filter = ClientFilter {
        limit: 1,
        ..ClientFilter::default()
    };
    let page = fixture.store.clients(&filter).await.unwrap();
    assert_eq!(page[0].apis.len(), 3);
    let gone = ClientFilter {
        after: Some("gone"),
        ..filter
    };
    let refused = fixture.store.clients(&gone).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn clients_are_found_by_a_part_of_name_or_id_page_by_page() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for name in ["Orders 1%", "orders 2", "mail"] {
        create(&fixture, name, &["a", "b"]).await;
    }
    let all = names(&fixture, None, 9).await;
    assert_eq!(all.len(), 3);
    let found = async |search: &str, after: Option<&str>| {
        let filter = ClientFilter {
            source: Some(ClientSource::Registered),
            search: Some(search),
            after,
            limit: 1,
        };
        store.clients(&filter).await.unwrap().pop()
    };
    let first = found("ORDERS", None).await.unwrap();
    assert_eq!((first.name.as_str(), first.apis.len()), ("Orders 1%", 2));
    let next = found("ORDERS", Some(first.id.as_str())).await.unwrap();
    assert_eq!(next.name, "orders 2");
    assert_eq!(found("ORDERS", Some(next.id.as_str())).await, None);
    assert_eq!(found("%", None).await, Some(first.clone()), "no wildcard");
    let by_id = first.id.as_str().get(4..).unwrap();
    assert_eq!(found(by_id, None).await, Some(first));
}

#[tokio::test]
async fn the_operators_clients_without_an_api_are_listed_oldest_first() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    create(&fixture, "both", &["a", "b"]).await;
    create(&fixture, "only b", &["b"]).await;
    let none = machine("none", new_client_id(), &[], 2);
    let mut stranger = machine("stranger", new_client_id(), &[], 1);
    stranger.source = ClientSource::Dynamic;
    for client in [&none, &stranger] {
        store.create_client(client, None).await.unwrap();
    }
    let without = async |api: &str, limit| {
        let found = store.clients_without_api(&identifier(api), limit).await;
        let names = found.unwrap().into_iter().map(|client| client.name);
        names.collect::<Vec<_>>()
    };
    assert_eq!(without("a", 9).await, ["none", "only b"]);
    assert_eq!(without("a", 1).await, ["none"]);
    assert_eq!(without("b", 9).await, ["none"]);
    assert_eq!(without("unknown", 9).await.len(), 3);
}

#[tokio::test]
async fn documents_are_listed_by_address_and_page() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (a, b) = (
        document("https://a.example/c", true),
        document("https://b.example/c", false),
    );
    for document in [&b, &a] {
        store.keep_client_document(document).await.unwrap();
    }
    let page = store.client_documents(None, None, 1).await.unwrap();
    assert_eq!(page, std::slice::from_ref(&a));
    let next = store
        .client_documents(Some(a.client_id.as_str()), None, 9)
        .await;
    assert_eq!(next.unwrap(), [b]);
}

#[tokio::test]
async fn a_fetched_document_never_replaces_what_the_operator_gave() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let id = "https://a.example/c";
    let given = document(id, true);
    for kept in [&document(id, false), &given, &document(id, false)] {
        store.keep_client_document(kept).await.unwrap();
    }
    assert_eq!(store.client_document(id).await.unwrap(), Some(given));
}

#[tokio::test]
async fn a_deleted_document_takes_all_that_its_client_was_granted_with_it() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let kept = document("https://a.example/c", false);
    let id = &kept.client_id;
    store.keep_client_document(&kept).await.unwrap();
    store.delete_client(id, 20).await.unwrap();
    assert_eq!(store.client_document(id.as_str()).await.unwrap(), None);
    let revoked = store.live_revocations(20).await.unwrap();
    assert_eq!(revoked.clients.get(id.as_str()), Some(&20));
    let again = store.delete_client(id, 21).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
}
