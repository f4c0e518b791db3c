use shukuba_model::ApiScope;
use shukuba_model::wire::{ApiCreate, ApiUpdate};

use crate::{Fixture, identifier, new_api};

fn scope(name: &str) -> ApiScope {
    ApiScope::new(name, format!("what {name} means")).unwrap()
}

fn with_scopes(text: &str, scopes: &[&str]) -> ApiCreate {
    ApiCreate {
        scopes: scopes.iter().map(|name| scope(name)).collect(),
        ..new_api(text)
    }
}

#[tokio::test]
async fn scopes_of_an_api_are_kept_in_their_order_and_replaced_together() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let api = identifier("https://api.example/");
    let new = with_scopes(api.as_str(), &["write", "read"]);
    store.create_api(&new, 1).await.unwrap();
    let scopes = [scope("write"), scope("read")];
    assert_eq!(store.api_scopes(&api).await.unwrap(), scopes);
    let update = async |scopes| {
        let update = ApiUpdate {
            scopes,
            ..ApiUpdate::default()
        };
        store.update_api(&api, &update).await.unwrap().scopes
    };
    assert_eq!(update(None).await, scopes, "what is not named stays");
    assert_eq!(update(Some(vec![scope("all")])).await, [scope("all")]);
    assert_eq!(store.api_scopes(&api).await.unwrap(), [scope("all")]);
    assert_eq!(update(Some(Vec::new())).await, []);
}

#[tokio::test]
async fn an_api_that_does_not_exist_has_no_scopes() {
    let fixture = Fixture::new().await;
    let api = identifier("https://nobody.example/");
    assert_eq!(fixture.store.api_scopes(&api).await.unwrap(), []);
}

#[tokio::test]
async fn the_scopes_of_all_apis_are_each_named_once() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for (at, (name, scopes)) in (1..).zip([
        ("https://one.example", ["read", "write"]),
        ("https://two.example", ["read", "admin"]),
    ]) {
        store
            .create_api(&with_scopes(name, &scopes), at)
            .await
            .unwrap();
    }
    let all = store.all_api_scopes().await.unwrap();
    assert_eq!(all.to_string(), "read write admin");
}
