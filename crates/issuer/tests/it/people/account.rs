//! The account page.

use shukuba_model::{RedirectUri, UserId};
use shukuba_store::{FirstTokens, NewCode, NewGrant, Secret, new_grant_id};

use super::super::{API, Fixture, identifier};
use super::{Browser, PASSWORD, field, link, person};

async fn grant(fixture: &Fixture, user: &UserId, client_name: &str) -> String {
    let id = new_grant_id();
    let redirect_uri: RedirectUri = "https://client.example/callback".parse().unwrap();
    let new = NewCode {
        code: Secret::generate("skz_"),
        grant: NewGrant {
            id: id.clone(),
            user_id: user.clone(),
            client_id: fixture.application.id.clone(),
            client_name: client_name.to_owned(),
            api: identifier(API),
            resource: None,
            scope: "openid adder:read".parse().unwrap(),
            auth_time: fixture.clock.now(),
            created_at: fixture.clock.now(),
            expires_at: fixture.clock.now() + 1_000,
        },
        redirect_uri,
        challenge: "x".repeat(43),
        nonce: None,
        expires_at: fixture.clock.now() + 60,
    };
    fixture.store.create_code(&new).await.unwrap();
    // A grant begins when its code is redeemed.
    let now = fixture.clock.now();
    let first = FirstTokens {
        refresh: None,
        live_until: now + 3600,
    };
    let redeemed = fixture.store.redeem_code(&new.code, &first, now).await;
    assert!(redeemed.unwrap());
    id
}

#[tokio::test]
async fn a_person_sees_what_they_connected_and_disconnects_it() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    let bob = person(&fixture, "bob").await;
    let hers = grant(&fixture, &ann.id, "Claude <Code>").await;
    let his = grant(&fixture, &bob.id, "Inspector").await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    let page = browser.get(&fixture, "/account").await.text;
    assert!(page.contains("Claude &#60;Code&#62;"), "{page}");
    assert!(
        page.contains("<strong>adder</strong>"),
        "the runtime, not the API"
    );
    assert!(page.contains("Know who you are") && page.contains("adder:read"));
    assert!(!page.contains("Inspector"));

    let revoke = |grant| [("action", "revoke"), ("grant", grant)];
    let answer = browser.post(&fixture, "/account", &revoke(&his)).await;
    assert_eq!(answer.status, 303);
    let now = fixture.clock.now();
    let of = async |user| fixture.store.grants_of_user(user, now).await.unwrap().len();
    assert_eq!((of(&ann.id).await, of(&bob.id).await), (1, 1));
    let answer = browser.post(&fixture, "/account", &revoke(&hers)).await;
    assert_eq!(answer.location(), "/account?done=revoked");
    assert_eq!((of(&ann.id).await, of(&bob.id).await), (0, 1));
    let page = browser.get(&fixture, "/account?done=revoked").await.text;
    assert!(page.contains("The application is disconnected."));
    assert!(page.contains("No application is connected."));
}

#[tokio::test]
async fn a_person_ends_a_session_elsewhere_and_sees_no_one_elses() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    person(&fixture, "bob").await;
    let mut phone = Browser::default();
    phone.log_in(&fixture, "ann", PASSWORD).await;
    let mut bobs = Browser::default();
    bobs.log_in(&fixture, "bob", PASSWORD).await;
    // Two more sessions of hers: this one, and that of her one-time link.
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    let mut page = browser.get(&fixture, "/account").await.text;
    assert_eq!(page.matches("This browser").count(), 1);
    assert_eq!(page.matches("name=\"session\"").count(), 2);
    while let Some(handle) = field(&page, "session") {
        let stolen = [("action", "end-session"), ("session", handle.as_str())];
        bobs.get(&fixture, "/account").await;
        bobs.post(&fixture, "/account", &stolen).await;
        let before = page.matches("name=\"session\"").count();
        page = browser.get(&fixture, "/account").await.text;
        assert_eq!(
            page.matches("name=\"session\"").count(),
            before,
            "not bob's to end"
        );
        let answer = browser.post(&fixture, "/account", &stolen).await;
        assert_eq!(answer.location(), "/account?done=ended");
        page = browser.get(&fixture, "/account").await.text;
    }
    let out = phone.get(&fixture, "/account").await.text;
    assert!(!out.contains("Logged in as ann"));
    assert!(page.contains("Logged in as ann"));
}

