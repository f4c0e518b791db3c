use shukuba_store::{ApiScope, StoreError};

use crate::{Fixture, identifier, new_api};

fn scope(name: &str) -> ApiScope {
    ApiScope {
        name: name.to_owned(),
        description: format!("what {name} means"),
    }
}

#[tokio::test]
async fn scopes_of_an_api_are_kept_in_their_order_and_replaced_together() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let api = identifier("https://api.example/");
    store.create_api(&new_api(api.as_str()), 1).await.unwrap();
    assert_eq!(store.api_scopes(&api).await.unwrap(), []);
    let scopes = [scope("write"), scope("read")];
    store.set_api_scopes(&api, &scopes).await.unwrap();
    assert_eq!(store.api_scopes(&api).await.unwrap(), scopes);
    store.set_api_scopes(&api, &[scope("all")]).await.unwrap();
    assert_eq!(store.api_scopes(&api).await.unwrap(), [scope("all")]);
}

#[tokio::test]
async fn an_api_that_does_not_exist_has_no_scopes() {
    let fixture = Fixture::new().await;
    let api = identifier("https://nobody.example/");
    assert_eq!(fixture.store.api_scopes(&api).await.unwrap(), []);
    let refused = fixture.store.set_api_scopes(&api, &[scope("all")]).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn the_scopes_of_all_apis_are_each_named_once() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for (at, (name, scopes)) in (1..).zip([
        ("https://one.example", [scope("read"), scope("write")]),
        ("https://two.example", [scope("read"), scope("admin")]),
    ]) {
        store.create_api(&new_api(name), at).await.unwrap();
        store
            .set_api_scopes(&identifier(name), &scopes)
            .await
            .unwrap();
    }
    let all = store.all_api_scopes().await.unwrap();
    assert_eq!(all.to_string(), "read write admin");
}
