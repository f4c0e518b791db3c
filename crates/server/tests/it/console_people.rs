//! The console's pages about people, keys, the audit log and settings.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_model::setting::{Knob, SettingSource};
use shukuba_testkit::browser::Browser;

use crate::Bed;

const PASSWORD: &str = "correct horse battery";
const SCRIPT: &str = "<script>alert(1)</script>\"'<b>";
/// Every form: where it is sent, and a page that shows what it must carry.
const FORMS: [(&str, &[(&str, &str)]); 6] = [
    ("/console/users", &[("name", "eve"), ("role", "operator")]),
    ("/console/users/bob/role", &[("role", "operator")]),
    ("/console/users/bob/disabled", &[("disabled", "true")]),
    ("/console/users/bob/reset", &[]),
    ("/console/keys/change", &[("rotate", "RS256")]),
    ("/console/keys/change", &[("revoke", "x")]),
];
/// Every page that a viewer sees.
const PAGES: [&str; 7] = [
    "/console/users",
    "/console/users/bob",
    "/console/keys",
    "/console/audit",
    "/console/audit/refusals",
    "/console/audit/check",
    "/console/settings",
];

/// A browser in which a new person with that role is logged in.
async fn logged_in(bed: &Bed, name: &str, role: &str) -> Browser {
    create(bed, name, role).await;
    let mut browser = Browser::new(bed.server.public_url());
    browser.log_in(name, PASSWORD).await;
    browser
}

async fn create(bed: &Bed, name: &str, role: &str) {
    let user = json!({ "name": name, "password": PASSWORD, "role": role });
    let (status, created) = bed.post("/api/v1/users", user).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
}

async fn user(bed: &Bed, name: &str) -> Value {
    bed.get(&format!("/api/v1/users/{name}")).await.1
}

async fn audit(bed: &Bed) -> Vec<Value> {
    let (_, entries) = bed.get("/api/v1/audit?limit=1000").await;
    entries.as_array().unwrap().clone()
}

/// Sends the form after opening a page that holds the person's form token.
async fn send(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
) -> shukuba_testkit::browser::Page {
    let page = browser.open("/console/users/new").await;
    assert_eq!(page.status, StatusCode::OK);
    browser.submit(path, fields).await
}

/// The link that a page shows.
fn link(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<code data-copyable>http")?;
    let link = rest.split('<').next()?;
    let at = html.find(link)?;
    html.get(at - 4..at + link.len())
}

