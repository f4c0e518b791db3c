//! Applications that people log in with, and the secrets of all.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_server::RegistrationPolicy;

use crate::Bed;

async fn call(bed: &Bed, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    bed.call(method, path, Some(&body)).await
}

async fn create(bed: &Bed, body: Value) -> Value {
    let (status, created) = call(bed, Method::POST, "/api/v1/applications", body).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    created
}

/// The status of a token request with client id and secret by Basic.
async fn token(bed: &Bed, id: &str, secret: &str) -> StatusCode {
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

#[tokio::test]
async fn what_is_wrong_with_an_application_is_said() {
    let bed = Bed::new().await;
    let api = json!({ "name": "A", "identifier": "https://api.example/" });
    bed.post("/api/v1/apis", api).await;
    let m2m = |more: Value| {
        let mut body = json!({ "name": "x", "type": "m2m", "apis": ["https://api.example/"] });
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        body
    };
    create(&bed, m2m(json!({ "name": "mcp" }))).await;
    let secret_key = json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] });
    let public_key = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "x", "y": "y" }] });
    let bad = StatusCode::BAD_REQUEST;
    for (body, status, named) in [
        (m2m(json!({ "name": "mcp" })), StatusCode::CONFLICT, "mcp"),
        (m2m(json!({ "name": "" })), bad, "1 to 100 characters"),
        (m2m(json!({ "name": "a\nb" })), bad, "control"),
        (m2m(json!({ "type": "spa" })), bad, "connector"),
        (m2m(json!({ "apis": [""] })), bad, "API identifier"),
        (
            m2m(json!({ "apis": ["https://api.example"] })),
            StatusCode::NOT_FOUND,
            "https://api.example",
        ),
        (m2m(json!({ "preset": "claud" })), bad, "claude"),
        (
            m2m(json!({ "redirect_uris": ["https://*.example/cb"] })),
            bad,
            "redirect URI",
        ),
        (m2m(json!({ "jwks": { "keys": [] } })), bad, "key set"),
        (m2m(json!({ "jwks": secret_key })), bad, "symmetric"),
        (
            m2m(json!({ "type": "native", "jwks": public_key })),
            bad,
            "native",
        ),
        (
            m2m(json!({ "client_secret": "mine" })),
            bad,
            "client_secret",
        ),
    ] {
        let post = (Method::POST, "/api/v1/applications", Some(body));
        bed.refused(post, status, named).await;
    }
    let path = "/api/v1/applications/mcp/token";
    let other = Some(json!({ "api": "https://other.example/" }));
    bed.refused((Method::POST, path, other), bad, "https://other.example/")
        .await;
    let (_, listed) = bed.get("/api/v1/applications").await;
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    let (_, shown) = bed.get("/api/v1/applications/mcp").await;
    let only = shown["secrets"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/applications/mcp/secrets/{only}");
    let last = (Method::DELETE, path.as_str(), None);
    bed.refused(last, StatusCode::CONFLICT, "add another one first")
        .await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_removed_application_gets_no_token_and_its_tokens_are_dead() {
    let bed = Bed::new().await;
    for name in ["A", "B"] {
        let api = json!({ "name": name, "identifier": format!("https://{name}.example/") });
        bed.post("/api/v1/apis", api).await;
    }
    let body = |name: &str| json!({ "name": name, "type": "m2m", "apis": ["https://A.example/"] });
    let gone = create(&bed, body("gone")).await;
    let stays = create(&bed, body("stays")).await;
    let (status, issued) = bed.post("/api/v1/applications/gone/token", json!({})).await;
    assert_eq!(
        (status, &issued["token_type"]),
        (StatusCode::OK, &json!("Bearer"))
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let held = text(&issued["access_token"]);
    // Whom the token is meant for may ask about it.
    let is_active = async || {
        let request = bed.anonymous(Method::POST, "/oauth/introspect");
        let request = request.form(&[("token", &held)]);
        let (id, secret) = (text(&stays["client_id"]), text(&stays["client_secret"]));
        let response = request.basic_auth(id, Some(secret)).send().await.unwrap();
        let said: Value = response.json().await.unwrap();
        said["active"] == true
    };
    assert!(is_active().await);
    let (status, _) = bed.delete("/api/v1/applications/gone").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(!is_active().await);
    let (id, secret) = (text(&gone["client_id"]), text(&gone["client_secret"]));
    assert_eq!(token(&bed, &id, &secret).await, StatusCode::UNAUTHORIZED);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn an_initial_access_token_registers_as_many_clients_as_it_was_made_for() {
    let bed = Bed::with(|settings| {
        settings.issuing.registration = RegistrationPolicy::InitialAccessToken;
    })
    .await;
    let body = json!({ "name": "farm", "uses": 2, "lifetime": 600 });
    let (status, created) = bed.post("/api/v1/initial-access-tokens", body).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    let initial = created["token"].as_str().unwrap();
    assert!(initial.starts_with("ski_"));
    for (credentials, expected) in [
        ("ski_wrong", StatusCode::UNAUTHORIZED),
        (initial, StatusCode::CREATED),
        (initial, StatusCode::CREATED),
        (initial, StatusCode::UNAUTHORIZED),
    ] {
        let body = json!({ "client_name": "robot", "redirect_uris": ["http://localhost/cb"] });
        let request = bed.anonymous(Method::POST, "/oauth/register").json(&body);
        let response = request.bearer_auth(credentials).send().await.unwrap();
        assert_eq!(response.status(), expected, "{credentials}");
    }
    for (body, named) in [
        (
            json!({ "name": "x", "uses": 10_001, "lifetime": 60 }),
            "10000",
        ),
        (json!({ "name": "x", "uses": 1, "lifetime": 0 }), "1 to"),
        (
            json!({ "name": "x", "uses": 1, "lifetime": 90 * 86_400 + 1 }),
            "7776000",
        ),
        (json!({ "name": " ", "uses": 1, "lifetime": 60 }), "name"),
        (json!({ "name": "x", "uses": -1, "lifetime": 60 }), "uses"),
        (json!({ "name": "x", "uses": 1 }), "lifetime"),
    ] {
        let post = (Method::POST, "/api/v1/initial-access-tokens", Some(body));
        bed.refused(post, StatusCode::BAD_REQUEST, named).await;
    }
    bed.server.shutdown().await;
}
