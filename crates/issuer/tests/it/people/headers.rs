//! What every page carries, cookies, languages and the stylesheet.

use axum::body::Body;
use http::Request;
use http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use shukuba_issuer::{Issuer, IssuerSettings};

use super::super::{Fixture, settings};
use super::{Browser, PASSWORD, person};

#[tokio::test]
async fn a32_o02_every_page_forbids_frames_scripts_caches_and_referrers() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = Browser::default();
    browser.log_in(&fixture, "ann", PASSWORD).await;
    let mut pages = vec![
        Browser::default().get(&fixture, "/account").await,
        Browser::default()
            .get(&fixture, "/oauth/link?token=skl_x")
            .await,
        Browser::default().get(&fixture, "/oauth/logout").await,
        Browser::default()
            .post_as_is(&fixture, "/oauth/login", &[])
            .await,
    ];
    for path in ["/account", "/oauth/logout"] {
        pages.push(browser.get(&fixture, path).await);
    }
    for page in pages {
        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.split("; ").any(|known| known == part), "{policy}");
        }
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.header("access-control-allow-origin").is_none());
        assert!(page.text.contains("<html lang=\"en\">"));
    }
}

#[tokio::test]
async fn cookies_are_of_this_host_alone_and_out_of_the_reach_of_scripts() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let http = Browser::default().log_in(&fixture, "ann", PASSWORD).await;
    let cookies = |answer: &super::Answer| -> Vec<String> {
        let all = answer.headers.get_all(SET_COOKIE).iter();
        all.map(|cookie| cookie.to_str().unwrap().to_owned())
            .collect()
    };
    assert!(!cookies(&http).is_empty());
    for cookie in cookies(&http) {
        assert!(cookie.starts_with("shukuba_"), "{cookie}");
        assert!(cookie.contains("; Path=/; ") && cookie.contains("; HttpOnly; SameSite=Lax"));
        assert!(!cookie.contains("Secure") && !cookie.contains("Domain"));
    }
    let secure = IssuerSettings {
        issuer: "https://tools.example".to_owned(),
        ..settings()
    };
    let issuer = Issuer::open(secure, fixture.store.clone(), fixture.clock.clone());
    let fixture = Fixture {
        issuer: issuer.await.unwrap(),
        ..fixture
    };
    let https = Browser::default().log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(cookies(&https).len(), 2);
    for cookie in cookies(&https) {
        assert!(cookie.starts_with("__Host-shukuba_"), "{cookie}");
        assert!(cookie.contains("; Path=/; ") && cookie.ends_with("; SameSite=Lax; Secure"));
    }
}

#[tokio::test]
async fn a_page_speaks_the_browsers_language_until_the_person_chooses() {
    let fixture = Fixture::new().await;
    let mut browser = Browser::default();
    let request = browser
        .request(Request::get("/account"))
        .header(ACCEPT_LANGUAGE, "ja,en;q=0.5")
        .body(Body::empty())
        .unwrap();
    let page = browser.send(&fixture, request).await;
    assert!(page.text.contains("<html lang=\"ja\">"));
    assert!(page.text.contains("ログイン"));

    let switch = [
        ("language", "ja"),
        ("back", "/oauth/authorize/continue?request=skq_1"),
    ];
    let answer = browser
        .post_as_is(&fixture, "/oauth/language", &switch)
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.location(), "/oauth/authorize/continue?request=skq_1");
    let page = browser.get(&fixture, "/account").await;
    assert!(
        page.text.contains("<html lang=\"ja\">"),
        "without Accept-Language"
    );

    let foreign = [("language", "en"), ("back", "//evil.example")];
    let answer = browser
        .post_as_is(&fixture, "/oauth/language", &foreign)
        .await;
    assert_eq!(answer.location(), "/account");
    let unknown = browser
        .post_as_is(&fixture, "/oauth/language", &[("language", "xx")])
        .await;
    assert_eq!(unknown.status, 400);
}

#[tokio::test]
async fn the_stylesheet_is_kept_for_ever_under_a_name_that_changes_with_it() {
    let fixture = Fixture::new().await;
    let page = Browser::default().get(&fixture, "/account").await;
    let (_, after) = page.text.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = fixture.get(after.split('"').next().unwrap()).await;
    assert_eq!(style.status, 200);
    assert_eq!(
        style.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    let cache = style.header("cache-control").unwrap();
    assert!(cache.contains("immutable"), "{cache}");
    let other = fixture.get("/oauth/assets/style-x.css").await;
    assert_eq!(other.status, 404);
}
