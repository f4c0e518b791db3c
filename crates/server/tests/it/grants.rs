//! What people allowed, and the operator takes back.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_testkit::browser::Browser;

use crate::Bed;

const PASSWORD: &str = "correct horse battery";
const API: &str = "https://api.example/";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A person and a program of theirs, which has their tokens.
pub(crate) struct Granted {
    pub(crate) client_id: String,
    tokens: Value,
}

async fn form(bed: &Bed, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let request = bed.anonymous(Method::POST, path).form(fields);
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

/// A person lets a program in by the device flow, all over HTTP.
pub(crate) async fn granted(bed: &Bed, name: &str, program: &str) -> Granted {
    let api = json!({ "name": "A", "identifier": API });
    bed.post("/api/v1/apis", api).await;
    let user = json!({ "name": name, "password": PASSWORD });
    bed.post("/api/v1/users", user).await;
    let program = json!({ "name": program, "type": "native", "apis": [API] });
    let (status, created) = bed.post("/api/v1/applications", program).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    let client_id = created["client_id"].as_str().unwrap().to_owned();

    let asked = [
        ("client_id", client_id.as_str()),
        ("audience", API),
        ("scope", "openid"),
    ];
    let (status, device) = form(bed, "/oauth/device", &asked).await;
    assert_eq!(status, StatusCode::OK, "{device}");
    let mut browser = Browser::new(bed.server.public_url());
    browser.log_in(name, PASSWORD).await;
    let address = device["verification_uri_complete"].as_str().unwrap();
    let page = browser.answer_device(address, "allow").await;
    assert!(page.html.contains("is connected"), "{}", page.html);
    let polled = [
        ("grant_type", DEVICE),
        ("client_id", client_id.as_str()),
        ("device_code", device["device_code"].as_str().unwrap()),
    ];
    let (status, tokens) = form(bed, "/oauth/token", &polled).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    Granted { client_id, tokens }
}

impl Granted {
    pub(crate) async fn refresh(&self, bed: &Bed) -> StatusCode {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id.as_str()),
            (
                "refresh_token",
                self.tokens["refresh_token"].as_str().unwrap(),
            ),
        ];
        form(bed, "/oauth/token", &fields).await.0
    }

    /// What the server says of the person to a holder of the token.
    async fn userinfo(&self, bed: &Bed) -> StatusCode {
        let request = bed.anonymous(Method::GET, "/oauth/userinfo");
        let token = self.tokens["access_token"].as_str().unwrap();
        request.bearer_auth(token).send().await.unwrap().status()
    }
}

/// The ids of the grants at an address.
async fn ids(bed: &Bed, path: &str) -> Vec<String> {
    let (status, grants) = bed.get(path).await;
    assert_eq!(status, StatusCode::OK, "{grants}");
    let id = |grant: &Value| grant["id"].as_str().unwrap().to_owned();
    grants.as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn a_grant_is_listed_with_what_was_allowed_and_ends_with_its_tokens() {
    let bed = Bed::new().await;
    let granted = granted(&bed, "ada", "laptop").await;
    assert_eq!(granted.userinfo(&bed).await, StatusCode::OK);
    let (_, grants) = bed.get("/api/v1/grants").await;
    let grant = &grants[0];
    assert_eq!(grant["user"], "ada");
    assert_eq!(grant["client_id"], granted.client_id.as_str());
    assert_eq!(grant["client_name"], "laptop");
    assert_eq!(
        (&grant["api"], &grant["scope"]),
        (&json!(API), &json!("openid"))
    );
    assert!(grant["expires_at"].as_i64() > grant["created_at"].as_i64());

    let path = format!("/api/v1/grants/{}", grant["id"].as_str().unwrap());
    let (status, _) = bed.delete(&path).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(ids(&bed, "/api/v1/grants").await, [""; 0]);
    assert_eq!(granted.userinfo(&bed).await, StatusCode::UNAUTHORIZED);
    assert_eq!(granted.refresh(&bed).await, StatusCode::BAD_REQUEST);
    let (status, _) = bed.delete(&path).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "ended is ended");
    let (_, events) = bed.get("/api/v1/audit?event=grant.revoked").await;
    assert_eq!(
        events.as_array().unwrap().len(),
        1,
        "recorded once: {events}"
    );
    bed.server.shutdown().await;
}

#[tokio::test]
async fn grants_are_found_by_person_and_by_client_and_page_by_page() {
    let bed = Bed::new().await;
    let ada = granted(&bed, "ada", "laptop").await;
    let bob = granted(&bed, "bob", "tv").await;
    let all = ids(&bed, "/api/v1/grants").await;
    assert_eq!(all.len(), 2);
    let of = async |query: String| ids(&bed, &format!("/api/v1/grants?{query}")).await;
    let adas = of("user=ada".to_owned()).await;
    assert_eq!(of(format!("client_id={}", ada.client_id)).await, adas);
    assert_eq!(
        of(format!("user=ada&client_id={}", bob.client_id)).await,
        [""; 0]
    );
    let (_, user) = bed.get("/api/v1/users/ada").await;
    assert_eq!(
        of(format!("user={}", user["id"].as_str().unwrap())).await,
        adas
    );

    let first = of("limit=1".to_owned()).await;
    assert_eq!(first, all[..1]);
    let second = of(format!("limit=1&after={}", first[0])).await;
    assert_eq!(second, all[1..]);
    assert_eq!(of(format!("after={}", second[0])).await, [""; 0]);
    for limit in ["0", "1001", "4000000000"] {
        let (status, told) = bed.get(&format!("/api/v1/grants?limit={limit}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let message = told["message"].as_str().unwrap();
        assert!(message.contains("1 to 1000 entries"), "{message}");
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn who_is_kept_out_or_whose_client_is_removed_grants_nothing_any_more() {
    let bed = Bed::new().await;
    let ada = granted(&bed, "ada", "laptop").await;
    let bob = granted(&bed, "bob", "tv").await;
    let body = json!({ "disabled": true });
    bed.call(Method::PATCH, "/api/v1/users/ada", Some(&body))
        .await;
    assert_eq!(ids(&bed, "/api/v1/grants?user=ada").await, [""; 0]);
    assert_eq!(ada.userinfo(&bed).await, StatusCode::UNAUTHORIZED);
    assert_eq!(bob.userinfo(&bed).await, StatusCode::OK);
    let (status, _) = bed.delete("/api/v1/applications/tv").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(ids(&bed, "/api/v1/grants").await, [""; 0]);
    assert_eq!(bob.userinfo(&bed).await, StatusCode::UNAUTHORIZED);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_question_about_grants_is_said() {
    let bed = Bed::new().await;
    let bad = StatusCode::BAD_REQUEST;
    for (query, status, named) in [
        ("user=eve", StatusCode::NOT_FOUND, "shukuba user list"),
        ("client_id=a%20b", bad, "client id"),
        ("client_id=", bad, "client id"),
        ("usr=ada", bad, "usr"),
        ("limit=many", bad, "limit"),
    ] {
        let path = format!("/api/v1/grants?{query}");
        bed.refused((Method::GET, &path, None), status, named).await;
    }
    let unknown = (Method::DELETE, "/api/v1/grants/skg_nothing", None);
    bed.refused(unknown, StatusCode::NOT_FOUND, "shukuba grant list")
        .await;
    bed.server.shutdown().await;
}
