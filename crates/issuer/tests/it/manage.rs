//! What a client may do to its own registration (RFC 7592).

use axum::body::Body;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::register::register;
use crate::{Answer, Fixture};

/// A client that registered itself, and what it was told.
async fn registered(fixture: &Fixture, name: &str) -> Value {
    let body = json!({
        "client_name": name,
        "redirect_uris": ["https://client.example/cb"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let answer = register(fixture, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

fn text<'a>(told: &'a Value, member: &str) -> &'a str {
    told[member].as_str().unwrap()
}

async fn call(fixture: &Fixture, method: &str, id: &str, token: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/oauth/register/{id}"))
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header(CONTENT_TYPE, "application/json");
    let request = request.body(Body::from(body.to_string())).unwrap();
    fixture.send(request).await
}

#[tokio::test]
async fn a_client_reads_replaces_and_ends_its_registration() {
    let fixture = Fixture::new().await;
    let told = registered(&fixture, "one").await;
    let (id, token) = (
        text(&told, "client_id"),
        text(&told, "registration_access_token"),
    );
    let shown = call(&fixture, "GET", id, token, &json!(null)).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert_eq!(shown.json()["client_name"], json!("one"));
    assert_eq!(shown.json().get("client_secret"), None, "told once");
    assert_eq!(shown.json()["registration_access_token"], json!(token));

    let new = json!({
        "client_id": id,
        "client_secret": told["client_secret"],
        "client_name": "two",
        "redirect_uris": ["https://client.example/new"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let replaced = call(&fixture, "PUT", id, token, &new).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    let kept = fixture.store.client(id).await.unwrap().unwrap();
    assert_eq!(kept.name, "two");
    assert_eq!(kept.redirect_uris[0].as_str(), "https://client.example/new");

    let ended = call(&fixture, "DELETE", id, token, &json!(null)).await;
    assert_eq!(ended.status, 204);
    assert_eq!(fixture.store.client(id).await.unwrap(), None);
    let again = call(&fixture, "GET", id, token, &json!(null)).await;
    again.refused(401, "invalid_token");
    let own = fixture.issuer.own();
    let revoked = format!("{:?}", own.load().revoked);
    assert!(revoked.contains(id), "d13: its tokens are refused at once");
}

#[tokio::test]
async fn a_client_that_takes_a_method_with_a_secret_gets_one() {
    let fixture = Fixture::new().await;
    let body = json!({
        "redirect_uris": ["https://client.example/cb"],
        "token_endpoint_auth_method": "none",
    });
    let told = register(&fixture, &body).await.json();
    let (id, token) = (
        text(&told, "client_id"),
        text(&told, "registration_access_token"),
    );
    let mut new = body;
    new["client_id"] = json!(id);
    new["token_endpoint_auth_method"] = json!("client_secret_basic");
    let replaced = call(&fixture, "PUT", id, token, &new).await.json();
    let secret = text(&replaced, "client_secret").to_owned();
    let replaced = call(&fixture, "PUT", id, token, &new).await.json();
    assert_eq!(replaced.get("client_secret"), None, "it has one already");
    new["client_secret"] = json!(secret);
    let repeated = call(&fixture, "PUT", id, token, &new).await;
    assert_eq!(repeated.status, 200, "{}", repeated.text);
}

#[tokio::test]
async fn d11_another_clients_token_is_no_token() {
    let fixture = Fixture::new().await;
    let one = registered(&fixture, "one").await;
    let other = registered(&fixture, "other").await;
    let foreign = text(&other, "registration_access_token");
    for id in [text(&one, "client_id"), "nobody", fixture.client_id()] {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = call(&fixture, method, id, foreign, &json!({"client_id": id})).await;
            answer.refused(401, "invalid_token");
        }
    }
    let found = fixture.store.client(text(&one, "client_id")).await;
    assert_eq!(found.unwrap().unwrap().name, "one");
}

#[tokio::test]
async fn d12_a_client_chooses_neither_its_id_nor_its_secret() {
    let fixture = Fixture::new().await;
    let told = registered(&fixture, "one").await;
    let (id, token) = (
        text(&told, "client_id"),
        text(&told, "registration_access_token"),
    );
    let body = |member: &str, value: Value| {
        let mut body = json!({"client_id": id, "redirect_uris": ["https://client.example/cb"]});
        body[member] = value;
        body
    };
    for bad in [
        body("client_id", json!("another")),
        body("client_id", json!(null)),
        body(
            "client_secret",
            json!("chosen-by-the-client-itself-0123456789"),
        ),
        body("registration_access_token", json!(token)),
        body("client_secret_expires_at", json!(5)),
        body("grant_types", json!(["implicit"])),
    ] {
        let answer = call(&fixture, "PUT", id, token, &bad).await;
        answer.refused(400, "invalid_client_metadata");
    }
}
