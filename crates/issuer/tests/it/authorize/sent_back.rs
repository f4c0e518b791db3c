//! Once the redirect URI is proven, errors go back to the client.

use super::{Ask, Bed};
use crate::{ADDRESS, API, OTHER_API};

/// Asserts that each request is answered at once with that error, for a person
/// who is logged in and for nobody.
async fn all_sent_back(asks: impl IntoIterator<Item = Ask>, error: &str) {
    let bed = Bed::new().await;
    for ask in asks {
        bed.browser().authorize(&ask).await.sent_back(error);
        bed.anns().await.authorize(&ask).await.sent_back(error);
    }
}

fn ask() -> Ask {
    Ask::of("web")
}

#[tokio::test]
async fn a10_a_missing_response_type_is_sent_back() {
    all_sent_back(
        [
            ask().without("response_type"),
            ask().with("response_type", ""),
        ],
        "invalid_request",
    )
    .await;
}

#[tokio::test]
async fn a11_only_codes_are_given() {
    let types = [
        "token",
        "id_token",
        "code token",
        "code id_token",
        "CODE",
        "none",
    ];
    let asks = types.map(|types| ask().with("response_type", types));
    all_sent_back(asks, "unsupported_response_type").await;
    let modes = ["fragment", "form_post", "web_message"];
    let asks = modes.map(|mode| ask().with("response_mode", mode));
    all_sent_back(asks, "invalid_request").await;
}

#[tokio::test]
async fn a12_a_parameter_that_came_twice_is_sent_back() {
    let asks = ["scope", "nonce", "code_challenge", "prompt", "audience"]
        .map(|name| ask().with(name, "a").and(name, "b"));
    all_sent_back(asks, "invalid_request").await;
}

#[tokio::test]
async fn a12_a_state_that_came_twice_is_not_repeated() {
    let bed = Bed::new().await;
    let answer = bed.browser().authorize(&ask().and("state", "other")).await;
    let members = answer.redirected(302, super::CALLBACK);
    assert_eq!(members["error"], "invalid_request");
    assert!(!members.contains_key("state"));
}

#[tokio::test]
async fn a13_an_empty_state_is_none() {
    let bed = Bed::new().await;
    let answer = bed
        .browser()
        .authorize(&ask().with("state", "").without("response_type"))
        .await;
    let members = answer.redirected(302, super::CALLBACK);
    assert!(!members.contains_key("state"));
    assert_eq!(members["error"], "invalid_request");
}

#[tokio::test]
async fn a14_a15_a16_a17_pkce_with_s256_is_required_of_everyone() {
    let long = "a".repeat(129);
    let short = "a".repeat(42);
    let challenges = [&short, &long, &format!("{short}+"), "é"]
        .map(|challenge| ask().with("code_challenge", challenge));
    all_sent_back(challenges, "invalid_request").await;
    let asks = [
        ask().without("code_challenge"),
        ask()
            .without("code_challenge")
            .without("code_challenge_method"),
        ask().with("code_challenge_method", "plain"),
        ask().with("code_challenge_method", "s256"),
        ask().without("code_challenge_method"),
    ];
    all_sent_back(asks, "invalid_request").await;
}

#[tokio::test]
async fn a18_an_unknown_scope_is_sent_back() {
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let scopes = [
        "made:up",
        "openid made:up",
        "a\"b",
        "TOOLS:READ",
        &many.join(" "),
    ];
    all_sent_back(
        scopes.map(|scope| ask().with("scope", scope)),
        "invalid_scope",
    )
    .await;
}

#[tokio::test]
async fn a18_a_scope_the_operator_did_not_give_to_the_client_is_sent_back() {
    all_sent_back(
        [Ask::of("given").with("scope", "tools:write")],
        "invalid_scope",
    )
    .await;
}

#[tokio::test]
async fn a19_a_resource_people_do_not_log_in_to_is_sent_back() {
    let resources = [
        "https://nobody.example/mcp",
        OTHER_API,
        "http://127.0.0.1:8430/mcp/foreign",
        "https://foreign.example/",
        "http://127.0.0.1:8430/mcp/adder/",
        "https://api.example/a",
        "https://API.example/",
    ];
    for name in ["resource", "audience"] {
        let asks = resources.map(|resource| ask().with(name, resource));
        all_sent_back(asks, "invalid_target").await;
    }
}

#[tokio::test]
async fn a20_a_relative_resource_or_one_with_a_fragment_is_sent_back() {
    let resources = ["mcp/adder", "/mcp/adder", &format!("{ADDRESS}#a"), "adder"];
    let asks = resources.map(|resource| ask().with("resource", resource));
    all_sent_back(asks, "invalid_target").await;
}

#[tokio::test]
async fn resource_and_audience_must_mean_one_api() {
    let given = || Ask::of("given");
    let asks = [
        given().with("resource", API).with("audience", OTHER_API),
        given().with("resource", API).and("resource", OTHER_API),
    ];
    all_sent_back(asks, "invalid_target").await;
}

#[tokio::test]
async fn a23_prompt_none_stands_alone_and_unknown_values_are_refused() {
    let prompts = ["none login", "consent none", "create", "None"];
    all_sent_back(
        prompts.map(|prompt| ask().with("prompt", prompt)),
        "invalid_request",
    )
    .await;
    let ages = ["-1", "+1", "1.5", "x", "99999999999999999999"];
    all_sent_back(
        ages.map(|age| ask().with("max_age", age)),
        "invalid_request",
    )
    .await;
}

#[tokio::test]
async fn a24_request_objects_are_not_read() {
    all_sent_back([ask().with("request", "e30.e30.")], "request_not_supported").await;
    let ask = ask().with("request_uri", "https://client.example/request");
    all_sent_back([ask], "request_uri_not_supported").await;
}

#[tokio::test]
async fn a_client_without_the_code_grant_is_sent_back() {
    all_sent_back([Ask::of("machine")], "unauthorized_client").await;
}

#[tokio::test]
async fn who_registered_itself_is_sent_back_what_is_no_scope() {
    let stranger = || Ask::of("stranger");
    all_sent_back([stranger().without("code_challenge")], "invalid_request").await;
    all_sent_back([stranger().with("resource", OTHER_API)], "invalid_target").await;
}
