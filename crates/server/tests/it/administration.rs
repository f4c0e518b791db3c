//! The administration API: what it says to wrong input, and uploads and launches.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;

/// Wrong clients: what must be registered, and what the answer must name.
fn wrong_clients() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let path = "/api/v1/applications";
    let preset = json!({ "name": "x", "type": "m2m", "apis": ["y"], "preset": "claude" });
    let script = json!({ "name": "x", "type": "native", "redirect_uris": ["javascript:x"] });
    let nowhere = json!({ "name": "x", "type": "connector" });
    let nobody = json!({ "name": "x", "uses": 0, "lifetime": 60 });
    let tokens = "/api/v1/initial-access-tokens";
    vec![
        ("POST", path, preset, "redirect URI"),
        ("POST", path, script, "redirect URI"),
        ("POST", path, nowhere, "claude"),
        ("POST", tokens, nobody, "initial access token"),
        (
            "DELETE",
            "/api/v1/initial-access-tokens/iat_no",
            json!({}),
            "iat_no",
        ),
        ("GET", "/api/v1/applications?source=odd", json!({}), "odd"),
        (
            "GET",
            "/api/v1/applications?source=all&after=gone",
            json!({}),
            "gone",
        ),
        ("GET", "/api/v1/applications/nobody", json!({}), "nobody"),
        ("DELETE", "/api/v1/applications/nobody", json!({}), "nobody"),
    ]
}

/// Wrong scopes of an API, as above.
fn wrong_scopes() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let cases = [
        (json!([{ "name": "a b" }]), "a b"),
        (json!([{ "name": "openid" }]), "openid"),
        (json!([{ "name": "a" }, { "name": "a" }]), "twice"),
        (
            json!([{ "name": "a", "description": "x".repeat(201) }]),
            "200",
        ),
    ];
    cases
        .into_iter()
        .map(|(scopes, named)| {
            let body = json!({ "name": "x", "identifier": "y", "scopes": scopes });
            ("POST", "/api/v1/apis", body, named)
        })
        .collect()
}

/// Method, path, body, and what the answer must name.
fn wrong_input() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let api = |more: Value| {
        let mut body = json!({ "name": "x", "identifier": "y" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        ("POST", "/api/v1/apis", body)
    };
    let application = |kind: &str, apis: Value| {
        (
            "POST",
            "/api/v1/applications",
            json!({ "name": "x", "type": kind, "apis": apis }),
        )
    };
    let builtin = json!({ "source": { "kind": "builtin" }, "region": "us-west-2" });
    let rename = json!({ "name": "x" });
    let cases = [
        (("POST", "/api/v1/apis", rename.clone()), "identifier"),
        (api(json!({ "tokenLifetime": 1 })), "tokenLifetime"),
        (api(json!({ "token_lifetime": 2_592_001 })), "2592000"),
        (api(json!({ "name": " " })), "name"),
        (api(json!({ "profile": "jwt" })), "profile"),
        (application("m2m", json!(["nowhere"])), "nowhere"),
        (application("m2m", json!([])), "API"),
        (application("web", json!(["y"])), "web"),
        (
            ("POST", "/api/v1/applications/nobody/token", json!({})),
            "nobody",
        ),
        (
            (
                "POST",
                "/api/v1/explain",
                json!({ "token": "x", "runtime": "nothing" }),
            ),
            "nothing",
        ),
        (
            ("PATCH", "/api/v1/apis?identifier=nowhere", rename.clone()),
            "nowhere",
        ),
        (("PATCH", "/api/v1/apis", rename), "identifier"),
        (
            ("DELETE", "/api/v1/apis?identifier=nowhere", json!({})),
            "nowhere",
        ),
        (("POST", "/api/v1/runtimes/a-b/versions", builtin), "a-b"),
    ];
    cases
        .into_iter()
        .map(|((method, path, body), named)| (method, path, body, named))
        .collect()
}

#[tokio::test]
async fn wrong_input_is_a_4xx_that_names_it() {
    let bed = Bed::new().await;
    for (method, path, body, named) in wrong_input()
        .into_iter()
        .chain(wrong_clients())
        .chain(wrong_scopes())
    {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let (status, problem) = bed.call(method, path, Some(&body)).await;
        assert!(status.is_client_error(), "{path} {body}: {status}");
        let message = problem["message"].as_str().unwrap();
        let hint = problem["hint"].as_str().unwrap_or_default();
        assert!(
            message.contains(named) || hint.contains(named),
            "{path} {body}: {problem}"
        );
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_bundle_is_kept_only_under_its_own_digest() {
    let bed = Bed::new().await;
    let digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    let put = |name: &str, body: &'static str| {
        bed.operator(Method::PUT, &format!("/api/v1/bundles/{name}"))
            .body(body)
            .send()
    };
    assert_eq!(
        put(digest, "bar").await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        put("..%2Fescape", "foo").await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        put(&digest.to_uppercase(), "foo").await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        put(digest, "foo").await.unwrap().status(),
        StatusCode::CREATED
    );
    assert_eq!(put(digest, "foo").await.unwrap().status(), StatusCode::OK);
    let kept = bed.directory.path().join("data/bundles");
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 1);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_launch_that_cannot_begin_ends_with_the_reason() {
    let bed = Bed::new().await;
    let launch = async |authorizer: Value, source: Value| {
        let body = json!({ "source": source, "region": "us-west-2", "authorizer": authorizer });
        let path = "/api/v1/runtimes/adder/versions";
        bed.post(path, body).await.1
    };
    let missing =
        json!({ "kind": "bundle", "sha256": "0".repeat(64), "entrypoint": "mcp_server.py" });
    let unreachable = json!({
        "discovery_url": "http://127.0.0.1:9/.well-known/openid-configuration",
        "allowed_clients": ["x"],
    });
    let open = json!({ "discovery_url": format!("{}/.well-known/openid-configuration", bed.server.public_url()) });
    for (authorizer, source, named) in [
        (Value::Null, missing.clone(), "bundle"),
        (unreachable, missing.clone(), "127.0.0.1:9"),
        (open, missing, "allowedClients"),
        (Value::Null, json!({ "kind": "builtin" }), "built-in"),
    ] {
        let events = launch(authorizer, source).await;
        let last = events.as_array().unwrap().last().unwrap();
        assert_eq!(last["event"], "failed", "{events}");
        assert!(
            last["problem"].to_string().contains(named),
            "'{named}' is not in {events}"
        );
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_large_bundle_that_is_there_already_is_taken_to_its_end() {
    let bed = Bed::new().await;
    let bundle = vec![7_u8; 6 * 1024 * 1024];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bundle);
    let digest: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for expected in [StatusCode::CREATED, StatusCode::OK, StatusCode::OK] {
        let put = bed.operator(Method::PUT, &format!("/api/v1/bundles/{digest}"));
        let response = put.body(bundle.clone()).send().await.unwrap();
        assert_eq!(response.status(), expected);
    }
    bed.server.shutdown().await;
}
