//! APIs over the administration API.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::Bed;

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