#[tokio::test]
async fn a_changed_password_needs_the_present_one_and_logs_out_everywhere_else() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut phone = Browser::default();
    phone.log_in(&fixture, "ann", PASSWORD).await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    browser.get(&fixture, "/account").await;
    let new = "another password";
    let change = |now, again| {
        [
            ("action", "password"),
            ("password_now", now),
            ("password", new),
            ("password_again", again),
        ]
    };
    let wrong = browser
        .post(&fixture, "/account", &change("wrong", new))
        .await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("The present password is wrong."));
    let differs = browser
        .post(&fixture, "/account", &change(PASSWORD, "x"))
        .await;
    assert_eq!(differs.status, 400);
    let done = browser
        .post(&fixture, "/account", &change(PASSWORD, new))
        .await;
    assert_eq!(done.location(), "/account?done=password");
    let page = browser.get(&fixture, "/account").await.text;
    assert!(page.contains("Logged in as ann"), "still in here");
    let out = phone.get(&fixture, "/account").await.text;
    assert!(!out.contains("Logged in as ann"));
    assert_eq!(
        Browser::default()
            .log_in(&fixture, "ann", PASSWORD)
            .await
            .status,
        400
    );
    assert_eq!(
        Browser::default().log_in(&fixture, "ann", new).await.status,
        303
    );
}

#[tokio::test]
async fn whoever_is_disabled_loses_sessions_links_and_connections_at_once() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    grant(&fixture, &ann.id, "Claude Code").await;
    let late = link(&fixture, &ann).await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    // As the operator's `shukuba user disable` does it.
    let store = &fixture.store;
    store.set_user_disabled(&ann.id, true).await.unwrap();
    fixture
        .issuer
        .revoke_user(&ann.id, "operator")
        .await
        .unwrap();
    let page = browser.get(&fixture, "/account").await.text;
    assert!(!page.contains("Logged in as ann"));
    assert_eq!(browser.get(&fixture, &late).await.status, 410);
    let now = fixture.clock.now();
    assert!(
        fixture
            .store
            .grants_of_user(&ann.id, now)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(browser.log_in(&fixture, "ann", PASSWORD).await.status, 400);

    store.set_user_disabled(&ann.id, false).await.unwrap();
    assert_eq!(browser.get(&fixture, &late).await.status, 410, "still void");
    assert_eq!(browser.log_in(&fixture, "ann", PASSWORD).await.status, 303);
    assert!(
        fixture
            .store
            .grants_of_user(&ann.id, now)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a25_an_action_without_the_token_changes_nothing() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    let id = grant(&fixture, &ann.id, "Claude Code").await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    let login_token = browser.csrf.clone();
    for csrf in ["", "x", &login_token] {
        let fields = [("action", "revoke"), ("grant", id.as_str()), ("csrf", csrf)];
        let answer = browser.post_as_is(&fixture, "/account", &fields).await;
        assert_eq!(answer.status, 403, "{csrf}");
    }
    let now = fixture.clock.now();
    assert_eq!(
        fixture
            .store
            .grants_of_user(&ann.id, now)
            .await
            .unwrap()
            .len(),
        1
    );
    let unknown = {
        browser.get(&fixture, "/account").await;
        browser
            .post(&fixture, "/account", &[("action", "dance")])
            .await
    };
    assert_eq!(unknown.status, 400);
    let out = Browser::default()
        .post_as_is(&fixture, "/account", &[("action", "revoke")])
        .await;
    assert_eq!((out.status.as_u16(), out.location()), (303, "/account"));
}
