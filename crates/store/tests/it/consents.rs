use shukuba_model::{ClientId, UserId};
use shukuba_store::{Consent, Secret, User, new_user_id};

use crate::Fixture;

async fn user(fixture: &Fixture, name: &str) -> UserId {
    let user = User {
        id: new_user_id(),
        name: name.parse().unwrap(),
        display_name: name.to_owned(),
        email: None,
        has_password: false,
        disabled: false,
        role: shukuba_model::Role::None,
        created_at: 1,
    };
    fixture.store.create_user(&user).await.unwrap();
    user.id
}

#[tokio::test]
async fn a_consent_is_found_when_all_of_it_is_the_same() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (ann, bob) = (user(&fixture, "ann").await, user(&fixture, "bob").await);
    let client: ClientId = "client".parse().unwrap();
    let other: ClientId = "other".parse().unwrap();
    let browser = Secret::generate("skw_");
    let given = Consent {
        user_id: &ann,
        client_id: &client,
        browser: &browser,
        what: "read",
    };
    assert!(!store.has_consent(given).await.unwrap());
    store.remember_consent(given, 1).await.unwrap();
    store.remember_consent(given, 2).await.unwrap();
    assert!(store.has_consent(given).await.unwrap());
    let another = Secret::generate("skw_");
    for differs in [
        Consent {
            user_id: &bob,
            ..given
        },
        Consent {
            client_id: &other,
            ..given
        },
        Consent {
            browser: &another,
            ..given
        },
        Consent {
            what: "read write",
            ..given
        },
    ] {
        assert!(!store.has_consent(differs).await.unwrap());
    }
}

#[tokio::test]
async fn forgotten_consents_are_those_of_one_person_and_client() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (ann, bob) = (user(&fixture, "ann").await, user(&fixture, "bob").await);
    let client: ClientId = "client".parse().unwrap();
    let (one, two) = (Secret::generate("skw_"), Secret::generate("skw_"));
    let consent = |user_id, browser| Consent {
        user_id,
        client_id: &client,
        browser,
        what: "read",
    };
    for given in [
        consent(&ann, &one),
        consent(&ann, &two),
        consent(&bob, &one),
    ] {
        store.remember_consent(given, 1).await.unwrap();
    }
    store.forget_consents(&ann, &client).await.unwrap();
    assert!(!store.has_consent(consent(&ann, &one)).await.unwrap());
    assert!(!store.has_consent(consent(&ann, &two)).await.unwrap());
    assert!(store.has_consent(consent(&bob, &one)).await.unwrap());
}
