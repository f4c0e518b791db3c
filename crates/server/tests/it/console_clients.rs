//! Clients that prove themselves by a key, or whose document is given by hand.

use reqwest::StatusCode;
use serde_json::json;
use shukuba_testkit::browser::Page;

use crate::console_house::{API, Ada, House};

const NEW: &str = "/console/applications/new";
const IMPORT: &str = "/console/applications/import";
const DOCUMENT: &str = "https://client.localhost/metadata.json";

/// What the page announces.
fn told(page: &Page) -> &str {
    let (_, told) = page.html.split_once("role=\"alert\"").unwrap();
    told.split_once("</div>").map_or(told, |(told, _)| told)
}

#[tokio::test]
async fn an_application_with_public_keys_gets_no_secret() {
    let house = House::new().await;
    let mut ada = Ada::of(&house).await;
    let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "x", "y": "y" }] });
    let keys = keys.to_string();
    let fields = [
        ("name", "signer"),
        ("kind", "m2m"),
        ("default_api", API),
        ("jwks", &keys),
    ];
    let page = ada.send(NEW, &fields).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.html);
    assert!(page.html.contains("signs assertions"), "{}", page.html);
    assert!(!page.html.contains("skb_"), "{}", page.html);
    let (_, shown) = house.bed.get("/api/v1/applications/signer").await;
    assert_eq!(shown["auth_method"], "private_key_jwt");
}

#[tokio::test]
async fn keys_that_are_none_or_private_are_refused_and_private_ones_not_sent_back() {
    let house = House::new().await;
    let mut ada = Ada::of(&house).await;
    let public = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}"#;
    let private = r#"{"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "d": "hush"}]}"#;
    for (kind, keys, said) in [
        ("m2m", "{", "no JWK Set"),
        ("m2m", "{\"keys\": 3}", "no JWK Set"),
        ("m2m", "{\"keys\": []}", "no key"),
        ("m2m", private, "private key"),
        ("native", public, "native"),
    ] {
        let fields = [("name", "signer"), ("kind", kind), ("jwks", keys)];
        let page = ada
            .send(NEW, &[&fields[..], &[("default_api", API)]].concat())
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{keys}");
        assert!(told(&page).contains("#jwks"), "{}", told(&page));
        assert!(told(&page).contains(said), "{said}: {}", told(&page));
        assert!(!page.html.contains("hush"), "{}", page.html);
    }
    // Whatever else is wrong.
    let page = ada.send(NEW, &[("kind", "m2m"), ("jwks", private)]).await;
    assert!(told(&page).contains("#name"), "{}", told(&page));
    assert!(!page.html.contains("hush"), "{}", page.html);
    let (status, _) = house.bed.get("/api/v1/applications/signer").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_document_is_imported_on_a_page_and_what_was_left_out_is_told() {
    let house = House::new().await;
    let mut ada = Ada::of(&house).await;
    let list = ada
        .browser
        .open("/console/applications?source=document")
        .await;
    assert!(list.html.contains(IMPORT), "{}", list.html);
    let document = json!({
        "client_id": DOCUMENT,
        "client_name": "Inside",
        "redirect_uris": ["http://localhost/callback", "javascript:alert(1)"],
        "token_endpoint_auth_method": "none",
    });
    let document = document.to_string();
    let fields = [("client_id", DOCUMENT), ("document", &document)];
    let page = ada.send(IMPORT, &fields).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.html);
    assert!(page.html.contains(">Inside</a>"), "{}", page.html);
    assert!(page.html.contains("javascript:alert(1)"), "{}", page.html);
    let list = ada
        .browser
        .open("/console/applications?source=document")
        .await;
    assert!(list.html.contains("Inside"), "{}", list.html);
}

#[tokio::test]
async fn a_document_that_breaks_a_rule_is_refused_at_its_field() {
    let house = House::new().await;
    let mut ada = Ada::of(&house).await;
    for (client_id, document, field) in [
        ("no address\n", "{}", "#client_id"),
        (DOCUMENT, "[]", "#document"),
        (
            DOCUMENT,
            "{\"client_id\": \"https://other.example/\"}",
            "#document",
        ),
    ] {
        let fields = [("client_id", client_id), ("document", document)];
        let page = ada.send(IMPORT, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{document}");
        assert!(told(&page).contains(field), "{}", told(&page));
    }
    let mut eve = house.browser("eve", "viewer").await;
    assert_eq!(eve.open(IMPORT).await.status, StatusCode::FORBIDDEN);
}
