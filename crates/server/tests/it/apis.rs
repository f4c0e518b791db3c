//! APIs: their scopes, what keeps them, and what the audit log says of them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Bed;
use crate::audit::of_operator;

const PATH: &str = "/api/v1/apis?identifier=https%3A%2F%2Fapi.example%2F";

fn api(scopes: &Value) -> Value {
    json!({ "name": "A", "identifier": "https://api.example/", "scopes": scopes })
}

#[tokio::test]
async fn an_api_is_registered_changed_listed_and_removed() {
    let bed = Bed::new().await;
    let body = json!({ "name": "A", "identifier": "https://a.example/?x=1&y", "token_lifetime": 2_592_000 });
    let (status, created) = bed.post("/api/v1/apis", body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    assert_eq!(
        (&created["profile"], &created["signing_algorithm"]),
        (&json!("both"), &json!("RS256"))
    );
    assert_eq!(created["warnings"].as_array().unwrap().len(), 1);
    let again = (Method::POST, "/api/v1/apis", Some(body));
    bed.refused(again, StatusCode::CONFLICT, "https://a.example/")
        .await;
    let one = "/api/v1/apis?identifier=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y";
    let change = json!({ "profile": "auth0", "signing_algorithm": "ES256", "token_lifetime": 60 });
    let (status, changed) = bed.call(Method::PATCH, one, Some(&change)).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(
        (&changed["name"], &changed["profile"]),
        (&json!("A"), &json!("auth0"))
    );
    assert_eq!(changed.get("warnings"), None);
    assert_eq!(bed.get("/api/v1/apis").await.1, json!([changed]));

    let user = json!({ "name": "m", "type": "m2m", "apis": ["https://a.example/?x=1&y"] });
    bed.post("/api/v1/applications", user).await;
    bed.refused((Method::DELETE, one, None), StatusCode::CONFLICT, "(m)")
        .await;
    bed.delete("/api/v1/applications/m").await;
    let (status, _) = bed.delete(one).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    bed.refused(
        (Method::DELETE, one, None),
        StatusCode::NOT_FOUND,
        "a.example",
    )
    .await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn scopes_are_registered_with_their_api_listed_and_replaced_together() {
    let bed = Bed::new().await;
    let scopes = json!([
        { "name": "tools:read", "description": "See what there is" },
        { "name": "tools:call", "description": "" },
    ]);
    let (status, created) = bed.post("/api/v1/apis", api(&scopes)).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    assert_eq!(created["scopes"], scopes);
    let (_, listed) = bed.get("/api/v1/apis").await;
    assert_eq!(listed[0]["scopes"], scopes);

    let rename = json!({ "name": "B" });
    let (_, renamed) = bed.call(Method::PATCH, PATH, Some(&rename)).await;
    assert_eq!(renamed["scopes"], scopes, "what is not named stays");
    let fewer = json!({ "scopes": [{ "name": "all", "description": "All of it" }] });
    let (_, changed) = bed.call(Method::PATCH, PATH, Some(&fewer)).await;
    assert_eq!(changed["scopes"], fewer["scopes"]);
    let request = bed.anonymous(Method::GET, "/.well-known/oauth-authorization-server");
    let metadata: Value = request.send().await.unwrap().json().await.unwrap();
    let known = metadata["scopes_supported"].as_array().unwrap();
    assert!(known.contains(&json!("all")) && !known.contains(&json!("tools:read")));

    let (status, problem) = bed.post("/api/v1/apis", api(&scopes)).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    let (_, listed) = bed.get("/api/v1/apis").await;
    assert_eq!(
        listed[0]["scopes"], fewer["scopes"],
        "a refusal changes nothing"
    );
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_is_done_to_an_api_is_in_the_audit_log_and_what_is_refused_is_not() {
    let bed = Bed::new().await;
    bed.post("/api/v1/apis", api(&json!([]))).await;
    let change = json!({ "profile": "auth0", "scopes": [{ "name": "a" }, { "name": "b" }] });
    bed.call(Method::PATCH, PATH, Some(&change)).await;
    bed.call(Method::PATCH, PATH, Some(&json!({ "name": " " })))
        .await;
    let (status, _) = bed.delete(PATH).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = bed.delete(PATH).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let entry =
        |event: &str, detail: &str| [event, "https://api.example/", detail].map(str::to_owned);
    let expected = [
        entry("api.deleted", ""),
        entry("api.updated", "profile auth0, scopes 'a b'"),
        entry("api.created", "A"),
    ];
    assert_eq!(of_operator(&bed, 10).await, expected);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn no_api_goes_while_a_launch_may_come_to_need_it() {
    let bed = Bed::new().await;
    bed.post("/api/v1/apis", api(&json!([]))).await;
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
    let (status, problem) = bed.delete(PATH).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("a launch is under way"), "{message}");
    drop((asked, silent));
    let events = launch.text().await.unwrap();
    assert!(events.contains("failed"), "{events}");
    let (status, _) = bed.delete(PATH).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    bed.server.shutdown().await;
}
