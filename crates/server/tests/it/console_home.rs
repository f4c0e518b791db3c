//! The first page: what runtimes were asked.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::console_runtimes::{Console, PAGE, unchanged};

const TRAFFIC: &str = "/api/v1/runtimes/adder/traffic";

impl Console {
    async fn counted(&self) -> (u64, u64) {
        let (status, slots) = self.bed.get(TRAFFIC).await;
        assert_eq!(status, StatusCode::OK);
        let sum = |what: &str| {
            let slots = slots.as_array().unwrap().iter();
            slots.map(|slot| slot[what].as_u64().unwrap()).sum()
        };
        (sum("calls"), sum("refusals"))
    }

    async fn knock_with(&self, token: Option<&str>) {
        let mut request = self.bed.anonymous(Method::POST, "/mcp/adder");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.body("{}").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn calls_and_refusals_are_counted_and_a_first_challenge_is_neither() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut eve = console.browser("eve", "viewer").await;
    let home = eve.open("/console").await;
    assert!(home.html.contains("Nothing came within the last 24 hours."));
    assert_eq!(console.counted().await, (0, 0));

    assert_eq!(console.knock().await, StatusCode::OK);
    assert_eq!(console.knock().await, StatusCode::OK);
    console.knock_with(None).await;
    console.knock_with(Some("not-a-token")).await;
    assert_eq!(console.counted().await, (2, 1));
    for page in ["/console", PAGE] {
        let html = eve.open(page).await.html;
        let told = "Within the last 24 hours: calls 2, refusals 1; at most";
        assert!(html.contains(told), "{html}");
        assert!(
            html.contains("<rect class=\"calls\"") && html.contains("<rect class=\"refusals\"")
        );
    }
    // New rules are a new table of routes, with the same counters.
    let (_, runtime) = console.bed.get("/api/v1/runtimes/adder").await;
    let mut rules = serde_json::json!({ "login": false, "login_allow": [] });
    rules["authorizer"] = runtime["authorizer"].clone();
    let path = "/api/v1/runtimes/adder/rules";
    let (status, _) = console.bed.call(Method::PUT, path, Some(&rules)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(console.knock().await, StatusCode::OK);
    assert_eq!(console.counted().await, (3, 1));
    let gone: (Method, &str, Option<Value>) = (Method::GET, "/api/v1/runtimes/other/traffic", None);
    console
        .bed
        .refused(gone, StatusCode::NOT_FOUND, "other")
        .await;
}
