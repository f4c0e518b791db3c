//! APIs: their scopes, what keeps them, and what the audit log says of them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Bed;
use crate::applications::call;

const PATH: &str = "/api/v1/apis?identifier=https%3A%2F%2Fapi.example%2F";

fn api(scopes: &Value) -> Value {
    json!({ "name": "A", "identifier": "https://api.example/", "scopes": scopes })
}

/// Event, subject and detail of the newest entries, the newest first.
pub(crate) async fn audited(bed: &Bed, count: usize) -> Vec<[String; 3]> {
    let (_, entries) = call(bed, Method::GET, "/api/v1/audit", json!({})).await;
    let entries = entries.as_array().unwrap().iter().take(count);
    entries
        .map(|entry| {
            assert_eq!(entry["actor"], "operator");
            ["event", "subject", "detail"].map(|name| entry[name].as_str().unwrap().to_owned())
        })
        .collect()
}

#[tokio::test]
async fn scopes_are_registered_with_their_api_listed_and_replaced_together() {
    let bed = Bed::new().await;
    let scopes = json!([
        { "name": "tools:read", "description": "See what there is" },
        { "name": "tools:call", "description": "" },
    ]);
    let (status, created) = call(&bed, Method::POST, "/api/v1/apis", api(&scopes)).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    assert_eq!(created["scopes"], scopes);
    let (_, listed) = call(&bed, Method::GET, "/api/v1/apis", json!({})).await;
    assert_eq!(listed[0]["scopes"], scopes);

    let rename = json!({ "name": "B" });
    let (_, renamed) = call(&bed, Method::PATCH, PATH, rename).await;
    assert_eq!(renamed["scopes"], scopes, "what is not named stays");
    let fewer = json!({ "scopes": [{ "name": "all", "description": "All of it" }] });
    let (_, changed) = call(&bed, Method::PATCH, PATH, fewer.clone()).await;
    assert_eq!(changed["scopes"], fewer["scopes"]);
    let request = bed.anonymous(Method::GET, "/.well-known/oauth-authorization-server");
    let metadata: Value = request.send().await.unwrap().json().await.unwrap();
    let known = metadata["scopes_supported"].as_array().unwrap();
    assert!(known.contains(&json!("all")) && !known.contains(&json!("tools:read")));

    let (status, problem) = call(&bed, Method::POST, "/api/v1/apis", api(&scopes)).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let (_, listed) = call(&bed, Method::GET, "/api/v1/apis", json!({})).await;
    assert_eq!(
        listed[0]["scopes"], fewer["scopes"],
        "a refusal changes nothing"
    );
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_is_done_to_an_api_is_in_the_audit_log_and_what_is_refused_is_not() {
    let bed = Bed::new().await;
    call(&bed, Method::POST, "/api/v1/apis", api(&json!([]))).await;
    let change = json!({ "profile": "auth0", "scopes": [{ "name": "a" }, { "name": "b" }] });
    call(&bed, Method::PATCH, PATH, change).await;
    call(&bed, Method::PATCH, PATH, json!({ "name": " " })).await;
    let (status, _) = call(&bed, Method::DELETE, PATH, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = call(&bed, Method::DELETE, PATH, json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let entry =
        |event: &str, detail: &str| [event, "https://api.example/", detail].map(str::to_owned);
    let expected = [
        entry("api.deleted", ""),
        entry("api.updated", "profile auth0, scopes 'a b'"),
        entry("api.created", "A"),
    ];
    assert_eq!(audited(&bed, 10).await, expected);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn an_api_stays_while_an_application_gets_tokens_for_it() {
    let bed = Bed::new().await;
    call(&bed, Method::POST, "/api/v1/apis", api(&json!([]))).await;
    let body = json!({ "name": "farm", "type": "m2m", "apis": ["https://api.example/"] });
    call(&bed, Method::POST, "/api/v1/applications", body).await;
    let (status, problem) = call(&bed, Method::DELETE, PATH, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("farm"), "{message}");
    call(&bed, Method::DELETE, "/api/v1/applications/farm", json!({})).await;
    let (status, _) = call(&bed, Method::DELETE, PATH, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn no_api_goes_while_a_launch_may_come_to_need_it() {
    let bed = Bed::new().await;
    call(&bed, Method::POST, "/api/v1/apis", api(&json!([]))).await;
    // A provider that never answers holds the launch where it looks for it.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let authorizer = json!({
        "discovery_url": format!("{url}/.well-known/openid-configuration"),
        "allowed_audience": ["https://api.example/"],
    });
    let body = json!({
        "source": { "kind": "builtin" }, "region": "us-west-2", "authorizer": authorizer,
    });
    let launch = bed
        .operator(Method::POST, "/api/v1/runtimes/adder/versions")
        .json(&body)
        .send()
        .await
        .unwrap();
    let asked = silent.accept().await.unwrap();
    let (status, problem) = call(&bed, Method::DELETE, PATH, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("a launch is under way"), "{message}");
    drop((asked, silent));
    let events = launch.text().await.unwrap();
    assert!(events.contains("failed"), "{events}");
    let (status, _) = call(&bed, Method::DELETE, PATH, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    bed.server.shutdown().await;
}
