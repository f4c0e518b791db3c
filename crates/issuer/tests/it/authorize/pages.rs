//! Before the redirect URI is proven, whatever is wrong is a page.

use axum::body::Body;
use http::header::{ACCEPT, ORIGIN};
use http::{Method, Request};

use super::{Ask, Bed, CALLBACK, HTML};

#[tokio::test]
async fn a01_a02_an_unknown_or_missing_client_is_a_page() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    for ask in [
        Ask::of("nobody"),
        Ask::of("web").without("client_id"),
        Ask::of(""),
        Ask::of("a b\u{e9}"),
    ] {
        browser.authorize(&ask).await.is_page(400);
    }
}

#[tokio::test]
async fn a03_a04_a05_a06_a08_a_redirect_uri_that_is_not_the_clients_is_a_page() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    for uri in [
        "https://evil.example/cb",
        "https://client.example/cb/",
        "https://client.example/CB",
        "https://Client.example/cb",
        "HTTPS://client.example/cb",
        "https://client.example/cb?x=1",
        "https://client.example/cb?",
        "https://client.example/%63b",
        "https://client.example/a/%2e%2e/cb",
        "https://client.example:443/cb",
        "https://client.example:8443/cb",
        "https://client.example/cb#fragment",
        "https://client.example@evil.test/cb",
        "http://client.example/cb",
        "http://localhost@evil.test/cb",
        "http://127.0.0.1.evil.test/",
        "javascript:alert(1)",
        "cb",
        "https://client.example/cb\r\nx: y",
    ] {
        for client in ["web", "two", "stranger"] {
            let ask = Ask::of(client).with("redirect_uri", uri);
            let answer = browser.authorize(&ask).await;
            answer.is_page(400);
        }
    }
}

#[tokio::test]
async fn a05_a07_loopback_takes_any_port_and_nothing_else() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    for uri in [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:51234/cb",
        "http://localhost:3118/cb",
        "http://localhost:9/cb",
        "http://localhost/cb",
    ] {
        let answer = browser
            .authorize(&Ask::of("local").with("redirect_uri", uri))
            .await;
        assert_eq!((answer.status.as_u16(), answer.page()), (200, "login"));
    }
    for uri in [
        "http://127.0.0.1:51234/other",
        "http://127.0.0.1:51234/cb/",
        "http://127.0.0.1:51234/cb?x",
        "http://[::1]:51234/cb",
        "https://127.0.0.1:51234/cb",
        "http://localhost@evil.test/cb",
        "http://127.0.0.1.evil.test/cb",
        "http://127.0.0.1:0/cb",
        "http://127.1/cb",
    ] {
        let ask = Ask::of("local").with("redirect_uri", uri);
        browser.authorize(&ask).await.is_page(400);
    }
}

#[tokio::test]
async fn a09_without_redirect_uri_exactly_one_must_be_registered() {
    let bed = Bed::new().await;
    let browser = bed.anns().await;
    for client in ["two", "local"] {
        let ask = Ask::of(client).without("redirect_uri");
        browser.authorize(&ask).await.is_page(400);
    }
    let page = browser
        .authorize(&Ask::of("web").without("redirect_uri"))
        .await;
    let members = browser.answer(&page, "allow").await;
    assert!(members.redirected(303, CALLBACK).contains_key("code"));
}

#[tokio::test]
async fn a12_what_decides_where_the_answer_goes_must_not_come_twice() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    for (name, value) in [("client_id", "web"), ("redirect_uri", CALLBACK)] {
        let ask = Ask::of("web").and(name, value);
        browser.authorize(&ask).await.is_page(400);
    }
}

#[tokio::test]
async fn a32_a33_no_other_origin_may_read_the_endpoint() {
    let bed = Bed::new().await;
    for method in [Method::OPTIONS, Method::GET] {
        let request = Request::builder()
            .method(method)
            .uri(Ask::of("web").path())
            .header(ORIGIN, "https://evil.example")
            .header("access-control-request-method", "GET")
            .body(Body::empty())
            .unwrap();
        let answer = bed.fixture.send(request).await;
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn a36_who_registered_itself_cannot_send_people_away_by_a_made_up_scope() {
    let bed = Bed::new().await;
    let ask = Ask::of("stranger").with("scope", "made:up");
    bed.browser().authorize(&ask).await.is_page(400);
    bed.anns().await.authorize(&ask).await.is_page(400);
}

#[tokio::test]
async fn programs_get_json_and_people_a_page() {
    let bed = Bed::new().await;
    for (accept, json) in [
        ("application/json", true),
        ("*/*", true),
        (HTML, false),
        ("application/json, text/html", false),
    ] {
        let request = Request::get(Ask::of("nobody\"<script>").path())
            .header(ACCEPT, accept)
            .body(Body::empty())
            .unwrap();
        let answer = bed.fixture.send(request).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("location"), None);
        if json {
            assert_eq!(answer.json()["error"], "invalid_client");
            assert!(answer.description().contains("nobody"));
        }
        assert_eq!(answer.text.starts_with('{'), json, "{accept}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_read_or_is_too_long_is_a_page() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    let good = Ask::of("web");
    let long = good.clone().with("state", &"s".repeat(17_000)).path();
    let many = format!("{}{}", good.path(), "&a=".repeat(80));
    let broken = format!("{}&nonce=%zz", good.path());
    for path in [long.as_str(), &many, &broken, "/oauth/authorize"] {
        browser.get(path).await.is_page(400);
    }
}
