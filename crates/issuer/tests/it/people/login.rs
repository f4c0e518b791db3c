//! Login by name and password.

use axum::body::Body;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use shukuba_model::ClientAddress;
use shukuba_store::AuditFilter;

use super::super::{FORM, Fixture};
use super::{Browser, PASSWORD, encoded, person, person_without_password};

#[tokio::test]
async fn a34_a_login_goes_on_by_303_to_what_asked_for_it() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = Browser::default();
    let answer = browser.log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/account")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let account = browser.get(&fixture, "/account").await;
    assert!(
        account.text.contains("Logged in as ann"),
        "{}",
        account.text
    );
}

#[tokio::test]
async fn a25_a_form_without_our_token_for_this_browser_is_refused_and_logs_nobody_in() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = Browser::default();
    let mut other = Browser::default();
    browser.get(&fixture, "/account").await;
    other.get(&fixture, "/account").await;
    let token = browser.csrf.clone();
    let who = [("username", "ann"), ("password", PASSWORD)];
    let with = |extra: &[(&'static str, &str)]| -> Vec<(String, String)> {
        let all = who.iter().chain(extra);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    for fields in [
        with(&[]),
        with(&[("csrf", "x")]),
        with(&[("csrf", &other.csrf)]),
        // A token of the account page is none for an authorization request.
        with(&[("csrf", &token), ("request", "skq_other")]),
    ] {
        let fields: Vec<_> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let answer = browser.post_as_is(&fixture, "/oauth/login", &fields).await;
        assert_eq!(answer.status, 403, "{fields:?}");
        assert_eq!(browser.session(), None);
    }
    let body = encoded(&[who[0], who[1], ("csrf", &token)]);
    let request = browser
        .request(Request::post("/oauth/login"))
        .header(CONTENT_TYPE, FORM)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(body))
        .unwrap();
    assert_eq!(browser.send(&fixture, request).await.status, 403);
    let no_cookie = Browser::default()
        .post_as_is(
            &fixture,
            "/oauth/login",
            &[who[0], who[1], ("csrf", &token)],
        )
        .await;
    assert_eq!(no_cookie.status, 403);
}

#[tokio::test]
async fn a31_the_session_id_changes_at_every_login_and_the_old_one_is_dead() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = Browser::default();
    // A value somebody planted is not taken over.
    let planted = "sks_planted".to_owned();
    browser
        .cookies
        .insert("shukuba_session".to_owned(), planted.clone());
    browser.log_in(&fixture, "ann", PASSWORD).await;
    let first = browser.clone();
    assert_ne!(first.session(), Some(planted.as_str()));
    let mut again = browser.clone();
    again.cookies.remove("shukuba_session");
    again.get(&fixture, "/account").await;
    again.cookies.clone_from(&browser.cookies);
    let fields = [("username", "ann"), ("password", PASSWORD)];
    let answer = again.post(&fixture, "/oauth/login", &fields).await;
    assert_eq!(answer.status, 303);
    assert_ne!(again.session(), first.session());
    let old = first.clone().get(&fixture, "/account").await;
    assert!(old.text.contains("name=\"password\""), "the login form");
}

#[tokio::test]
async fn o05_nobody_can_tell_a_wrong_password_from_a_name_that_does_not_exist() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    person_without_password(&fixture, "bob").await;
    let disabled = person(&fixture, "eve").await;
    fixture
        .store
        .set_user_disabled(&disabled.id, true)
        .await
        .unwrap();
    let mut answers = Vec::new();
    for (name, password) in [
        ("ann", "wrong password"),
        ("bob", "wrong password"),
        ("eve", PASSWORD),
        ("zed", PASSWORD),
        ("no/name", PASSWORD),
    ] {
        let mut browser = Browser::default();
        let answer = browser.log_in(&fixture, name, password).await;
        assert_eq!(answer.status, 400);
        assert_eq!(browser.session(), None);
        let text = answer
            .text
            .replace(name, "NAME")
            .replace(&browser.csrf, "CSRF");
        answers.push(text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(!answers[0].contains(PASSWORD));
}

#[tokio::test]
async fn o06_the_eleventh_wrong_password_waits_and_the_owners_browser_does_not() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut own = Browser::default();
    own.log_in(&fixture, "ann", PASSWORD).await;
    let cookies = own.cookies.clone();
    own.get(&fixture, "/account").await;
    own.post(&fixture, "/account", &[("action", "logout")])
        .await;
    assert_eq!(own.session(), None);

    let mut stranger = Browser::default();
    for _ in 0..10 {
        let answer = stranger.log_in(&fixture, "ann", "wrong password").await;
        assert_eq!(answer.status, 400);
    }
    let held = stranger.log_in(&fixture, " ann ", PASSWORD).await;
    assert_eq!(held.status, 429);
    assert_eq!(held.header("retry-after"), Some("900"));
    assert!(held.text.contains("Wait 15 min"), "{}", held.text);

    let free = own.log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(free.status, 303, "{}", free.text);
    // What makes a browser known is its own: copied into another it is nothing.
    let known = cookies["shukuba_known"].clone();
    stranger.cookies.insert("shukuba_known".to_owned(), known);
    let held = stranger.log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(held.status, 429);

    fixture.clock.advance(900);
    let answer = stranger.log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn the_address_that_counts_is_the_one_the_server_saw() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = Browser::default();
    browser.get(&fixture, "/account").await;
    let csrf = browser.csrf.clone();
    let mut from = async |address: &str, forwarded: &str, password: &str| {
        let fields = [("username", "ann"), ("password", password), ("csrf", &csrf)];
        let address = ClientAddress(address.parse().unwrap());
        let request = browser
            .request(Request::post("/oauth/login"))
            .header(CONTENT_TYPE, FORM)
            .header("x-forwarded-for", forwarded)
            .extension(address)
            .body(Body::from(encoded(&fields)))
            .unwrap();
        browser.send(&fixture, request).await.status.as_u16()
    };
    for n in 0..10 {
        let forwarded = format!("198.51.100.{n}");
        assert_eq!(from("192.0.2.1", &forwarded, "wrong").await, 400);
    }
    assert_eq!(from("192.0.2.1", "198.51.100.99", PASSWORD).await, 429);
    assert_eq!(from("192.0.2.2", "192.0.2.1", PASSWORD).await, 303);
}