#[tokio::test]
async fn a_person_created_on_the_page_gets_a_link_that_is_shown_once() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let fields = [
        ("name", "bob"),
        ("display_name", "Bob B."),
        ("email", "bob@example.org"),
        ("role", "viewer"),
    ];
    let page = send(&mut ada, "/console/users", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let link = link(&page.html).unwrap().replace("&#38;", "&");
    let secret = link.rsplit("skl_").next().unwrap();
    for path in PAGES {
        let html = ada.open(path).await.html;
        assert!(!html.contains(secret), "{path}");
        assert!(!html.contains("skl_"), "{path}");
    }
    let mut bob = Browser::new(bed.server.public_url());
    bob.choose_password(&link, PASSWORD).await;
    let html = bob.open("/console/users").await.html;
    assert!(html.contains("Bob B.") && html.contains("bob@example.org"));
    let ada = user(&bed, "ada").await["id"].as_str().unwrap().to_owned();
    let created = audit(&bed).await;
    let created = created.iter().find(|entry| entry["detail"] == "bob");
    assert_eq!(created.unwrap()["actor"], json!(ada));
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_said_at_its_field_and_what_was_typed_stays() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let good = [
        ("name", "bob"),
        ("display_name", "Bob"),
        ("email", "b@c"),
        ("role", "none"),
    ];
    for (index, value, status, named) in [
        (0, "a b", 400, "begins with a letter or digit"),
        (0, SCRIPT, 400, "begins with a letter or digit"),
        (0, "ada", 409, "Somebody has this name already"),
        (1, "a\u{7}b", 400, "without control characters"),
        (2, "no address", 400, "name@host"),
        (2, SCRIPT, 400, "name@host"),
        (3, "owner", 400, "Pick one of the three"),
    ] {
        let mut fields = good;
        fields[index].1 = value;
        let page = send(&mut ada, "/console/users", &fields).await;
        assert_eq!(page.status.as_u16(), status, "{value}");
        assert!(page.html.contains("role=\"alert\""), "{value}");
        assert!(page.html.contains(named), "{value}: {}", page.html);
        assert!(page.html.contains("value=\"Bob\"") || index == 1);
        assert!(!page.html.contains("<script>alert"));
        if index < 3 && value == SCRIPT {
            assert!(page.html.contains("&#60;script&#62;alert(1)"));
        }
    }
    assert_eq!(
        bed.get("/api/v1/users").await.1.as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_person_is_kept_out_let_in_reset_and_given_a_role_on_their_page() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let mut bob = logged_in(&bed, "bob", "none").await;
    let id = user(&bed, "bob").await["id"].as_str().unwrap().to_owned();
    let page = format!("/console/users/{id}");

    ada.open(&page).await;
    let role = format!("{page}/role");
    let done = ada.submit(&role, &[("role", "viewer")]).await;
    assert_eq!(done.location.as_deref(), Some(page.as_str()));
    assert_eq!(bob.open("/console").await.status, StatusCode::OK);

    let html = ada.open(&page).await.html;
    assert!(html.contains("Ends every session and every token of bob"));
    let disabled = format!("{page}/disabled");
    ada.submit(&disabled, &[]).await;
    assert_eq!(bob.open("/console").await.status, StatusCode::SEE_OTHER);
    let html = ada.open(&page).await.html;
    assert!(html.contains("Whoever is kept out gets no link"));
    ada.submit(&disabled, &[]).await;
    assert_eq!(user(&bed, "bob").await["disabled"], false);

    ada.open(&page).await;
    let reset = ada.submit(&format!("{page}/reset"), &[]).await;
    assert_eq!(reset.status, StatusCode::OK);
    assert!(link(&reset.html).is_some(), "{}", reset.html);
    for wrong in [("role", "owner"), ("disabled", "perhaps")] {
        let path = format!("{page}/{}", wrong.0);
        let refused = send(&mut ada, &path, &[wrong]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    let nobody = ada.open("/console/users/eve").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_takes_away_their_own_role_or_keeps_themselves_out() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let html = ada.open("/console/users/ada").await.html;
    assert!(html.contains("You cannot take away your own role"));
    assert!(html.contains("You cannot keep yourself out"));
    for (path, field) in [
        ("/console/users/ada/role", ("role", "viewer")),
        ("/console/users/ada/role", ("role", "none")),
        ("/console/users/ada/disabled", ("disabled", "true")),
    ] {
        let refused = send(&mut ada, path, &[field]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.html.contains("another operator can"));
    }
    let ada = user(&bed, "ada").await;
    assert_eq!(
        (&ada["role"], &ada["disabled"]),
        (&json!("operator"), &json!(false))
    );
}

#[tokio::test]
async fn a_viewer_sees_every_page_and_sends_no_form() {
    let bed = Bed::new().await;
    create(&bed, "bob", "none").await;
    let mut viewer = logged_in(&bed, "vic", "viewer").await;
    let before = (audit(&bed).await.len(), bed.get("/api/v1/keys").await.1);
    for page in PAGES {
        let seen = viewer.open(page).await;
        assert_eq!(seen.status, StatusCode::OK, "{page}");
        let forms = seen.html.matches("method=\"post\"").count();
        assert_eq!(forms, 1, "only the language switch: {page}");
        assert!(!seen.html.contains("/console/keys/change"));
    }
    for page in ["/console/users/new", "/console/keys/change?rotate=RS256"] {
        let refused = viewer.open(page).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{page}");
    }
    for (path, fields) in FORMS {
        viewer.open("/console/users").await;
        let refused = viewer.submit(path, fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.html.contains("your role is viewer"), "{path}");
    }
    let after = (audit(&bed).await.len(), bed.get("/api/v1/keys").await.1);
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_form_that_none_of_our_pages_made_changes_nothing() {
    let bed = Bed::new().await;
    create(&bed, "bob", "none").await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    for (path, fields) in FORMS {
        for csrf in ["", "another"] {
            ada.open("/console/users").await;
            let fields = [fields, &[("csrf", csrf)]].concat();
            let refused = ada.submit(path, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
            assert!(refused.html.contains("Nothing was changed"), "{path}");
        }
    }
    let bob = user(&bed, "bob").await;
    assert_eq!(
        (&bob["role"], &bob["disabled"]),
        (&json!("none"), &json!(false))
    );
    assert_eq!(
        bed.get("/api/v1/users").await.1.as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn keys_change_after_a_page_that_says_what_that_does() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let (_, before) = bed.get("/api/v1/keys").await;
    let current = before
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["algorithm"] == "RS256" && key["state"] == "current");
    let kid = current.unwrap()["kid"].as_str().unwrap();
    let html = ada.open("/console/keys").await.html;
    assert!(html.contains(kid));

    let html = ada.open("/console/keys/change?rotate=RS256").await.html;
    assert!(html.contains("nobody logs in again"), "{html}");
    assert_eq!(
        bed.get("/api/v1/keys").await.1,
        before,
        "a look changes nothing"
    );
    // The first keys may take over at once; the ones made a second later not.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let done = ada.submit("/console/keys/change", &[]).await;
    assert_eq!(
        done.location.as_deref(),
        Some("/console/keys"),
        "{}",
        done.html
    );
    let html = ada.open("/console/keys").await.html;
    assert!(html.contains("Previous"));

    ada.open("/console/keys/change?rotate=RS256").await;
    let soon = ada.submit("/console/keys/change", &[]).await;
    assert_eq!(soon.status, StatusCode::CONFLICT);
    assert!(soon.html.contains("rotate in"), "{}", soon.html);

    let address = format!("/console/keys/change?revoke={kid}");
    let html = ada.open(&address).await.html;
    assert!(
        html.contains("every token it signed is refused at once"),
        "{html}"
    );
    let done = ada.submit("/console/keys/change", &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(!bed.get("/api/v1/keys").await.1.to_string().contains(kid));
    for (address, status) in [
        ("/console/keys/change?revoke=%3Cscript%3Ealert", 404),
        ("/console/keys/change?rotate=HS256", 404),
        ("/console/keys/change", 404),
        ("/console/keys/change?rotate=RS256&revoke=x", 404),
    ] {
        let wrong = ada.open(address).await;
        assert_eq!(wrong.status.as_u16(), status, "{address}");
        assert!(!wrong.html.contains("<script>alert"));
    }
    let id = user(&bed, "ada").await["id"].clone();
    for event in ["key.rotated", "key.revoked"] {
        let entries = audit(&bed).await;
        let entry = entries.iter().find(|entry| entry["event"] == event);
        assert_eq!(entry.unwrap()["actor"], id, "{event}");
    }
}

/// An application that is made and removed, so that the log has many entries.
async fn busy(bed: &Bed, times: usize) {
    let api = json!({ "name": "A", "identifier": "https://api.example/" });
    bed.post("/api/v1/apis", api).await;
    for number in 0..times {
        let name = format!("app{number}");
        let body = json!({ "name": name, "type": "m2m", "apis": ["https://api.example/"] });
        bed.post("/api/v1/applications", body).await;
    }
}

/// The numbers of the entries that a page shows.
fn numbers(html: &str) -> Vec<i64> {
    let rows = html.split("<tr><td>").skip(1);
    rows.map(|row| row.split('<').next().unwrap().parse().unwrap())
        .collect()
}

fn href<'a>(html: &'a str, label: &str) -> Option<&'a str> {
    let (before, _) = html.split_once(&format!("\">{label}</a>"))?;
    before
        .rsplit_once("href=\"")
        .map(|(_, address)| address.split('"').next().unwrap())
}

#[tokio::test]
async fn the_log_is_read_page_by_page_without_a_gap() {
    let bed = Bed::new().await;
    busy(&bed, 60).await;
    let mut ada = logged_in(&bed, "ada", "viewer").await;
    let mut address = Some("/console/audit".to_owned());
    let mut seen = Vec::new();
    while let Some(page) = address {
        let html = ada.open(&page).await.html;
        let shown = numbers(&html);
        assert!(shown.len() <= 50);
        seen.extend(shown);
        address = html.find("rel=\"next\"").and_then(|end| {
            let (_, address) = html.get(..end)?.rsplit_once("href=\"")?;
            Some(address.split('"').next()?.replace("&#38;", "&"))
        });
        assert_eq!(
            href(&html, "Newest").is_some(),
            page.contains("before"),
            "{page}"
        );
    }
    let newest = seen[0];
    assert!(newest > 60);
    assert_eq!(seen, (1..=newest).rev().collect::<Vec<i64>>());
}

#[tokio::test]
async fn the_log_is_filtered_by_event_person_and_client() {
    let bed = Bed::new().await;
    busy(&bed, 2).await;
    bed.post("/api/v1/users", json!({ "name": "bob" })).await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let fields = [("name", "eve"), ("role", "none")];
    send(&mut ada, "/console/users", &fields).await;
    let of = async |ada: &mut Browser, query: &str| {
        numbers(&ada.open(&format!("/console/audit?{query}")).await.html).len()
    };
    assert_eq!(of(&mut ada, "event=user.created").await, 3);
    assert_eq!(of(&mut ada, "event=user.created&person=bob").await, 1);
    // What the operator's key did to her, and what she did.
    assert_eq!(of(&mut ada, "event=user.created&person=ada").await, 2);
    assert_eq!(of(&mut ada, "event=user.created&person=operator").await, 2);
    assert_eq!(of(&mut ada, "event=user.created&person=nobody").await, 0);
    assert_eq!(of(&mut ada, "client=nobody").await, 0);
    let html = ada
        .open("/console/audit?event=user.created&person=ada")
        .await
        .html;
    assert!(html.contains("<td>ada</td><td class=\"wide\">"), "{html}");
    let hostile = "/console/audit?event=%3Cscript%3Ealert(1)%3C/script%3E%22&person=%3Cb%3E&client=%3Cb%3E&before=x";
    let html = ada.open(hostile).await.html;
    assert!(html.contains("No entry fits all of this"));
    assert!(html.contains("&#60;script&#62;alert(1)"));
    assert!(!html.contains("<script>alert") && !html.contains("<b>"));
}

#[tokio::test]
async fn the_export_holds_every_entry_of_the_filter_a_line_each() {
    let bed = Bed::new().await;
    busy(&bed, 70).await;
    let mut ada = logged_in(&bed, "ada", "viewer").await;
    let whole = ada.open("/console/audit/export").await;
    assert_eq!(whole.status, StatusCode::OK);
    let lines: Vec<Value> = whole
        .html
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, audit(&bed).await);
    assert!(lines.len() > 70);
    let some = ada
        .open("/console/audit/export?event=application.created")
        .await;
    assert_eq!(some.html.lines().count(), 70);
    let none = ada.open("/console/audit/export?event=nothing").await;
    assert_eq!((none.status, none.html.as_str()), (StatusCode::OK, ""));
    let stranger = bed.anonymous(Method::GET, "/console/audit/export");
    let stranger = stranger.send().await.unwrap().text().await.unwrap();
    assert!(!stranger.contains("application.created"));
}

#[tokio::test]
async fn the_check_tells_whether_the_log_is_whole() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "viewer").await;
    let html = ada.open("/console/audit/check").await.html;
    let (_, check) = bed.get("/api/v1/audit/check").await;
    assert!(html.contains("Whole: all"), "{html}");
    assert!(html.contains(check["head"].as_str().unwrap()));
}

#[tokio::test]
async fn refusals_stand_together_by_reason_and_client_with_what_to_do() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "viewer").await;
    let html = ada.open("/console/audit/refusals").await.html;
    assert!(html.contains("Nothing was refused"), "{html}");
    for redirect in ["javascript:a", "javascript:b"] {
        let request = bed.anonymous(Method::POST, "/oauth/register");
        let body = json!({ "redirect_uris": [redirect], "client_name": SCRIPT });
        let request = request.header("User-Agent", SCRIPT).json(&body);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let html = ada.open("/console/audit/refusals").await.html;
    assert_eq!(html.matches("<li class=\"card\">").count(), 1, "{html}");
    assert!(html.contains("invalid_redirect_uri"));
    assert!(html.contains("2 ×"), "{html}");
    assert!(html.contains("href=\"/console/journeys/1\""));
    assert!(html.contains("&#60;script&#62;alert(1)"));
    assert!(!html.contains("<script>alert") && !html.contains("<b>"));
}

