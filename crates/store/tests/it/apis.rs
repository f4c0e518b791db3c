use shukuba_model::wire::ApiUpdate;
use shukuba_model::{ApiScope, SigningAlgorithm, TokenProfile};
use shukuba_store::StoreError;

use crate::{Fixture, identifier, new_api};

#[tokio::test]
async fn an_api_comes_back_as_it_was_registered_and_survives_a_restart() {
    let fixture = Fixture::new().await;
    let mut new = new_api("https://api.example/");
    new.profile = TokenProfile::Auth0;
    new.signing_algorithm = SigningAlgorithm::Es256;
    new.token_lifetime = 2_592_000.try_into().unwrap();
    new.scopes = vec![ApiScope::new("tools:read", "See").unwrap()];
    let created = fixture.store.create_api(&new, 1_700).await.unwrap();
    assert_eq!(created.created_at, 1_700);
    let fixture = fixture.reopened().await;
    let found = fixture.store.api(&new.identifier).await.unwrap();
    assert_eq!(found.as_ref(), Some(&created));
    assert_eq!(fixture.store.apis().await.unwrap(), [created]);
}

#[tokio::test]
async fn identifiers_are_byte_exact_so_a_slash_makes_another_api() {
    let Fixture {
        store,
        directory: _guard,
    } = Fixture::new().await;
    for text in [
        "https://api.example",
        "https://api.example/",
        "HTTPS://api.example",
    ] {
        store.create_api(&new_api(text), 1).await.unwrap();
    }
    assert_eq!(store.apis().await.unwrap().len(), 3);
    let missing = store.api(&identifier("https://API.example")).await.unwrap();
    assert_eq!(missing, None);
}

#[tokio::test]
async fn a_second_api_of_the_same_identifier_is_a_conflict() {
    let fixture = Fixture::new().await;
    fixture.store.create_api(&new_api("x"), 1).await.unwrap();
    let error = fixture.store.create_api(&new_api("x"), 2).await;
    assert!(
        matches!(error, Err(StoreError::Conflict { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_nothing_else() {
    let fixture = Fixture::new().await;
    let before = fixture.store.create_api(&new_api("x"), 1).await.unwrap();
    let update = ApiUpdate {
        profile: Some(TokenProfile::Rfc9068),
        ..ApiUpdate::default()
    };
    let after = fixture
        .store
        .update_api(&identifier("x"), &update)
        .await
        .unwrap();
    let mut expected = before;
    expected.profile = TokenProfile::Rfc9068;
    assert_eq!(after, expected);
    let all = ApiUpdate {
        name: Some("renamed".to_owned()),
        profile: Some(TokenProfile::Auth0),
        signing_algorithm: Some(SigningAlgorithm::Es256),
        token_lifetime: Some(60.try_into().unwrap()),
        scopes: Some(vec![ApiScope::new("all", "Everything").unwrap()]),
    };
    let after = fixture
        .store
        .update_api(&identifier("x"), &all)
        .await
        .unwrap();
    assert_eq!(after.name, "renamed");
    assert_eq!(after.token_lifetime.seconds(), 60);
    assert_eq!(after.signing_algorithm, SigningAlgorithm::Es256);
    assert_eq!(Some(&after.scopes), all.scopes.as_ref());
    assert_eq!(
        fixture.store.api(&identifier("x")).await.unwrap(),
        Some(after)
    );
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed_or_deleted() {
    let fixture = Fixture::new().await;
    let missing = identifier("https://nowhere.example/");
    let update = fixture
        .store
        .update_api(&missing, &ApiUpdate::default())
        .await;
    assert!(matches!(update, Err(StoreError::NotFound { .. })));
    let error = fixture.store.delete_api(&missing).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no API 'https://nowhere.example/'"
    );
}

#[tokio::test]
async fn a_deleted_api_is_gone_and_its_identifier_is_free() {
    let fixture = Fixture::new().await;
    fixture.store.create_api(&new_api("x"), 1).await.unwrap();
    fixture.store.delete_api(&identifier("x")).await.unwrap();
    assert_eq!(fixture.store.apis().await.unwrap(), []);
    fixture.store.create_api(&new_api("x"), 2).await.unwrap();
}