#[tokio::test]
async fn o01_logins_are_in_the_audit_log_without_what_was_typed() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", "a wrong password").await;
    browser
        .log_in(&fixture, "my secret in the wrong field", "x")
        .await;
    browser.log_in(&fixture, "ann", PASSWORD).await;
    browser.get(&fixture, "/account").await;
    browser
        .post(&fixture, "/account", &[("action", "logout")])
        .await;
    fixture.issuer.audit_log().flush().await;
    let filter = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let mut entries = fixture.store.audit(&filter).await.unwrap();
    entries.sort_by_key(|entry| entry.seq);
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.event.as_str(),
                entry.outcome.as_str(),
                entry.actor.as_str(),
            )
        })
        .collect();
    let id = ann.id.as_str();
    let expected = [
        ("password.chosen", "ok", id),
        ("login", "wrong", id),
        ("login", "wrong", ""),
        ("login", "ok", id),
        ("logout", "ok", id),
    ];
    assert_eq!(told, expected);
    let all = format!("{entries:?}");
    for secret in ["a wrong password", "my secret", PASSWORD] {
        assert!(!all.contains(secret));
    }
}

#[tokio::test]
async fn logins_that_are_held_up_do_not_fill_the_audit_log() {
    let fixture = Fixture::new().await;
    let mut browser = Browser::default();
    browser.get(&fixture, "/account").await;
    let fields = [("username", "nobody"), ("password", "wrong password")];
    for _ in 0..100 {
        browser.post(&fixture, "/oauth/login", &fields).await;
    }
    fixture.issuer.audit_log().flush().await;
    let filter = AuditFilter {
        event: Some("login".to_owned()),
        limit: 1000,
        ..AuditFilter::default()
    };
    let entries = fixture.store.audit(&filter).await.unwrap();
    let count = |outcome| {
        let entries = entries.iter();
        entries.filter(|entry| entry.outcome == outcome).count()
    };
    let counted = ["wrong", "throttled", "more"].map(count);
    assert_eq!(counted, [10, 10, 1]);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_at_its_term() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    for _ in 0..3 {
        fixture.clock.advance(7 * 3600);
        let page = browser.get(&fixture, "/account").await;
        assert!(
            page.text.contains("Logged in as ann"),
            "used within 8 hours"
        );
    }
    fixture.clock.advance(3 * 3600);
    let page = browser.get(&fixture, "/account").await;
    assert!(!page.text.contains("Logged in as ann"), "24 hours");
    browser.log_in(&fixture, "ann", PASSWORD).await;
    fixture.clock.advance(8 * 3600);
    let page = browser.get(&fixture, "/account").await;
    assert!(!page.text.contains("Logged in as ann"), "idle");
}

#[tokio::test]
async fn broken_and_large_forms_are_a_page_for_people_and_json_for_programs() {
    let fixture = Fixture::new().await;
    let large = "x".repeat(20_000);
    for body in ["a=%zz", "csrf=1&csrf=2", &large] {
        let request = |accept: &str| {
            Request::post("/oauth/login")
                .header(CONTENT_TYPE, FORM)
                .header(ACCEPT, accept)
                .body(Body::from(body.to_owned()))
                .unwrap()
        };
        let page = fixture.send(request("text/html")).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains("<h1>This did not work</h1>"));
        let json = fixture.send(request("application/json")).await;
        assert_eq!(json.status, 400);
        assert_eq!(json.json()["error"], "invalid_request");
        assert!(!json.description().is_empty());
    }
}