#[tokio::test]
async fn settings_are_shown_with_who_said_so_and_without_a_secret() {
    let key = "11".repeat(32);
    let master_key = std::sync::Arc::new(key.parse().unwrap());
    let bed = Bed::with(|settings| {
        settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        settings.master_key = Some(master_key);
        settings.sources = [
            (Knob::TrustedProxies, SettingSource::Flag),
            (Knob::DataDir, SettingSource::Environment),
        ]
        .into_iter()
        .collect();
    })
    .await;
    let mut ada = logged_in(&bed, "ada", "viewer").await;
    let html = ada.open("/console/settings").await.html;
    let row = |label: &str| {
        let (_, row) = html
            .split_once(&format!("<th scope=\"row\">{label}"))
            .unwrap();
        row.split("</tr>").next().unwrap().to_owned()
    };
    let proxies = row("Trusted proxies");
    assert!(proxies.contains("10.0.0.0/8") && proxies.contains("Flag"));
    let data = row("Data directory");
    assert!(data.contains("Environment") && data.contains("SHUKUBA_DATA_DIR"));
    assert!(data.contains(bed.server.data_dir().to_str().unwrap()));
    let url = row("Public URL");
    assert!(url.contains(bed.server.public_url()) && url.contains("Default"));
    let master = row("Master key");
    assert!(master.contains("in the environment") && !html.contains(&key));
    assert!(row("Unused login").contains("<code>30</code>"));
    assert!(row("TLS certificate").contains("none"));
    assert!(!html.contains(bed.server.operator_key()));
}
