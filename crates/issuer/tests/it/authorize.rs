use axum::body::Body;
use http::Request;
use http::header::ACCEPT;

use crate::Fixture;

const QUERY: &str = "?response_type=code&client_id=abc&redirect_uri=https%3A%2F%2Fevil.example%2F&state=%3Cscript%3E";

#[tokio::test]
async fn people_are_told_in_a_page_that_login_is_not_there_yet() {
    let fixture = Fixture::new().await;
    for path in ["/oauth/authorize", "/authorize"] {
        let answer = fixture.get(&format!("{path}{QUERY}")).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("location"), None);
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert!(answer.text.contains("cannot log in"), "{}", answer.text);
        assert!(answer.text.contains("shukuba token get"), "{}", answer.text);
        assert!(!answer.text.contains("evil.example"), "nothing is echoed");
        assert!(!answer.text.contains("<script>"));
    }
}

#[tokio::test]
async fn programs_are_told_in_json_and_no_page_of_another_origin_may_read_it() {
    let fixture = Fixture::new().await;
    let request = Request::get(format!("/oauth/authorize{QUERY}"))
        .header(ACCEPT, "application/json")
        .body(Body::empty())
        .unwrap();
    let answer = fixture.send(request).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"], "unsupported_response_type");
    assert!(answer.description().contains("client_credentials"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
}
