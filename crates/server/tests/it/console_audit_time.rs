//! The audit log of a span of time: its page, its export and the API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_store::AuditEvent;
use shukuba_testkit::browser::{Browser, Page};

use crate::Bed;
use crate::prepared::Prepared;

const LOG: &str = "/console/audit";
const PASSWORD: &str = "correct horse battery";
/// 2001-09-09T01:46:40 UTC, which nothing but these tests records.
const BEGIN: i64 = 1_000_000_000;
/// An hour of it, and the entries that are recorded then.
const HOUR: &str = "since=2001-09-09T02%3A00&until=2001-09-09T03%3A00";
const IN_HOUR: usize = 120;

/// A server whose log has two entries every minute for four hours, a login and a
/// consent.
async fn server() -> Bed {
    let prepared = Prepared::new().await;
    for minute in 0..240 {
        let event = |event| AuditEvent {
            event,
            outcome: "ok",
            actor: "operator".to_owned(),
            ..AuditEvent::default()
        };
        let events = [event("login"), event("consent")];
        let at = BEGIN + minute * 60;
        prepared.store.append_audit(&events, at).await.unwrap();
    }
    prepared.start(|_| {}).await
}

/// A browser in which a viewer is logged in.
async fn viewer(bed: &Bed) -> Browser {
    let user = json!({ "name": "ada", "password": PASSWORD, "role": "viewer" });
    let (status, created) = bed.post("/api/v1/users", user).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    let mut browser = Browser::new(bed.server.public_url());
    browser.log_in("ada", PASSWORD).await;
    browser
}

/// The times of the entries that a page shows.
fn times(page: &Page) -> Vec<&str> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let (_, table) = page.html.split_once("<tbody>").unwrap_or_default();
    let times = table.split("<time datetime=\"").skip(1);
    times.map(|time| time.split('"').next().unwrap()).collect()
}

fn next(page: &Page) -> Option<String> {
    let (before, _) = page.html.split_once("\" rel=\"next\"")?;
    let (_, address) = before.rsplit_once("href=\"")?;
    Some(address.replace("&#38;", "&"))
}

/// How many entries the pages of a filter show together.
async fn count(browser: &mut Browser, query: &str) -> usize {
    let (mut address, mut shown) = (Some(format!("{LOG}?{query}")), 0);
    while let Some(page) = address {
        let page = browser.open(&page).await;
        let times = times(&page);
        let all_within = times
            .iter()
            .all(|time| ("2001-09-09T02:00:00Z".."2001-09-09T03:00:00Z").contains(time));
        assert!(all_within, "{query}: {times:?}");
        assert!(times.is_sorted_by(|one, other| one >= other), "{times:?}");
        shown += times.len();
        address = next(&page);
    }
    shown
}

#[tokio::test]
async fn what_is_no_span_of_time_is_refused_with_the_form_that_is_expected() {
    let bed = server().await;
    let mut ada = viewer(&bed).await;
    let form = "is no time. Write date and time in UTC as 2026-11-29T16:15.";
    let hostile = "since=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE";
    for (query, field, said) in [
        ("since=yesterday", "since", form),
        ("until=2001-02-30T00:00&event=login", "until", form),
        ("since=2001-09-09T02:00+09:00", "since", form),
        (hostile, "since", form),
        (
            "since=2001-09-09T03:00&until=2001-09-09T02:00",
            "until",
            "later than since",
        ),
        (
            "since=2001-09-09T02:00&until=2001-09-09T02:00",
            "until",
            "later than since",
        ),
    ] {
        for path in [LOG, "/console/audit/export"] {
            let page = ada.open(&format!("{path}?{query}")).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}?{query}");
            let (_, alert) = page.html.split_once("role=\"alert\"").unwrap();
            let (alert, _) = alert.split_once("</div>").unwrap();
            assert!(alert.contains(&format!("href=\"#{field}\"")), "{alert}");
            assert!(alert.contains(said), "{alert}");
            let (_, input) = page.html.split_once(&format!("id=\"{field}\"")).unwrap();
            assert!(input.split('>').next().unwrap().contains("aria-invalid"));
            assert!(!page.html.contains("<tbody>"), "nothing was looked for");
            assert!(!page.html.contains("/export?") && !page.html.contains("<script>alert"));
            assert!(!page.html.contains('\u{202e}'));
        }
    }
    ada.set_cookie("shukuba_language", "ja");
    let page = ada.open(&format!("{LOG}?since=yesterday")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.html
            .contains("「yesterday」は日時として読み取れません")
    );
}

