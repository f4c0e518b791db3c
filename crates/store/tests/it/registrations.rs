//! Clients that registered themselves, what registers them, and what expires.

use shukuba_model::{AuthMethod, Client, ClientSource, GrantType};
use shukuba_store::{
    ClientDocument, InitialTokenFacts, NewCode, NewGrant, NewRegistration, Registered, Secret,
    StoreError, User, new_client_id, new_grant_id, new_user_id,
};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::Fixture;
use crate::clients::{create, machine};

const DAY: i64 = 86_400;

fn stranger(name: &str, created_at: i64) -> Client {
    Client {
        source: ClientSource::Dynamic,
        auth_method: AuthMethod::None,
        grant_types: vec![GrantType::AuthorizationCode],
        redirect_uris: vec!["https://client.example/cb".parse().unwrap()],
        ..machine(name, new_client_id(), &[], created_at)
    }
}

async fn register(fixture: &Fixture, client: &Client, key: Option<&str>) -> (Registered, Secret) {
    let token = Secret::generate("skr_");
    let new = NewRegistration {
        client,
        secret: None,
        management_token: &token,
        duplicate_key: key.map(|key| key.as_bytes().to_vec()),
        most_unused: 3,
        unused_since: client.created_at - DAY,
    };
    (fixture.store.register_client(&new).await.unwrap(), token)
}

#[tokio::test]
async fn the_same_registration_leaves_one_row_that_nobody_manages_any_more() {
    let fixture = Fixture::new().await;
    let (first, second) = (stranger("opencode", 10), stranger("opencode", 20));
    let (outcome, token) = register(&fixture, &first, Some("same")).await;
    assert_eq!(outcome, Registered::New);
    let id = first.id.as_str();
    let managed = fixture.store.managed_client(id, &token).await.unwrap();
    assert_eq!(managed, Some(first.clone()));

    let (outcome, _) = register(&fixture, &second, Some("same")).await;
    assert_eq!(outcome, Registered::Known(first.id.clone()));
    let found = fixture.store.client(id).await.unwrap().unwrap();
    assert_eq!(found.created_at, 20, "it is in use again");
    assert_eq!(
        fixture.store.client(second.id.as_str()).await.unwrap(),
        None
    );
    let managed = fixture.store.managed_client(id, &token).await.unwrap();
    assert_eq!(managed, None);
    let other = register(&fixture, &stranger("opencode", 20), None).await.0;
    assert_eq!(other, Registered::New);
}

#[tokio::test]
async fn d09_unused_registrations_expire_and_used_ones_never_vanish() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (operators, _) = create(&fixture, "mcp", &["a"]).await;
    let (used, unused, young) = (
        stranger("used", 10),
        stranger("unused", 10),
        stranger("young", DAY),
    );
    for client in [&used, &unused, &young] {
        assert_eq!(register(&fixture, client, None).await.0, Registered::New);
    }
    store.client_used(&used.id, 11).await.unwrap();
    assert_eq!(store.forget_unused_clients(DAY).await.unwrap(), 1);
    assert_eq!(store.client(unused.id.as_str()).await.unwrap(), None);
    for kept in [&used, &young, &operators] {
        assert!(store.client(kept.id.as_str()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn d09_there_are_only_so_many_unused_registrations() {
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        let outcome = register(&fixture, &stranger("a", 10), None).await.0;
        assert_eq!(outcome, Registered::New);
    }
    let outcome = register(&fixture, &stranger("a", 10), None).await.0;
    assert_eq!(outcome, Registered::Full);
    let next_day = register(&fixture, &stranger("a", 11 + DAY), None).await.0;
    assert_eq!(next_day, Registered::New, "expired ones do not count");
}

#[tokio::test]
async fn d11_only_its_own_token_changes_a_registration() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (mut one, other) = (stranger("one", 10), stranger("other", 10));
    let (_, token) = register(&fixture, &one, Some("same")).await;
    let (_, foreign) = register(&fixture, &other, None).await;
    one.name = "renamed".to_owned();
    let refused = store.replace_registration(&one, &foreign, None, 11).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })));
    let first_secret = Secret::generate("skb_");
    one.auth_method = AuthMethod::ClientSecretBasic;
    store
        .replace_registration(&one, &token, Some(&first_secret), 11)
        .await
        .unwrap();
    let found = store.client(one.id.as_str()).await.unwrap();
    assert_eq!(found, Some(one.clone()));
    let right = store.check_client_secret(&one.id, &first_secret, 11).await;
    assert!(right.unwrap());
    one.auth_method = AuthMethod::None;
    store
        .replace_registration(&one, &token, None, 12)
        .await
        .unwrap();
    assert_eq!(store.client_secrets(&one.id).await.unwrap(), []);
    let again = register(&fixture, &stranger("one", 13), Some("same"))
        .await
        .0;
    assert_eq!(again, Registered::New, "a changed client is not shared");
}

#[tokio::test]
async fn an_initial_access_token_is_worth_its_uses_until_it_expires() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (token, late) = (Secret::generate("ski_"), Secret::generate("ski_"));
    for token in [&token, &late] {
        store
            .create_initial_token(token, "build farm", 2, 10, 100)
            .await
            .unwrap();
    }
    let spend = async |token: &Secret, now| store.spend_initial_token(token, now).await.unwrap();
    assert!(spend(&token, 20).await);
    assert!(spend(&token, 99).await);
    assert!(!spend(&token, 99).await);
    assert!(!spend(&late, 100).await);
    assert!(!spend(&Secret::generate("ski_"), 20).await);
    assert_eq!(store.forget_initial_tokens(99).await.unwrap(), 0);
    assert_eq!(store.forget_initial_tokens(100).await.unwrap(), 2);
}

