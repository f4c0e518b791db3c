//! Signing keys over the administration API.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;

const API: &str = "https://api.example/";

/// The ids of the keys in a state, of an algorithm.
fn kids<'a>(keys: &'a Value, algorithm: &str, state: &str) -> Vec<&'a str> {
    let wanted = |key: &&Value| key["algorithm"] == algorithm && key["state"] == state;
    let all = keys.as_array().unwrap().iter();
    all.filter(wanted)
        .map(|key| key["kid"].as_str().unwrap())
        .collect()
}

/// The ids in the published key set.
async fn published(bed: &Bed) -> Vec<String> {
    let response = bed
        .anonymous(Method::GET, "/.well-known/jwks.json")
        .send()
        .await;
    let set: Value = response.unwrap().json().await.unwrap();
    let kid = |key: &Value| key["kid"].as_str().unwrap().to_owned();
    set["keys"].as_array().unwrap().iter().map(kid).collect()
}

/// A machine's client id, secret and token.
async fn machine(bed: &Bed) -> (String, String, String) {
    bed.post("/api/v1/apis", json!({ "name": "A", "identifier": API }))
        .await;
    let body = json!({ "name": "mcp", "type": "m2m", "apis": [API] });
    let (_, created) = bed.post("/api/v1/applications", body).await;
    let (status, token) = bed.post("/api/v1/applications/mcp/token", json!({})).await;
    assert_eq!(status, StatusCode::OK, "{token}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&created["client_id"]),
        text(&created["client_secret"]),
        text(&token["access_token"]),
    )
}

async fn is_active(bed: &Bed, (id, secret, token): &(String, String, String)) -> bool {
    let request = bed.anonymous(Method::POST, "/oauth/introspect");
    let request = request
        .basic_auth(id, Some(secret))
        .form(&[("token", token)]);
    let said: Value = request.send().await.unwrap().json().await.unwrap();
    said["active"] == true
}

#[tokio::test]
async fn the_next_key_signs_after_a_rotation_and_the_old_ones_tokens_stay_good() {
    let bed = Bed::new().await;
    let machine = machine(&bed).await;
    let (status, before) = bed.get("/api/v1/keys").await;
    assert_eq!(status, StatusCode::OK);
    for algorithm in ["RS256", "ES256"] {
        for state in ["current", "next"] {
            assert_eq!(kids(&before, algorithm, state).len(), 1, "{before}");
        }
    }
    // Keys of the same second as the first ones count as first, which nobody
    // has cached: they may sign at once.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let body = json!({ "algorithm": "RS256" });
    let (status, after) = bed.post("/api/v1/keys/rotate", body.clone()).await;
    assert_eq!(status, StatusCode::OK, "{after}");
    assert_eq!(
        kids(&after, "RS256", "current"),
        kids(&before, "RS256", "next")
    );
    assert_eq!(
        kids(&after, "RS256", "previous"),
        kids(&before, "RS256", "current")
    );
    assert_eq!(
        kids(&after, "ES256", "current"),
        kids(&before, "ES256", "current")
    );
    let previous = after
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["state"] == "previous");
    assert!(previous.unwrap()["keep_until"].is_i64());
    assert!(is_active(&bed, &machine).await);
    assert_eq!(published(&bed).await.len(), 5);

    let again = (Method::POST, "/api/v1/keys/rotate", Some(body));
    bed.refused(again, StatusCode::CONFLICT, "rotate in").await;
    assert_eq!(bed.get("/api/v1/keys").await.1, after);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_revoked_key_is_gone_from_the_key_set_and_its_tokens_are_dead() {
    let bed = Bed::new().await;
    let machine = machine(&bed).await;
    assert!(is_active(&bed, &machine).await);
    let (_, before) = bed.get("/api/v1/keys").await;
    let leaked = kids(&before, "RS256", "current")[0];
    let path = format!("/api/v1/keys/{leaked}/revoke");
    let (status, after) = bed.post(&path, json!({})).await;
    assert_eq!(status, StatusCode::OK, "{after}");
    assert!(!after.to_string().contains(leaked));
    assert_eq!(
        kids(&after, "RS256", "current"),
        kids(&before, "RS256", "next")
    );
    assert!(!published(&bed).await.contains(&leaked.to_owned()));
    assert!(!is_active(&bed, &machine).await);
    let (status, _) = bed.post("/api/v1/applications/mcp/token", json!({})).await;
    assert_eq!(status, StatusCode::OK, "the next key signs");
    bed.refused((Method::POST, &path, None), StatusCode::NOT_FOUND, leaked)
        .await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_change_of_keys_is_said() {
    let bed = Bed::new().await;
    let bad = StatusCode::BAD_REQUEST;
    let (_, before) = bed.get("/api/v1/keys").await;
    for (body, named) in [
        (json!({ "algorithm": "HS256" }), "RS256"),
        (json!({ "algorithm": 1 }), "algorithm"),
        (json!({ "algorithms": [] }), "algorithms"),
    ] {
        let rotate = (Method::POST, "/api/v1/keys/rotate", Some(body));
        bed.refused(rotate, bad, named).await;
    }
    let unknown = (Method::POST, "/api/v1/keys/nothing/revoke", None);
    bed.refused(unknown, StatusCode::NOT_FOUND, "shukuba key list")
        .await;
    assert_eq!(bed.get("/api/v1/keys").await.1, before);
    bed.server.shutdown().await;
}
