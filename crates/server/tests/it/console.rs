//! The console: who may see its pages, and what strangers can make of them.

use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_testkit::browser::Browser;

use crate::Bed;

const PASSWORD: &str = "correct horse battery";
/// Every page.
const PAGES: [&str; 3] = ["/console", "/console/journeys", "/console/journeys/1"];

/// A browser in which a person with that role is logged in.
pub(crate) async fn logged_in(bed: &Bed, name: &str, role: &str) -> Browser {
    let user = json!({ "name": name, "password": PASSWORD, "role": role });
    let (status, created) = bed.post("/api/v1/users", user).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    let mut browser = Browser::new(bed.server.public_url());
    browser.log_in(name, PASSWORD).await;
    browser
}

/// A client that knocks, under a name of its own.
async fn knock(bed: &Bed, agent: &str) {
    let request = bed.anonymous(Method::POST, "/mcp/adder");
    request.header("User-Agent", agent).send().await.unwrap();
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_led_through_the_login_and_back() {
    let bed = Bed::new().await;
    logged_in(&bed, "ada", "operator").await;
    let mut browser = Browser::new(bed.server.public_url());
    for page in PAGES {
        let turned_away = browser.open(page).await;
        assert_eq!(turned_away.status, StatusCode::SEE_OTHER);
        let login = turned_away.location.unwrap();
        assert!(
            login.starts_with("/oauth/login?request=console%3A%2Fconsole"),
            "{login}"
        );
    }
    let login = browser.open("/console/journeys").await.location.unwrap();
    let form = browser.open(&login).await;
    assert_eq!(form.status, StatusCode::OK);
    let fields = [("username", "ada"), ("password", PASSWORD)];
    let back = browser.submit("/oauth/login", &fields).await;
    assert_eq!(back.location.as_deref(), Some("/console/journeys"));
    assert_eq!(
        browser.open("/console/journeys").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_login_for_the_console_leads_nowhere_else() {
    let bed = Bed::new().await;
    logged_in(&bed, "ada", "operator").await;
    for foreign in [
        "https://evil.example/",
        "//evil.example",
        "/oauth/logout",
        "/consolevil",
    ] {
        let mut browser = Browser::new(bed.server.public_url());
        browser
            .open(&format!("/oauth/login?request=console:{foreign}"))
            .await;
        let fields = [("username", "ada"), ("password", PASSWORD)];
        let back = browser.submit("/oauth/login", &fields).await;
        assert_eq!(back.location.as_deref(), Some("/console"), "{foreign}");
    }
}

#[tokio::test]
async fn a_person_without_a_role_sees_no_page_and_a_viewer_all() {
    let bed = Bed::new().await;
    knock(&bed, "a client").await;
    let mut nobody = logged_in(&bed, "bob", "none").await;
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    for page in PAGES {
        let refused = nobody.open(page).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.html.contains("shukuba user role bob operator"));
        assert!(!refused.html.contains("a client"));
        assert_eq!(viewer.open(page).await.status, StatusCode::OK);
    }
    let (status, _) = bed
        .call(
            Method::PATCH,
            "/api/v1/users/eve",
            Some(&json!({ "role": "none" })),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    let refused = viewer.open("/console").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "at once");
}

#[tokio::test]
async fn what_strangers_call_themselves_is_text_and_nothing_else() {
    let bed = Bed::new().await;
    knock(&bed, "<script>alert(1)</script>\"'<b>").await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    for page in PAGES {
        let html = browser.open(page).await.html;
        assert!(html.contains("&#60;script&#62;alert(1)"), "{html}");
        assert!(!html.contains("<script>alert") && !html.contains("<b>"));
    }
}

#[tokio::test]
async fn pages_run_nothing_from_elsewhere_and_stand_in_no_frame() {
    let bed = Bed::new().await;
    for page in ["/console/nothing", "/console/journeys/x"] {
        let answer = bed.anonymous(Method::GET, page).send().await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["cache-control"], "no-store", "{page}");
        if answer.status() == StatusCode::NOT_FOUND {
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; "));
            assert!(policy.contains("frame-ancestors 'none'"));
            assert_eq!(headers["x-frame-options"], "DENY");
        }
    }
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let html = browser.open("/console").await.html;
    let (_, rest) = html.split_once("href=\"/console/assets/").unwrap();
    let style = rest.split('"').next().unwrap();
    let path = format!("/console/assets/{style}");
    let answer = bed.anonymous(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn a_page_that_is_not_there_and_a_journey_that_is_not_kept_say_so() {
    let bed = Bed::new().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let missing = browser.open("/console/nothing").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.html.contains("No such page"));
    let gone = browser.open("/console/journeys/4711").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.html.contains("there is no journey 4711"));
}
