//! Who may see and change what, on every route of the console.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_testkit::browser::{Browser, Page};

use crate::console_house::{House, form_token};

/// The form that carries files is no urlencoded one.
const UPLOAD: &str = "/console/launches/new?";
const ASSETS: &str = "/console/assets/";

/// What every answer must carry, whatever it is.
fn guarded(what: &str, headers: &HeaderMap) {
    let of = |name: &str| {
        let value = headers.get(name);
        let value = value.unwrap_or_else(|| panic!("{what}: no {name}"));
        value.to_str().unwrap().to_owned()
    };
    assert_eq!(of("x-frame-options"), "DENY", "{what}");
    assert_eq!(of("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(of("referrer-policy"), "no-referrer", "{what}");
    let policy = of("content-security-policy");
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{what}: {policy}"
    );
    let kept = of("cache-control");
    let is_file = what.contains(ASSETS) && kept.ends_with("immutable");
    assert!(kept == "no-store" || is_file, "{what}: {kept}");
}

/// What is meant by [`House::routes`], each method by itself.
async fn each(house: &House) -> Vec<(Method, String)> {
    let routes = house.routes().await;
    let each = routes.into_iter().flat_map(|(address, methods)| {
        let methods = methods.into_iter().filter(|method| *method != Method::HEAD);
        methods.map(move |method| (method, address.clone()))
    });
    each.collect()
}

async fn ask(browser: &mut Browser, method: &Method, address: &str, csrf: &str) -> Page {
    let page = match *method {
        Method::GET => browser.open(address).await,
        Method::POST => browser.send_form(address, &[("csrf", csrf)], &[]).await,
        _ => panic!("{method} {address}: a page has links and forms, nothing else"),
    };
    guarded(
        &format!("{method} {address} {}", page.status),
        &page.headers,
    );
    page
}

#[tokio::test]
async fn nobody_gets_further_than_the_login_and_no_role_nowhere() {
    let house = House::new().await;
    let mut nobody = house.browser("cat", "operator").await;
    let csrf = form_token(&mut nobody).await;
    let demoted = json!({ "role": "none" });
    let path = "/api/v1/users/cat";
    house.bed.call(Method::PATCH, path, Some(&demoted)).await;
    let before = house.state().await;
    for (method, address) in each(&house).await {
        let mut stranger = Browser::new(house.bed.server.public_url());
        let turned_away = ask(&mut stranger, &method, &address, "").await;
        if address.starts_with(ASSETS) {
            continue;
        }
        assert_eq!(
            turned_away.status,
            StatusCode::SEE_OTHER,
            "{method} {address}"
        );
        let login = turned_away.location.unwrap();
        assert!(
            login.starts_with("/oauth/login?request=console%3A"),
            "{login}"
        );
        let refused = ask(&mut nobody, &method, &address, &csrf).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {address}");
        assert!(!refused.html.contains(&house.client), "{method} {address}");
    }
    assert_eq!(house.state().await, before);
}

#[tokio::test]
async fn a_viewer_changes_nothing_and_sees_neither_secret_nor_form() {
    let house = House::new().await;
    let mut viewer = house.browser("eve", "operator").await;
    // A token of the time when she might: the role alone decides.
    let csrf = form_token(&mut viewer).await;
    let demoted = json!({ "role": "viewer" });
    let path = "/api/v1/users/eve";
    house.bed.call(Method::PATCH, path, Some(&demoted)).await;
    let before = house.state().await;
    let mut seen = 0;
    for (method, address) in each(&house).await {
        let page = ask(&mut viewer, &method, &address, &csrf).await;
        let what = format!("{method} {address}");
        if method == Method::POST {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}");
        }
        seen += u32::from(page.status == StatusCode::OK);
        assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
        for secret in &house.secrets {
            assert!(!page.html.contains(secret.as_str()), "{what}");
        }
        assert!(!page.html.contains(&csrf), "{what}: a form token");
        for form in page.html.split("<form").skip(1) {
            let tag = form.split('>').next().unwrap();
            let harmless = tag.contains("action=\"/oauth/language\"") || tag.contains("\"get\"");
            assert!(harmless, "{what}: <form{tag}>");
        }
    }
    assert!(seen > 12, "{seen} pages were there at all");
    assert_eq!(house.state().await, before);
}

#[tokio::test]
async fn no_form_counts_without_its_own_proof_or_from_another_site() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    let csrf = form_token(&mut ada).await;
    let mut other = house.browser("olga", "operator").await;
    let of_another = form_token(&mut other).await;
    let mut at_home = house.browser_of("ada").await;
    let of_another_browser = form_token(&mut at_home).await;
    assert_ne!(csrf, of_another_browser);
    let before = house.state().await;
    let routes = each(&house).await;
    let posts: Vec<&String> = routes
        .iter()
        .filter(|(method, _)| *method == Method::POST)
        .map(|(_, address)| address)
        .collect();
    assert!(posts.len() >= 15, "{posts:?}");
    for address in &posts {
        for wrong in ["", "x", &of_another, &of_another_browser] {
            let page = ask(&mut ada, &Method::POST, address, wrong).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{address} {wrong}");
        }
        for header in [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let form = [("csrf", csrf.as_str())];
            let page = ada.send_form(address, &form, &[header]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{address} {header:?}");
            guarded(address, &page.headers);
        }
    }
    assert_eq!(house.state().await, before);
    // It was the proof that was missing, and nothing else.
    for address in &posts {
        let own = house.bed.server.public_url().to_owned();
        let form = [("csrf", csrf.as_str())];
        let headers = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
        let page = if address.starts_with(UPLOAD) {
            let parts = [("csrf", None, csrf.as_str())];
            ada.upload_only(address, &parts).await
        } else {
            ada.send_form(address, &form, &headers).await
        };
        assert_ne!(page.status, StatusCode::FORBIDDEN, "{address}");
        guarded(address, &page.headers);
    }
}

#[tokio::test]
async fn what_is_no_page_and_what_is_no_method_is_guarded_too() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    for address in [
        "/console/nothing",
        "/console/",
        "/console/assets/x.js",
        "/console/journeys/x",
    ] {
        let page = ada.open(address).await;
        guarded(address, &page.headers);
        let request = house.bed.anonymous(Method::PUT, address);
        guarded(address, request.send().await.unwrap().headers());
    }
    let html = ada.open("/console").await.html;
    let (_, rest) = html.split_once(ASSETS).unwrap();
    let file = format!("{ASSETS}{}", rest.split('"').next().unwrap());
    let page = ada.open(&file).await;
    assert_eq!(page.status, StatusCode::OK);
    guarded(&file, &page.headers);
}
