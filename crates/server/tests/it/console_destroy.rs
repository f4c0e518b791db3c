//! A runtime is removed on its page, by whoever was asked about that very one.

use reqwest::StatusCode;
use serde_json::Value;

use crate::console_house::{House, form_token};

const PAGE: &str = "/console/runtimes/adder/destroy";

async fn runtime(house: &House) -> (StatusCode, Value) {
    house.bed.get("/api/v1/runtimes/adder").await
}

#[tokio::test]
async fn an_operator_is_asked_and_then_the_runtime_is_gone_and_their_name_recorded() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    let page = ada.open("/console/runtimes/adder").await;
    assert!(page.html.contains(PAGE), "{}", page.html);
    let asked = ada.open(PAGE).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.html.contains("/mcp/adder"), "{}", asked.html);
    assert!(asked.html.contains("any more: 2."), "{}", asked.html);
    let id = ada.hidden("id").unwrap().to_owned();
    let csrf = ada.hidden("csrf").unwrap().to_owned();
    let fields = [("csrf", csrf.as_str()), ("id", id.as_str())];
    let gone = ada.send_form(PAGE, &fields, &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.html);
    assert_eq!(gone.location.as_deref(), Some("/console/runtimes"));
    assert_eq!(runtime(&house).await.0, StatusCode::NOT_FOUND);
    let again = ada.send_form(PAGE, &fields, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let (_, entries) = house.bed.get("/api/v1/audit?limit=1000").await;
    let mut entries = entries.as_array().unwrap().iter();
    let entry = entries.find(|entry| entry["event"] == "runtime.destroyed");
    assert_eq!(entry.unwrap()["actor"], house.id_of("ada").await.as_str());
}

#[tokio::test]
async fn another_runtime_of_the_name_than_was_asked_about_stays() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    let csrf = form_token(&mut ada).await;
    for id in ["", "adder", "adder-0123456789"] {
        let fields = [("csrf", csrf.as_str()), ("id", id)];
        let kept = ada.send_form(PAGE, &fields, &[]).await;
        assert_eq!(kept.location.as_deref(), Some(PAGE), "{id}");
    }
    assert_eq!(runtime(&house).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_viewer_is_not_asked() {
    let house = House::new().await;
    let mut eve = house.browser("eve", "viewer").await;
    let page = eve.open("/console/runtimes/adder").await;
    assert!(!page.html.contains(PAGE), "{}", page.html);
    assert_eq!(eve.open(PAGE).await.status, StatusCode::FORBIDDEN);
}
