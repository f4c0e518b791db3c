//! Long lists of the console: a page at a time, and searched.

use reqwest::StatusCode;
use serde_json::json;
use shukuba_testkit::browser::Browser;
use shukuba_testkit::provider::FakeProvider;

use crate::console::logged_in;
use crate::prepared::Prepared;
use crate::{Bed, runtime};

const AUDIENCE: &str = "https://api.example/";
const HOSTILE: &str = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27";

/// A server with that many runtimes, `server_000` and on.
pub(crate) async fn with_runtimes(count: usize) -> Bed {
    let prepared = Prepared::new().await;
    let provider = FakeProvider::auth0().await;
    provider.add_api(AUDIENCE);
    for number in 0..count {
        let mut launch = runtime::of(&provider, AUDIENCE);
        let record = &mut launch.runtime;
        let name = format!("server_{number:03}");
        let arn = runtime::ARN.replace("adder", &name);
        record.arn = arn.parse().unwrap();
        record.id = record.arn.id.clone();
        record.name = name.parse().unwrap();
        prepared.store.launch(&launch).await.unwrap();
    }
    prepared.start(|_| {}).await
}

/// Where a page leads on to, if it does.
fn next(html: &str) -> Option<String> {
    let (before, _) = html.split_once("\" rel=\"next\"")?;
    let (_, address) = before.rsplit_once("href=\"")?;
    Some(address.replace("&#38;", "&").replace("&amp;", "&"))
}

/// The texts of the first cells of every page from an address on.
async fn rows(browser: &mut Browser, address: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut address = Some(address.to_owned());
    while let Some(here) = address {
        let page = browser.open(&here).await;
        assert_eq!(page.status, StatusCode::OK, "{here}: {}", page.html);
        let cells = page.html.split("<th scope=\"row\">").skip(1);
        let names = cells.filter_map(|cell| cell.split("</a>").next()?.rsplit('>').next());
        pages.push(names.map(str::to_owned).collect());
        address = next(&page.html);
        assert!(pages.len() < 10, "the pages do not end");
    }
    pages
}

#[tokio::test]
async fn many_runtimes_are_shown_by_page_each_once_and_found_by_name() {
    let bed = with_runtimes(120).await;
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    let pages = rows(&mut viewer, "/console/runtimes").await;
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [50, 50, 20]);
    let names: Vec<String> = (0..120).map(|one| format!("server_{one:03}")).collect();
    assert_eq!(pages.concat(), names);

    let home = viewer.open("/console").await.html;
    assert_eq!(home.matches("<li class=\"card\">").count(), 24);
    assert!(home.contains("All runtimes"), "{home}");

    let found = rows(&mut viewer, "/console/runtimes?q=+R_11+").await;
    assert_eq!(found.concat().len(), 10, "{found:?}");
    let by_page = rows(&mut viewer, "/console/runtimes?q=server").await;
    assert_eq!(by_page.concat(), names, "the search goes on");
    for nowhere in [HOSTILE, "r%2511", "nowhere"] {
        let page = viewer.open(&format!("/console/runtimes?q={nowhere}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("Nothing here has"), "{}", page.html);
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
        assert!(
            page.html.contains("href=\"/console/runtimes\""),
            "a way back"
        );
    }
}

#[tokio::test]
async fn a_short_list_has_no_search_field() {
    let bed = Bed::new().await;
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    for list in ["/console/runtimes", "/console/applications"] {
        let page = viewer.open(list).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.html.contains("role=\"search\""), "{}", page.html);
    }
}

#[tokio::test]
async fn many_applications_are_found_by_a_part_of_name_or_id_page_by_page() {
    let bed = Bed::new().await;
    let api = json!({ "name": "API", "identifier": AUDIENCE });
    let (status, _) = bed.post("/api/v1/apis", api).await;
    assert_eq!(status, StatusCode::CREATED);
    let mut id = String::new();
    for number in 0..55 {
        let order = json!({
            "name": format!("nightly {number:02}"), "type": "m2m", "apis": [AUDIENCE],
        });
        let (status, created) = bed.post("/api/v1/applications", order).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        created["client_id"].as_str().unwrap().clone_into(&mut id);
    }
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    for all in ["", "?q=NIGHTLY", "?source=all&q=nightly"] {
        let pages = rows(&mut viewer, &format!("/console/applications{all}")).await;
        let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(sizes, [50, 5], "{all}");
        let mut names = pages.concat();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 55);
    }
    for (search, expected) in [("ly 07", "nightly 07"), (&id, "nightly 54")] {
        let search = search.replace(' ', "+");
        let found = rows(&mut viewer, &format!("/console/applications?q={search}")).await;
        assert_eq!(found.concat(), [expected]);
    }
    let address = format!("/console/applications?source=dynamic&q={HOSTILE}");
    let html = viewer.open(&address).await.html;
    assert!(html.contains("Nothing here has"), "{html}");
    assert!(html.contains("name=\"source\" value=\"dynamic\""), "{html}");
    assert!(!html.contains("<script>alert"), "{html}");
}
