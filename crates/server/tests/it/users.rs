//! People over the administration API, and what becomes of them in a browser.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_testkit::browser::Browser;

use crate::Bed;

const PASSWORD: &str = "correct horse battery";

/// Creates a person; the answer.
async fn create(bed: &Bed, body: Value) -> Value {
    let (status, created) = bed.post("/api/v1/users", body).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    created
}

/// Whether the browser's person is logged in.
async fn is_in(browser: &mut Browser) -> bool {
    browser.open("/account").await.html.contains("Logged in as")
}

/// Whether a new browser can log in.
async fn can_log_in(bed: &Bed, name: &str, password: &str) -> bool {
    let mut browser = Browser::new(bed.server.public_url());
    browser.log_in(name, password).await;
    is_in(&mut browser).await
}

#[tokio::test]
async fn a_person_is_created_with_a_link_that_lets_them_choose_a_password_once() {
    let bed = Bed::new().await;
    let body = json!({ "name": "ada", "display_name": "Ada L.", "email": "ada@example.org" });
    let created = create(&bed, body).await;
    let user = &created["user"];
    assert_eq!(user["display_name"], "Ada L.");
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(
        (&user["has_password"], &user["disabled"]),
        (&json!(false), &json!(false))
    );
    assert!(created["link_expires_at"].as_i64() > user["created_at"].as_i64());

    let link = created["login_link"].as_str().unwrap();
    let mut browser = Browser::new(bed.server.public_url());
    browser.choose_password(link, PASSWORD).await;
    assert!(is_in(&mut browser).await);
    let mut thief = Browser::new(bed.server.public_url());
    thief.choose_password(link, "another password").await;
    assert!(!is_in(&mut thief).await, "a link works once");

    let (status, by_name) = bed.get("/api/v1/users/ada").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(by_name["has_password"], true);
    let by_id = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    assert_eq!(bed.get(&by_id).await.1, by_name);
    assert_eq!(bed.get("/api/v1/users").await.1, json!([by_name]));
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_person_created_with_a_password_gets_no_link() {
    let bed = Bed::new().await;
    let created = create(&bed, json!({ "name": "bob", "password": PASSWORD })).await;
    assert_eq!(created.get("login_link"), None);
    assert_eq!(created["user"]["has_password"], true);
    assert_eq!(created["user"]["display_name"], "bob");
    assert!(!created.to_string().contains(PASSWORD));
    assert!(can_log_in(&bed, "bob", PASSWORD).await);
    assert!(!can_log_in(&bed, "bob", "wrong password").await);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_person_who_is_kept_out_loses_their_session_at_once_and_gets_in_when_let() {
    let bed = Bed::new().await;
    create(&bed, json!({ "name": "ada", "password": PASSWORD })).await;
    let mut browser = Browser::new(bed.server.public_url());
    browser.log_in("ada", PASSWORD).await;
    assert!(is_in(&mut browser).await);
    let set = async |disabled: bool| {
        let body = json!({ "disabled": disabled });
        let (status, user) = bed
            .call(Method::PATCH, "/api/v1/users/ada", Some(&body))
            .await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(user["disabled"], disabled);
    };
    set(true).await;
    assert!(!is_in(&mut browser).await);
    assert!(!can_log_in(&bed, "ada", PASSWORD).await);
    set(true).await;
    set(false).await;
    assert!(!is_in(&mut browser).await, "an ended session stays ended");
    assert!(can_log_in(&bed, "ada", PASSWORD).await);
    let nothing = json!({});
    let (status, user) = bed
        .call(Method::PATCH, "/api/v1/users/ada", Some(&nothing))
        .await;
    assert_eq!((status, &user["disabled"]), (StatusCode::OK, &json!(false)));
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_reset_ends_the_old_password_and_sessions_when_its_link_is_used() {
    let bed = Bed::new().await;
    create(&bed, json!({ "name": "ada", "password": PASSWORD })).await;
    let mut elsewhere = Browser::new(bed.server.public_url());
    elsewhere.log_in("ada", PASSWORD).await;
    let (status, reset) = bed.post("/api/v1/users/ada/reset", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        can_log_in(&bed, "ada", PASSWORD).await,
        "not before the link is used"
    );
    let link = reset["login_link"].as_str().unwrap();
    let mut browser = Browser::new(bed.server.public_url());
    browser.choose_password(link, "another password").await;
    assert!(is_in(&mut browser).await);
    assert!(!is_in(&mut elsewhere).await);
    assert!(!can_log_in(&bed, "ada", PASSWORD).await);
    assert!(can_log_in(&bed, "ada", "another password").await);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_said() {
    let bed = Bed::new().await;
    create(&bed, json!({ "name": "ada" })).await;
    let users = "/api/v1/users";
    let post = |body: Value| (Method::POST, users, Some(body));
    let long = "x".repeat(101);
    for (body, named) in [
        (json!({ "name": "a b" }), "user name"),
        (json!({ "name": "" }), "1 to 64"),
        (json!({ "name": "-ada" }), "beginning with a letter"),
        (json!({ "name": "a".repeat(65) }), "1 to 64"),
        (json!({ "display_name": "x" }), "name"),
        (json!({ "name": "b", "password": "short" }), "characters"),
        (
            json!({ "name": "b", "password": "x".repeat(2_000) }),
            "bytes",
        ),
        (
            json!({ "name": "b", "display_name": " " }),
            "1 to 100 characters",
        ),
        (
            json!({ "name": "b", "display_name": long }),
            "1 to 100 characters",
        ),
        (json!({ "name": "b", "display_name": "a\u{7}b" }), "control"),
        (json!({ "name": "b", "email": "no address" }), "address"),
        (
            json!({ "name": "b", "email": "a@b\r\nBcc: c@d" }),
            "address",
        ),
        (json!({ "name": "b", "admin": true }), "admin"),
    ] {
        bed.refused(post(body), StatusCode::BAD_REQUEST, named)
            .await;
    }
    bed.refused(post(json!({ "name": "ada" })), StatusCode::CONFLICT, "ada")
        .await;
    let (_, listed) = bed.get(users).await;
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");

    let wrong = json!({ "disabled": "yes" });
    let patch = (Method::PATCH, "/api/v1/users/ada", Some(wrong));
    bed.refused(patch, StatusCode::BAD_REQUEST, "disabled")
        .await;
    for (method, path, body) in [
        (Method::GET, "/api/v1/users/eve", None),
        (Method::GET, "/api/v1/users/user_nobody", None),
        (
            Method::PATCH,
            "/api/v1/users/eve",
            Some(json!({ "disabled": true })),
        ),
        (Method::POST, "/api/v1/users/eve/reset", None),
    ] {
        let known = "shukuba user list";
        bed.refused((method, path, body), StatusCode::NOT_FOUND, known)
            .await;
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_person_who_is_kept_out_gets_no_link() {
    let bed = Bed::new().await;
    create(&bed, json!({ "name": "ada" })).await;
    let body = json!({ "disabled": true });
    bed.call(Method::PATCH, "/api/v1/users/ada", Some(&body))
        .await;
    let reset = (Method::POST, "/api/v1/users/ada/reset", None);
    bed.refused(reset, StatusCode::BAD_REQUEST, "ada").await;
    bed.server.shutdown().await;
}
