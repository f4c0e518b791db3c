//! Secrets and keys are for whoever proved a while ago only who they are.

use std::time::UNIX_EPOCH;

use reqwest::StatusCode;
use shukuba_model::UserId;
use shukuba_store::{NewSession, Secret};
use shukuba_testkit::browser::{Browser, Page};

use crate::console_house::{House, PASSWORD};

/// Longer than the fifteen minutes that a login counts as recent.
const LONG_AGO: i64 = 16 * 60;

/// The pages that lead to a secret, a token or a key.
const PAGES: [&str; 6] = [
    "/console/users/new",
    "/console/keys/change",
    "/console/apis/token",
    "/console/applications/new",
    "/console/applications/secrets/remove",
    "/console/runtimes/adder/tools",
];

/// A browser in which that person logged in so many seconds ago.
async fn logged_in(house: &House, name: &str, ago: i64) -> Browser {
    let id: UserId = house.id_of(name).await.parse().unwrap();
    let now = i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let session = Secret::generate("sks_");
    let new = NewSession {
        session: &session,
        replaces: None,
        user: &id,
        now: now - ago,
        expires_at: now + 86_400,
        address: "127.0.0.1",
        user_agent: "a test",
    };
    house.store.create_session(&new).await.unwrap();
    let mut browser = house.browser_of(name).await;
    let names: Vec<String> = browser.cookies().map(str::to_owned).collect();
    let cookie = names.iter().find(|name| name.ends_with("shukuba_session"));
    browser.set_cookie(cookie.unwrap(), session.reveal());
    browser
}

/// The page that an answer leads back to, where it demands a login.
fn demands_login(page: &Page) -> Option<String> {
    let location = page.location.as_deref()?;
    let request = location.strip_prefix("/oauth/login?request=")?;
    let request = percent_encoding::percent_decode_str(request).decode_utf8();
    let back = request.unwrap().strip_prefix("console:")?.to_owned();
    (page.status == StatusCode::SEE_OTHER).then_some(back)
}

#[tokio::test]
async fn every_page_of_secrets_and_keys_demands_a_recent_login_and_is_come_back_to() {
    let house = House::new().await;
    drop(house.browser("ada", "operator").await);
    for path in PAGES {
        let page = house.address(path);
        let mut fresh = logged_in(&house, "ada", 60).await;
        assert_eq!(fresh.open(&page).await.status, StatusCode::OK, "{path}");
        let mut stale = logged_in(&house, "ada", LONG_AGO).await;
        assert_eq!(stale.open("/console").await.status, StatusCode::OK);
        let asked = stale.open(&page).await;
        let back = demands_login(&asked).unwrap_or_else(|| panic!("{path}: {}", asked.html));
        let login = stale.open(asked.location.as_deref().unwrap()).await;
        assert_eq!(
            login.status,
            StatusCode::OK,
            "a form to log in, not a way round it"
        );
        let fields = [("username", "ada"), ("password", PASSWORD)];
        let done = stale.submit("/oauth/login", &fields).await;
        assert_eq!(done.location.as_deref(), Some(back.as_str()), "{path}");
        let again = stale.open(&back).await;
        assert_eq!(again.status, StatusCode::OK, "{back}");
        let asked_for = path.split('/').nth(2).unwrap();
        assert!(back.starts_with(&format!("/console/{asked_for}")), "{back}");
    }
}

#[tokio::test]
async fn no_form_makes_a_secret_or_changes_a_key_after_an_old_login() {
    let house = House::new().await;
    drop(house.browser("ada", "operator").await);
    let mut stale = logged_in(&house, "ada", LONG_AGO).await;
    let page = stale.open("/console/inspector").await;
    assert_eq!(page.status, StatusCode::OK);
    let csrf = stale.hidden("csrf").unwrap().to_owned();
    let client = house.client.as_str();
    let (id, application) = (("id", client), ("application", client));
    let (name, role) = (("name", "new"), ("role", "viewer"));
    let token = house.address("/console/apis/token");
    let forms: [(&str, &[(&str, &str)]); 13] = [
        ("/console/users", &[name, role]),
        ("/console/users/bob/role", &[role]),
        ("/console/users/bob/disabled", &[("disabled", "true")]),
        ("/console/users/bob/reset", &[]),
        ("/console/keys/change", &[("rotate", "RS256")]),
        ("/console/keys/change", &[("revoke", "x")]),
        (&token, &[application]),
        ("/console/runtimes/adder/tools", &[application]),
        ("/console/applications/new", &[name, ("kind", "native")]),
        ("/console/applications/secrets", &[id]),
        (
            "/console/applications/secrets/remove",
            &[id, ("secret", "x")],
        ),
        (
            "/console/applications/registration-tokens",
            &[name, ("uses", "1"), ("days", "1")],
        ),
        (
            "/console/applications/registration-tokens",
            &[name, ("uses", "many"), ("days", "1")],
        ),
    ];
    let before = house.state().await;
    for (path, fields) in forms {
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend(fields);
        let page = stale.send_form(path, &form, &[]).await;
        let back = demands_login(&page);
        assert!(back.is_some(), "{path} {}: {}", page.status, page.html);
    }
    assert_eq!(house.state().await, before);
}
