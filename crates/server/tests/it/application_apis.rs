//! Which APIs an application may use, changed after it was made.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;
use crate::grants::granted;

const A: &str = "https://a.example/";
const B: &str = "https://b.example/";
const OF_MCP: &str = "/api/v1/applications/mcp/apis";

/// A server with two APIs and the machine `mcp`, which may use the first.
struct Given {
    bed: Bed,
    id: String,
    secret: String,
}

impl Given {
    async fn new() -> Self {
        let bed = Bed::new().await;
        for api in [A, B] {
            let api = json!({ "name": api, "identifier": api });
            bed.post("/api/v1/apis", api).await;
        }
        let body = json!({ "name": "mcp", "type": "m2m", "apis": [A] });
        let (status, created) = bed.post("/api/v1/applications", body).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        let text = |name: &str| created[name].as_str().unwrap().to_owned();
        Self {
            id: text("client_id"),
            secret: text("client_secret"),
            bed,
        }
    }

    async fn set(&self, path: &str, apis: Value) -> (StatusCode, Value) {
        let body = json!({ "apis": apis });
        self.bed.call(Method::PUT, path, Some(&body)).await
    }

    /// What a token request gets: its `aud`, or the error.
    async fn asks(&self, audience: Option<&str>) -> Value {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(audience.map(|audience| ("audience", audience)));
        let request = self.bed.anonymous(Method::POST, "/oauth/token").form(&form);
        let request = request.basic_auth(&self.id, Some(&self.secret));
        let told: Value = request.send().await.unwrap().json().await.unwrap();
        let Some(token) = told["access_token"].as_str() else {
            return told["error"].clone();
        };
        let payload = token.split('.').nth(1).unwrap();
        let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
        let claims: Value = serde_json::from_slice(&payload).unwrap();
        claims["aud"].clone()
    }

    /// What was recorded of changes, the oldest first.
    async fn recorded(&self) -> Vec<(String, String, String)> {
        let (_, entries) = self.bed.get("/api/v1/audit?event=application.apis").await;
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let entries = entries.as_array().unwrap().iter().rev();
        let told = entries.map(|entry| {
            let [actor, subject, detail] =
                ["actor", "subject", "detail"].map(|name| text(entry, name));
            (actor, subject, detail)
        });
        told.collect()
    }
}

#[tokio::test]
async fn the_next_token_request_is_judged_by_the_apis_that_were_given() {
    let given = Given::new().await;
    assert_eq!(given.asks(Some(A)).await, A);
    assert_eq!(given.asks(Some(B)).await, "invalid_target");

    let (status, changed) = given.set(OF_MCP, json!([B, A])).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(changed["apis"], json!([B, A]));
    assert_eq!(changed["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(given.asks(None).await, B, "the first is the default");
    assert_eq!(given.asks(Some(A)).await, A);

    let by_id = format!("/api/v1/applications/{}/apis", given.id);
    let (status, changed) = given.set(&by_id, json!([B])).await;
    assert_eq!((status, &changed["apis"]), (StatusCode::OK, &json!([B])));
    assert_eq!(given.asks(Some(A)).await, "invalid_target");
    assert_eq!(given.asks(None).await, B);
    let (status, _) = given
        .bed
        .delete("/api/v1/apis?identifier=https://a.example/")
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT, "nobody uses it any more");
    // What is as it was is no change.
    given.set(OF_MCP, json!([B])).await;

    let entry = |detail: String| ("operator".to_owned(), given.id.clone(), detail);
    assert_eq!(
        given.recorded().await,
        [
            entry(format!("{A} → {B}, {A}")),
            entry(format!("{B}, {A} → {B}")),
        ]
    );
    given.bed.server.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_reason_and_changes_nothing() {
    let given = Given::new().await;
    let bed = &given.bed;
    let metadata = json!({
        "client_name": "stranger", "redirect_uris": ["http://localhost/cb"],
        "token_endpoint_auth_method": "none",
    });
    let request = bed.anonymous(Method::POST, "/oauth/register");
    let registered = request.json(&metadata).send().await.unwrap();
    let registered: Value = registered.json().await.unwrap();
    let stranger = registered["client_id"].as_str().unwrap();
    let of_stranger = format!("/api/v1/applications/{stranger}/apis");
    let many: Vec<String> = (0..101).map(|number| format!("api-{number}")).collect();
    let bad = StatusCode::BAD_REQUEST;
    for (path, body, status, named) in [
        (OF_MCP, json!({ "apis": [] }), bad, "'mcp' needs an API"),
        (OF_MCP, json!({ "apis": [A, B, A] }), bad, "named twice"),
        (OF_MCP, json!({ "apis": many }), bad, "100 APIs at most"),
        (OF_MCP, json!({ "apis": [""] }), bad, "API identifier"),
        (OF_MCP, json!({ "apis": A }), bad, "apis"),
        (OF_MCP, json!({}), bad, "apis"),
        (OF_MCP, json!({ "apis": [A], "api": A }), bad, "api"),
        (
            OF_MCP,
            json!({ "apis": [A, "https://z.example/"] }),
            StatusCode::NOT_FOUND,
            "https://z.example/",
        ),
        (
            "/api/v1/applications/nobody/apis",
            json!({ "apis": [A] }),
            StatusCode::NOT_FOUND,
            "nobody",
        ),
        (
            of_stranger.as_str(),
            json!({ "apis": [A] }),
            bad,
            "did not register",
        ),
    ] {
        bed.refused((Method::PUT, path, Some(body)), status, named)
            .await;
    }
    let (_, shown) = bed.get("/api/v1/applications/mcp").await;
    assert_eq!(shown["apis"], json!([A]));
    assert_eq!(given.recorded().await, []);
    let create = json!({ "name": "many", "type": "m2m", "apis": many });
    let post = (Method::POST, "/api/v1/applications", Some(create));
    bed.refused(post, bad, "100 APIs at most").await;
    given.bed.server.shutdown().await;
}

#[tokio::test]
async fn a_login_for_an_api_that_was_taken_away_is_renewed_when_it_is_back() {
    let given = Given::new().await;
    let laptop = granted(&given.bed, "ada", "laptop").await;
    let path = "/api/v1/applications/laptop/apis";
    let (status, taken) = given.set(path, json!([])).await;
    assert_eq!(status, StatusCode::OK, "people log in without one: {taken}");
    assert_eq!(laptop.refresh(&given.bed).await, StatusCode::BAD_REQUEST);
    given.set(path, json!([A, "https://api.example/"])).await;
    assert_eq!(laptop.refresh(&given.bed).await, StatusCode::OK);
    given.bed.server.shutdown().await;
}