#[tokio::test]
async fn initial_access_tokens_are_told_by_id_and_taken_back_by_it() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (farm, other) = (Secret::generate("ski_"), Secret::generate("ski_"));
    let id = store.create_initial_token(&farm, "farm", 2, 10, 100).await;
    let id = id.unwrap();
    store
        .create_initial_token(&other, "other", 1, 11, 50)
        .await
        .unwrap();
    assert!(store.spend_initial_token(&farm, 20).await.unwrap());
    let told = store.initial_tokens(20).await.unwrap();
    let expected = InitialTokenFacts {
        id: id.clone(),
        name: "farm".to_owned(),
        uses: 2,
        uses_left: 1,
        created_at: 10,
        expires_at: 100,
        last_used_at: Some(20),
    };
    assert_eq!(told[0], expected);
    assert_eq!((told.len(), told[1].last_used_at), (2, None));
    assert_eq!(store.initial_tokens(50).await.unwrap(), [expected]);
    assert_eq!(store.revoke_initial_token(&id).await.unwrap(), "farm");
    assert!(!store.spend_initial_token(&farm, 21).await.unwrap());
    let again = store.revoke_initial_token(&id).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
    assert!(store.spend_initial_token(&other, 21).await.unwrap());
}

#[tokio::test]
async fn j07_an_assertion_counts_once_per_client_across_a_restart() {
    let fixture = Fixture::new().await;
    let (one, other) = (new_client_id(), new_client_id());
    assert!(fixture.store.use_assertion_id(&one, "a", 50).await.unwrap());
    assert!(!fixture.store.use_assertion_id(&one, "a", 50).await.unwrap());
    let fixture = fixture.reopened().await;
    let store = &fixture.store;
    assert!(!store.use_assertion_id(&one, "a", 90).await.unwrap());
    assert!(store.use_assertion_id(&other, "a", 50).await.unwrap());
    assert_eq!(store.forget_assertion_ids(50).await.unwrap(), 0);
    assert_eq!(store.forget_assertion_ids(51).await.unwrap(), 2);
}

#[tokio::test]
async fn documents_are_replaced_and_only_unused_fetched_ones_are_forgotten() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let document = |id: &str, imported| ClientDocument {
        client_id: id.parse().unwrap(),
        document: "{}".to_owned(),
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
        imported,
        fetched_at: 10,
        fresh_until: 70,
        last_used_at: None,
    };
    let used = document("https://used.example/c", false);
    let unused = document("https://unused.example/c", false);
    let imported = document("https://imported.example/c", true);
    for document in [&used, &unused, &imported] {
        store.keep_client_document(document).await.unwrap();
    }
    store.client_used(&used.client_id, 20).await.unwrap();
    let newer = ClientDocument {
        document: "{ }".to_owned(),
        ..used.clone()
    };
    store.keep_client_document(&newer).await.unwrap();
    assert_eq!(store.forget_unused_documents(11).await.unwrap(), 1);
    let found = store
        .client_document(used.client_id.as_str())
        .await
        .unwrap();
    let expected = ClientDocument {
        last_used_at: Some(20),
        ..newer
    };
    assert_eq!(found, Some(expected));
    let found = store
        .client_document(unused.client_id.as_str())
        .await
        .unwrap();
    assert_eq!(found, None);
    let found = store
        .client_document(imported.client_id.as_str())
        .await
        .unwrap();
    assert_eq!(found, Some(imported));
}

#[tokio::test]
async fn d13_what_a_deleted_client_was_granted_is_dead_at_once() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let client = stranger("leaver", 10);
    register(&fixture, &client, None).await;
    let user = User {
        id: new_user_id(),
        name: "ada".parse().unwrap(),
        display_name: "Ada".to_owned(),
        email: None,
        has_password: false,
        disabled: false,
        role: shukuba_model::Role::None,
        created_at: 1,
    };
    store.create_user(&user).await.unwrap();
    let code = NewCode {
        code: Secret::generate("skc_"),
        grant: NewGrant {
            id: new_grant_id(),
            user_id: user.id,
            client_id: client.id.clone(),
            client_name: client.name.clone(),
            api: "https://api.example/".parse().unwrap(),
            resource: None,
            scope: "a".parse().unwrap(),
            auth_time: 10,
            created_at: 10,
            expires_at: 1_000,
        },
        redirect_uri: client.redirect_uris[0].clone(),
        challenge: "c".repeat(43),
        nonce: None,
        expires_at: 70,
    };
    store.create_code(&code).await.unwrap();
    store.delete_client(&client.id, 20).await.unwrap();
    let path = fixture.directory.path().join("shukuba.db");
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path))
        .await
        .unwrap();
    for statement in [
        "SELECT revoked_at AS at FROM grants",
        "SELECT consumed_at AS at FROM codes",
        "SELECT revoked_at AS at FROM revocations WHERE kind = 'client'",
    ] {
        let row = sqlx::query(statement).fetch_one(&pool).await.unwrap();
        assert_eq!(row.try_get::<Option<i64>, _>("at").unwrap(), Some(20));
    }
}
