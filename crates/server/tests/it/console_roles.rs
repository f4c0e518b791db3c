//! Who may see and change what, on every route of the console.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_testkit::browser::{Browser, Page};

use crate::console_house::{API, House};
use crate::grants::granted;

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

/// What the forms of the person in that browser carry.
async fn form_token(browser: &mut Browser) -> String {
    let page = browser.open("/console/users/new").await;
    assert_eq!(page.status, StatusCode::OK);
    browser.hidden("csrf").unwrap().to_owned()
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
        let page = ada.send_form(address, &form, &headers).await;
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

/// Who did the last thing of that kind.
async fn actor(house: &House, event: &str) -> String {
    let (_, entries) = house.bed.get("/api/v1/audit?limit=1000").await;
    let entries = entries.as_array().unwrap().iter();
    // The newest first.
    let entry = entries.clone().find(|entry| entry["event"] == event);
    let entry = entry.unwrap_or_else(|| panic!("no {event}"));
    entry["actor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_audit_log_names_the_person_who_changed_something_on_a_page() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    let id = house.id_of("ada").await;
    let client = house.client.clone();
    let csrf = form_token(&mut ada).await;
    let csrf = ("csrf", csrf.as_str());
    let own = "https://own.example/";
    let api = [
        csrf,
        ("name", "own"),
        ("identifier", own),
        ("profile", "rfc9068"),
        ("signing_algorithm", "RS256"),
        ("algorithm", "RS256"),
        ("lifetime", "3600"),
        ("unit", "seconds"),
    ];
    let of_own = "/console/apis/one?identifier=https%3A%2F%2Fown.example%2F";
    let with_id = [csrf, ("id", client.as_str())];
    let application = [csrf, ("name", "made"), ("kind", "native")];
    let token = [csrf, ("name", "made"), ("uses", "1"), ("days", "1")];
    let issue = [csrf, ("application", client.as_str())];
    let delete = [csrf, ("action", "delete")];
    let roll_back = [csrf, ("version", "1")];
    let registration_tokens = "/console/applications/registration-tokens";
    let forms: [(&str, &[(&str, &str)], &str); 9] = [
        ("/console/apis/new", &api, "api.created"),
        (of_own, &api, "api.updated"),
        (of_own, &delete, "api.deleted"),
        ("/console/apis/token", &issue, "application.token"),
        (
            "/console/applications/secrets",
            &with_id,
            "application.secret_added",
        ),
        (
            "/console/applications/new",
            &application,
            "application.created",
        ),
        (registration_tokens, &token, "initial_token.created"),
        (
            "/console/runtimes/adder/rollback",
            &roll_back,
            "runtime.rolled_back",
        ),
        (
            "/console/applications/delete",
            &with_id,
            "application.deleted",
        ),
    ];
    for (path, fields, event) in forms {
        let path = if path.ends_with("token") {
            house.address(path)
        } else {
            path.to_owned()
        };
        let page = ada.send_form(&path, fields, &[]).await;
        assert!(
            page.status.as_u16() < 400,
            "{path} {}: {}",
            page.status,
            page.html
        );
        assert_eq!(actor(&house, event).await, id, "{event}");
    }
}

#[tokio::test]
async fn the_audit_log_names_the_person_who_took_something_back_on_a_page() {
    let house = House::new().await;
    let bed = &house.bed;
    let mut ada = house.browser("ada", "operator").await;
    let id = house.id_of("ada").await;
    let granted = granted(bed, "dan", "laptop").await;
    let client = house.client.clone();
    let (_, added) = bed
        .post(&format!("/api/v1/applications/{client}/secrets"), json!({}))
        .await;
    assert!(added["client_secret"].is_string(), "{added}");
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let token = house.provider.token(API, i64::try_from(now).unwrap());
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let call = bed.anonymous(Method::POST, "/mcp/adder").bearer_auth(token);
    let call = call.header(CONTENT_TYPE, "application/json");
    let call = call.header(ACCEPT, "application/json, text/event-stream");
    let call = call.body(list.to_string()).send().await.unwrap();
    assert_eq!(call.status(), StatusCode::OK);
    let text = async |path: &str, pointer: &str| {
        let (_, told) = bed.get(path).await;
        let text = told.pointer(pointer).and_then(|value| value.as_str());
        text.unwrap_or_else(|| panic!("{path} {pointer}: {told}"))
            .to_owned()
    };
    let grant = text("/api/v1/grants", "/0/id").await;
    let secret = format!("/api/v1/applications/{client}");
    let secret = text(&secret, "/secrets/0/id").await;
    let initial = text("/api/v1/initial-access-tokens", "/0/id").await;
    let instance = text("/api/v1/runtimes/adder/instances", "/0/id").await;
    let csrf = form_token(&mut ada).await;
    let csrf = ("csrf", csrf.as_str());
    let of_grant = [
        csrf,
        ("id", granted.client_id.as_str()),
        ("grant", grant.as_str()),
    ];
    let of_secret = [csrf, ("id", client.as_str()), ("secret", secret.as_str())];
    let of_initial = [csrf, ("id", initial.as_str())];
    let of_instance = [csrf, ("instance", instance.as_str())];
    let forms: [(&str, &[(&str, &str)], &str); 4] = [
        ("applications/grants/revoke", &of_grant, "grant.revoked"),
        (
            "applications/secrets/remove",
            &of_secret,
            "application.secret_removed",
        ),
        (
            "applications/registration-tokens/revoke",
            &of_initial,
            "initial_token.revoked",
        ),
        ("runtimes/adder/stop", &of_instance, "instance.stopped"),
    ];
    for (path, fields, event) in forms {
        let page = ada
            .send_form(&format!("/console/{path}"), fields, &[])
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.html);
        assert_eq!(actor(&house, event).await, id, "{event}");
    }
}