#[tokio::test]
async fn a_span_is_read_by_page_and_with_the_other_filters() {
    let bed = server().await;
    let mut ada = viewer(&bed).await;
    for (more, expected) in [
        ("", IN_HOUR),
        ("event=login&", IN_HOUR / 2),
        ("person=operator&", IN_HOUR),
        ("person=operator&event=consent&", IN_HOUR / 2),
        ("person=nobody&", 0),
        ("client=nobody&", 0),
    ] {
        let query = format!("{more}{HOUR}");
        assert_eq!(count(&mut ada, &query).await, expected, "{query}");
    }
    // What was asked is still there, and leads on.
    let page = ada.open(&format!("{LOG}?event=login&{HOUR}")).await;
    for field in [
        "since\" type=\"datetime-local\" value=\"2001-09-09T02:00\"",
        "2001-09-09T03:00\"",
    ] {
        assert!(page.html.contains(field), "{field}: {}", page.html);
    }
    let second = next(&page).unwrap();
    assert!(
        second.contains("since=2001") && second.contains("until=2001"),
        "{second}"
    );
    let page = ada.open(&second).await;
    assert_eq!(times(&page).len(), IN_HOUR / 2 - 50);
    assert!(page.html.contains("Newest"), "{}", page.html);
    // With an offset, and to the second.
    let page = ada
        .open(&format!(
            "{LOG}?since=2001-09-09T14%3A46%3A40%2B09%3A00&until=1000020000"
        ))
        .await;
    assert!(
        page.html.contains("value=\"2001-09-09T05:46:40\""),
        "{}",
        page.html
    );
    assert!(times(&page).is_empty() && page.html.contains("No entry fits all of this"));
}

#[tokio::test]
async fn the_export_and_the_api_hold_the_same_span() {
    let bed = server().await;
    let mut ada = viewer(&bed).await;
    let exported = ada.open(&format!("{LOG}/export?event=login&{HOUR}")).await;
    let exported: Vec<Value> = exported
        .html
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(exported.len(), IN_HOUR / 2);
    let (_, listed) = bed
        .get(&format!("/api/v1/audit?event=login&limit=1000&{HOUR}"))
        .await;
    assert_eq!(listed.as_array().unwrap(), &exported);
    let (mut paged, mut before) = (Vec::new(), i64::MAX);
    loop {
        let query = format!("event=login&limit=7&before={before}&{HOUR}");
        let (_, page) = bed.get(&format!("/api/v1/audit?{query}")).await;
        let Some(last) = page.as_array().unwrap().last() else {
            break;
        };
        before = last["seq"].as_i64().unwrap();
        paged.extend(page.as_array().unwrap().clone());
    }
    assert_eq!(paged, exported);
    // Whatever way it is written.
    let (_, seconds) = bed
        .get("/api/v1/audit?event=login&limit=1000&since=1000000800&until=1000004400")
        .await;
    assert_eq!(seconds, listed);
}

#[tokio::test]
async fn the_api_refuses_what_is_no_span_of_time() {
    let bed = Bed::new().await;
    for (query, said) in [
        ("since=yesterday", "since is 'yesterday', which is no time"),
        (
            "until=2001-09-09T02:00%2B99:00",
            "until is '2001-09-09T02:00+99:00'",
        ),
        ("since=2&until=1", "until is not later than since"),
        ("since=1&since=2", "since"),
    ] {
        let path = format!("/api/v1/audit?{query}");
        let question = (Method::GET, path.as_str(), None);
        bed.refused(question, StatusCode::BAD_REQUEST, said).await;
    }
    let (_, told) = bed.get("/api/v1/audit?since=yesterday").await;
    let hint = told["hint"].as_str().unwrap();
    assert!(hint.contains("in UTC as 2026-11-29T16:15"), "{hint}");
}
