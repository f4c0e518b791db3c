//! Applications that people log in with, and the secrets of all.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;

pub(crate) async fn call(
    bed: &Bed,
    method: Method,
    path: &str,
    body: Value,
) -> (StatusCode, Value) {
    let response = bed.operator(method, path).json(&body).send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

pub(crate) async fn create(bed: &Bed, body: Value) -> Value {
    let (status, created) = call(bed, Method::POST, "/api/v1/applications", body).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    created
}

/// The status of a token request with client id and secret by Basic.
pub(crate) async fn token(bed: &Bed, id: &str, secret: &str) -> StatusCode {
    let form = [("grant_type", "client_credentials")];
    let request = bed.anonymous(Method::POST, "/oauth/token").form(&form);
    let response = request.basic_auth(id, Some(secret)).send().await;
    response.unwrap().status()
}

#[tokio::test]
async fn a_connector_gets_the_addresses_of_its_preset_and_its_own() {
    let bed = Bed::new().await;
    let claude = [
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
    ];
    let own = "https://client.example/cb";
    let created = create(
        &bed,
        json!({
            "name": "claude", "type": "connector", "preset": "claude",
            "redirect_uris": [own, claude[0]],
        }),
    )
    .await;
    let uris = json!([claude[0], claude[1], own]);
    assert_eq!(created["redirect_uris"], uris);
    assert!(created["client_secret"].as_str().unwrap().len() > 40);
    let (_, shown) = call(&bed, Method::GET, "/api/v1/applications/claude", json!({})).await;
    assert_eq!(shown["redirect_uris"], uris);
    assert_eq!(shown["auth_method"], "client_secret");
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    let path = "/api/v1/applications/claude/token";
    let (status, problem) = call(&bed, Method::POST, path, json!({})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["message"].as_str().unwrap().contains("logs in"));
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_native_application_has_no_secret() {
    let bed = Bed::new().await;
    let body = json!({ "name": "cli", "type": "native", "preset": "claude-code" });
    let created = create(&bed, body).await;
    assert_eq!(created.get("client_secret"), None);
    assert_eq!(created["auth_method"], "none");
    let path = "/api/v1/applications/cli/secrets";
    let (status, problem) = call(&bed, Method::POST, path, json!({})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_gap() {
    let bed = Bed::new().await;
    let api = json!({ "name": "A", "identifier": "https://api.example/" });
    call(&bed, Method::POST, "/api/v1/apis", api).await;
    let body = json!({ "name": "mcp", "type": "m2m", "apis": ["https://api.example/"] });
    let created = create(&bed, body).await;
    let id = created["client_id"].as_str().unwrap();
    let first = created["client_secret"].as_str().unwrap();

    let secrets = "/api/v1/applications/mcp/secrets";
    let (status, added) = call(&bed, Method::POST, secrets, json!({})).await;
    assert_eq!(status, StatusCode::CREATED, "{added}");
    let second = added["client_secret"].as_str().unwrap();
    let old = added["other"]["id"].as_str().unwrap();
    for secret in [first, second] {
        assert_eq!(token(&bed, id, secret).await, StatusCode::OK);
    }
    let (status, problem) = call(&bed, Method::POST, secrets, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        problem["message"].as_str().unwrap().contains(old),
        "{problem}"
    );

    let (_, shown) = call(&bed, Method::GET, "/api/v1/applications/mcp", json!({})).await;
    let used = |secret: &Value| secret["last_used_at"].is_i64();
    assert!(
        shown["secrets"].as_array().unwrap().iter().all(used),
        "{shown}"
    );
    let path = format!("{secrets}/{old}");
    let (status, _) = call(&bed, Method::DELETE, &path, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(token(&bed, id, first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(token(&bed, id, second).await, StatusCode::OK);
    let (status, _) = call(&bed, Method::DELETE, &path, json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    bed.server.shutdown().await;
}
