use shukuba_model::wire::ApplicationCreate;
use shukuba_model::{ApplicationKind, ClientId};
use shukuba_store::{Application, ClientSecret, StoreError, new_client_id};

use crate::{Fixture, identifier, new_api};

fn named(name: &str, apis: &[&str]) -> ApplicationCreate {
    ApplicationCreate {
        name: name.to_owned(),
        kind: ApplicationKind::MachineToMachine,
        apis: apis.iter().map(|api| identifier(api)).collect(),
    }
}

async fn create(fixture: &Fixture, name: &str, apis: &[&str]) -> (Application, ClientSecret) {
    for api in apis {
        if fixture.store.api(&identifier(api)).await.unwrap().is_none() {
            fixture.store.create_api(&new_api(api), 1).await.unwrap();
        }
    }
    let secret = ClientSecret::generate();
    let application = fixture
        .store
        .create_application(&named(name, apis), &new_client_id(), &secret, 7)
        .await
        .unwrap();
    (application, secret)
}

#[tokio::test]
async fn an_application_is_found_by_name_and_by_client_id_with_its_apis_in_order() {
    let fixture = Fixture::new().await;
    let (created, _) = create(&fixture, "mcp", &["z", "a", "m"]).await;
    let (other, _) = create(&fixture, "other", &["a"]).await;
    let fixture = fixture.reopened().await;
    for key in ["mcp", created.client_id.as_str()] {
        let found = fixture.store.application(key).await.unwrap().unwrap();
        assert_eq!(found, created);
        assert_eq!(
            found.apis,
            [identifier("z"), identifier("a"), identifier("m")]
        );
    }
    assert_eq!(fixture.store.application("nobody").await.unwrap(), None);
    let all = fixture.store.applications().await.unwrap();
    assert_eq!(all, [created, other]);
}

#[tokio::test]
async fn an_api_named_twice_counts_once() {
    let fixture = Fixture::new().await;
    let (created, _) = create(&fixture, "mcp", &["a", "b", "a"]).await;
    assert_eq!(created.apis, [identifier("a"), identifier("b")]);
    let found = fixture.store.application("mcp").await.unwrap();
    assert_eq!(found, Some(created));
}

#[tokio::test]
async fn only_the_applications_own_secret_authenticates_it() {
    let fixture = Fixture::new().await;
    let (one, secret_of_one) = create(&fixture, "one", &["a"]).await;
    let (_, secret_of_other) = create(&fixture, "other", &["a"]).await;
    let id = one.client_id.as_str();
    let store = &fixture.store;
    let found = store
        .authenticate(id, secret_of_one.reveal())
        .await
        .unwrap();
    assert_eq!(found, Some(one.clone()));
    let longer = format!("{}x", secret_of_one.reveal());
    for wrong in ["", "wrong", secret_of_other.reveal(), &longer] {
        assert_eq!(
            store.authenticate(id, wrong).await.unwrap(),
            None,
            "{wrong}"
        );
    }
    let by_name = store
        .authenticate("one", secret_of_one.reveal())
        .await
        .unwrap();
    assert_eq!(by_name, None, "a name is not a client id");
}

#[tokio::test]
async fn a_replaced_secret_stops_working_at_once() {
    let fixture = Fixture::new().await;
    let (application, old) = create(&fixture, "mcp", &["a"]).await;
    let new = ClientSecret::generate();
    let id = &application.client_id;
    fixture.store.replace_secret(id, &new).await.unwrap();
    let authenticate = async |secret: &ClientSecret| {
        fixture
            .store
            .authenticate(id.as_str(), secret.reveal())
            .await
            .unwrap()
    };
    assert_eq!(authenticate(&old).await, None);
    assert_eq!(authenticate(&new).await, Some(application.clone()));
    let error = fixture.store.replace_secret(&new_client_id(), &new).await;
    assert!(matches!(error, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn names_and_client_ids_never_collide() {
    let fixture = Fixture::new().await;
    let (first, secret) = create(&fixture, "mcp", &["a"]).await;
    let id = first.client_id.clone();
    let named_as_the_first_id = named(id.as_str(), &["a"]);
    let cases = [
        (named("mcp", &["a"]), new_client_id()),
        (named("other", &["a"]), id),
        (named_as_the_first_id, new_client_id()),
        (named("other", &["a"]), "mcp".parse::<ClientId>().unwrap()),
    ];
    for (new, client_id) in cases {
        let outcome = fixture
            .store
            .create_application(&new, &client_id, &secret, 1)
            .await;
        assert!(
            matches!(outcome, Err(StoreError::Conflict { .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(fixture.store.applications().await.unwrap(), [first]);
}

#[tokio::test]
async fn an_unknown_api_leaves_no_application_behind() {
    let fixture = Fixture::new().await;
    fixture.store.create_api(&new_api("a"), 1).await.unwrap();
    let outcome = fixture
        .store
        .create_application(
            &named("mcp", &["a", "b"]),
            &new_client_id(),
            &ClientSecret::generate(),
            1,
        )
        .await;
    assert_eq!(outcome.unwrap_err().to_string(), "there is no API 'b'");
    assert_eq!(fixture.store.applications().await.unwrap(), []);
}

#[tokio::test]
async fn an_api_in_use_is_kept_until_its_applications_are_gone() {
    let fixture = Fixture::new().await;
    let (application, secret) = create(&fixture, "mcp", &["a"]).await;
    let error = fixture
        .store
        .delete_api(&identifier("a"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StoreError::Conflict { what } if what.contains("mcp")),
        "{error}"
    );
    let id = &application.client_id;
    fixture.store.delete_application(id).await.unwrap();
    let found = fixture
        .store
        .authenticate(id.as_str(), secret.reveal())
        .await
        .unwrap();
    assert_eq!(found, None);
    fixture.store.delete_api(&identifier("a")).await.unwrap();
    let again = fixture.store.delete_application(id).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
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
