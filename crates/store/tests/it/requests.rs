use shukuba_store::{NewAuthorizationRequest, Secret};

use crate::Fixture;

const CREATED: i64 = 1_000;
const EXPIRES: i64 = 1_900;

async fn kept(fixture: &Fixture) -> (Secret, Secret) {
    let (id, browser) = (Secret::generate("skq_"), Secret::generate("skw_"));
    let new = NewAuthorizationRequest {
        id: &id,
        browser: &browser,
        request: "{\"a\":1}",
        created_at: CREATED,
        expires_at: EXPIRES,
    };
    fixture
        .store
        .create_authorization_request(&new)
        .await
        .unwrap();
    (id, browser)
}

#[tokio::test]
async fn a_request_is_kept_over_a_restart_until_it_expires() {
    let fixture = Fixture::new().await;
    let (id, browser) = kept(&fixture).await;
    let fixture = fixture.reopened().await;
    let store = &fixture.store;
    let found = store.authorization_request(&id, CREATED).await.unwrap();
    let found = found.unwrap();
    assert_eq!(
        (found.request.as_str(), found.created_at),
        ("{\"a\":1}", CREATED)
    );
    assert!(!found.answered);
    assert!(found.belongs_to(&browser));
    assert!(!found.belongs_to(&Secret::generate("skw_")));
    let gone = store.authorization_request(&id, EXPIRES).await.unwrap();
    assert_eq!(gone, None);
    let unknown = Secret::presented("made-up");
    let unknown = store
        .authorization_request(&unknown, CREATED)
        .await
        .unwrap();
    assert_eq!(unknown, None);
}

#[tokio::test]
async fn a_request_is_answered_once_in_time_and_by_its_browser() {
    let fixture = Fixture::new().await;
    let (id, browser) = kept(&fixture).await;
    let answer = async |browser: &Secret, now: i64| {
        fixture
            .store
            .answer_authorization_request(&id, browser, now)
            .await
            .unwrap()
    };
    assert!(!answer(&Secret::generate("skw_"), CREATED).await);
    assert!(!answer(&browser, EXPIRES).await);
    assert!(answer(&browser, CREATED).await);
    assert!(!answer(&browser, CREATED).await);
    let found = fixture.store.authorization_request(&id, CREATED).await;
    assert!(found.unwrap().unwrap().answered);
}

#[tokio::test]
async fn twenty_answers_at_once_count_once() {
    let fixture = Fixture::new().await;
    let (id, browser) = kept(&fixture).await;
    let mut answers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, id, browser) = (fixture.store.clone(), id.clone(), browser.clone());
        answers.spawn(async move {
            store
                .answer_authorization_request(&id, &browser, CREATED)
                .await
                .unwrap()
        });
    }
    let answers = answers.join_all().await;
    assert_eq!(answers.iter().filter(|answered| **answered).count(), 1);
}

#[tokio::test]
async fn o03_ids_are_not_in_the_database_in_clear() {
    let fixture = Fixture::new().await;
    let (id, browser) = kept(&fixture).await;
    fixture.store.close().await;
    let file = std::fs::read(fixture.directory.path().join("shukuba.db")).unwrap();
    for secret in [&id, &browser] {
        let text = secret.reveal().as_bytes();
        assert!(!file.windows(text.len()).any(|bytes| bytes == text));
    }
}
