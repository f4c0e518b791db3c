//! How much one address is answered in a minute, and what others notice of it.

use axum::body::Body;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use shukuba_model::ClientAddress;

use crate::{Answer, FORM, Fixture, GRANT, UNSHARED};

/// What a person's browser and what a program asks, each answered with a refusal.
const AUTHORIZE: (&str, u32) = ("/oauth/authorize?client_id=nobody", 300);
const PROGRAMS: [&str; 5] = [
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/introspect",
    "/oauth/userinfo",
    "/oauth/register/nobody",
];
const PER_MINUTE: u32 = 600;

async fn ask(fixture: &Fixture, method: Method, path: &str, from: &str, accept: &str) -> Answer {
    let address: ClientAddress = ClientAddress(from.parse().unwrap());
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(ACCEPT, accept)
        .header(CONTENT_TYPE, FORM)
        .extension(address)
        .body(Body::empty())
        .unwrap();
    fixture.send(request).await
}

fn method_for(path: &str) -> Method {
    match path {
        "/oauth/userinfo" | "/oauth/register/nobody" => Method::GET,
        _ => Method::POST,
    }
}

#[tokio::test]
async fn programs_that_ask_too_often_are_told_in_json_when_to_come_back() {
    let fixture = Fixture::new().await;
    for path in PROGRAMS {
        let from = |address| ask(&fixture, method_for(path), path, address, "*/*");
        for _ in 0..PER_MINUTE {
            assert!(matches!(from("192.0.2.1").await.status.as_u16(), 400 | 401));
        }
        let answer = from("192.0.2.1").await;
        answer.refused(429, "temporarily_unavailable");
        assert_eq!(answer.header("retry-after"), Some("60"), "{path}");
        assert_ne!(from("192.0.2.2").await.status, 429, "{path}");
        let preflight = ask(&fixture, Method::OPTIONS, path, "192.0.2.1", "*/*").await;
        let expected = if UNSHARED.contains(&path) { 405 } else { 204 };
        assert_eq!(preflight.status, expected, "{path}");
        fixture.clock.advance(45);
        assert_eq!(from("192.0.2.1").await.header("retry-after"), Some("15"));
        fixture.clock.advance(15);
        assert_ne!(from("192.0.2.1").await.status, 429, "{path}");
    }
}

#[tokio::test]
async fn people_who_ask_too_often_see_a_page_and_programs_json() {
    let fixture = Fixture::new().await;
    let (path, most) = AUTHORIZE;
    let from = |accept| ask(&fixture, Method::GET, path, "192.0.2.1", accept);
    for _ in 0..most {
        assert_eq!(from("text/html").await.status, 400);
    }
    let page = from("text/html").await;
    assert_eq!(page.status, 429);
    assert_eq!(page.header("retry-after"), Some("60"));
    assert_eq!(page.header("location"), None);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("access-control-allow-origin"), None);
    assert!(page.header("content-type").unwrap().contains("text/html"));
    assert!(page.text.contains("60 s"), "{}", page.text);
    let json = from("application/json").await;
    assert_eq!(json.status, 429);
    assert_eq!(json.json()["error"], "temporarily_unavailable");
    // Its other name, its next steps and the consent form are counted with it.
    for (method, path) in [
        (Method::GET, "/authorize"),
        (Method::GET, "/oauth/authorize/continue"),
        (Method::POST, "/oauth/consent"),
    ] {
        let answer = ask(&fixture, method, path, "192.0.2.1", "text/html").await;
        assert_eq!(answer.status, 429, "{path}");
    }
}

#[tokio::test]
async fn a_whole_64_of_ipv6_is_counted_as_one_address() {
    let fixture = Fixture::new().await;
    let from = async |address: String| {
        let (path, _) = AUTHORIZE;
        ask(&fixture, Method::GET, path, &address, "*/*")
            .await
            .status
    };
    for n in 0..AUTHORIZE.1 {
        assert_eq!(from(format!("2001:db8:1:2::{n:x}")).await, 400);
    }
    assert_eq!(from("2001:db8:1:2:ffff::1".to_owned()).await, 429);
    assert_eq!(from("2001:db8:1:3::1".to_owned()).await, 400);
}

#[tokio::test]
async fn a_client_that_gets_its_tokens_is_never_held_up() {
    let fixture = Fixture::new().await;
    let send = || async {
        let request = Request::post("/oauth/token")
            .header(AUTHORIZATION, fixture.basic())
            .header(CONTENT_TYPE, FORM);
        fixture.send(request.body(Body::from(GRANT)).unwrap()).await
    };
    for _ in 0..PER_MINUTE + 10 {
        assert_eq!(send().await.status, 200);
    }
}
