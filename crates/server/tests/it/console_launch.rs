//! Runtimes launched from files that an operator uploads on a page.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use shukuba_server::Packer;
use shukuba_testkit::browser::{Browser, Page};

use crate::Bed;
use crate::console::logged_in;

const NEW: &str = "/console/launches/new";
const CODE: &str = include_str!("../../../cli/tests/fixtures/adder/mcp_server.py");
const HOSTILE: &str = "<script>alert(1)</script>";

type Part<'a> = (&'a str, Option<&'a str>, &'a str);

fn project(code: &str) -> [Part<'_>; 2] {
    [
        ("files", Some("mcp_server.py"), code),
        ("entrypoint", None, "mcp_server.py"),
    ]
}

/// Looks at a launch until it has ended.
async fn followed(browser: &mut Browser, begun: &Page) -> String {
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.html);
    let page = begun.location.clone().unwrap();
    assert!(page.starts_with("/console/launches/"), "{page}");
    for _ in 0..300 {
        let shown = browser.open(&page).await;
        assert_eq!(shown.status, StatusCode::OK);
        if !shown.html.contains("http-equiv=\"refresh\"") {
            return shown.html;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the launch does not end");
}

#[tokio::test]
async fn a_runtime_and_its_next_version_are_launched_from_files_and_keep_the_rules() {
    let bed = Bed::new().await;
    let api = json!({ "name": "Sums", "identifier": "https://sums.example/" });
    assert_eq!(bed.post("/api/v1/apis", api).await.0, StatusCode::CREATED);
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let form = browser.open(NEW).await.html;
    assert!(form.contains("https://sums.example/"), "{form}");
    let [file, entry] = project(CODE);
    let rules = [
        ("name", None, "adder"),
        ("api", None, "https://sums.example/"),
        ("clients", None, "one\ntwo\n"),
        file,
        entry,
    ];
    let begun = browser.upload(NEW, &rules).await;
    let ended = followed(&mut browser, &begun).await;
    assert!(ended.contains("version 1 serves"), "{ended}");
    assert!(ended.contains("href=\"/console/runtimes/adder\""));

    let (_, first) = bed.get("/api/v1/runtimes/adder").await;
    let authorizer = &first["authorizer"];
    assert_eq!(
        authorizer["allowed_audience"],
        json!(["https://sums.example/"])
    );
    assert_eq!(authorizer["allowed_clients"], json!(["one", "two"]));
    let ours = format!(
        "{}/.well-known/openid-configuration",
        bed.server.public_url()
    );
    assert_eq!(authorizer["discovery_url"], json!(ours));
    assert_eq!(first["login"], false);

    let next = format!("{NEW}?runtime=adder");
    assert!(
        browser
            .open(&next)
            .await
            .html
            .contains("New version of adder")
    );
    let code = format!("{CODE}\n# changed\n");
    let begun = browser.upload(NEW, &project(&code)).await;
    let ended = followed(&mut browser, &begun).await;
    assert!(ended.contains("version 2 serves"), "{ended}");
    let (_, second) = bed.get("/api/v1/runtimes/adder").await;
    assert_eq!(second["authorizer"], first["authorizer"]);
    assert_eq!(second["arn"], first["arn"]);
    assert_eq!(second["login"], first["login"]);
    assert_eq!(second["login_allow"], first["login_allow"]);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_packed_project_is_launched_and_one_that_is_none_says_so() {
    let bed = Bed::new().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let mut packer = Packer::default();
    packer
        .add("mcp_server.py".as_ref(), CODE.as_bytes(), false)
        .unwrap();
    let packed = packer.finish().unwrap().bytes;
    for (name, content, said) in [
        ("packed", packed.as_slice(), "version 1 serves"),
        ("torn", &packed[..packed.len() / 2], "role=\"alert\""),
        ("none", b"no archive", "role=\"alert\""),
    ] {
        browser.open(NEW).await;
        let parts: [(&str, Option<&str>, &[u8]); 3] = [
            ("name", None, name.as_bytes()),
            ("files", Some("project.tar.gz"), content),
            ("entrypoint", None, b"mcp_server.py"),
        ];
        let begun = browser.upload(NEW, &parts).await;
        let ended = followed(&mut browser, &begun).await;
        assert!(ended.contains(said), "{name}: {ended}");
    }
    let (_, runtimes) = bed.get("/api/v1/runtimes").await;
    assert_eq!(runtimes.as_array().unwrap().len(), 1, "{runtimes}");
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_launch_that_fails_says_why_and_what_the_tool_printed() {
    let bed = Bed::new().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    browser.open(NEW).await;
    let code = format!("import sys\nsys.exit(\"{HOSTILE}\")\n");
    let [file, entry] = project(&code);
    let begun = browser
        .upload(NEW, &[("name", None, "adder"), file, entry])
        .await;
    let ended = followed(&mut browser, &begun).await;
    assert!(ended.contains("role=\"alert\""), "{ended}");
    assert!(ended.contains("&#60;script&#62;alert(1)"), "{ended}");
    assert!(!ended.contains("<script>alert"));
    assert_eq!(bed.get("/api/v1/runtimes").await.1, json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_what_was_typed_is_kept() {
    let bed = Bed::new().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let good: [Part<'_>; 5] = [
        ("name", None, "adder"),
        ("files", Some("mcp_server.py"), "x"),
        ("entrypoint", None, "mcp_server.py"),
        ("api", None, ""),
        ("clients", None, ""),
    ];
    let wrong: [(usize, Part<'_>, &str); 9] = [
        (0, ("name", None, HOSTILE), "#name"),
        (1, ("files", Some(""), ""), "#files"),
        (1, ("files", Some("../up.py"), "x"), "#files"),
        (1, ("files", Some("/etc/cron.d/x"), "x"), "#files"),
        (2, ("entrypoint", None, HOSTILE), "#entrypoint"),
        (2, ("entrypoint", None, "../../bin/sh"), "#entrypoint"),
        (3, ("api", None, HOSTILE), "#api"),
        (4, ("clients", None, "a<script> b"), "#clients"),
        (4, ("clients", None, "a"), "#api"),
    ];
    for (which, part, link) in wrong {
        let mut parts = good;
        parts[which] = part;
        browser.open(NEW).await;
        let page = browser.upload(NEW, &parts).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{part:?}");
        let link = format!("href=\"{link}\"");
        assert!(page.html.contains(&link), "{part:?}: {}", page.html);
        assert!(page.html.contains("Choose the files again"));
        assert!(!page.html.contains("<script>"), "{part:?}");
        let kept = which == 0 || page.html.contains("value=\"adder\"");
        assert!(kept, "{part:?}");
    }
    for megabytes in [33, 65] {
        let large = "x".repeat(megabytes * 1024 * 1024);
        browser.open(NEW).await;
        let mut parts = good;
        parts[1] = ("files", Some("mcp_server.py"), &large);
        let page = browser.upload(NEW, &parts).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{megabytes}");
        assert!(
            page.html.contains("larger than 32 MB"),
            "{megabytes}: {}",
            page.html
        );
    }
    let bundles = bed.directory.path().join("data/bundles");
    assert!(!bundles.exists(), "nothing was stored");
}

#[tokio::test]
async fn nobody_else_launches_and_nothing_is_kept_of_a_form_that_proves_nothing() {
    let bed = Bed::new().await;
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    let list = viewer.open("/console/runtimes").await.html;
    assert!(!list.contains(NEW));
    let [file, entry] = project(CODE);
    let name: Part<'_> = ("name", None, "adder");
    for page in [NEW, "/console/launches/1"] {
        assert_eq!(viewer.open(page).await.status, StatusCode::FORBIDDEN);
    }
    let refused = viewer.upload(NEW, &[name, file, entry]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let mut browser = logged_in(&bed, "ada", "operator").await;
    let html = browser.open(NEW).await.html;
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").unwrap();
    let csrf: Part<'_> = ("csrf", None, rest.split('"').next().unwrap());
    let forged: [&[Part<'_>]; 4] = [
        &[name, file, entry],
        &[("csrf", None, "x"), name, file, entry],
        &[name, csrf, file, entry],
        &[file, csrf, name, entry],
    ];
    for parts in forged {
        let refused = browser.upload_only(NEW, parts).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.html.contains("Nothing was changed"));
    }
    let gone = browser.open("/console/launches/4711").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(!bed.directory.path().join("data/bundles").exists());
    let (_, runtimes): (_, Value) = bed.get("/api/v1/runtimes").await;
    assert_eq!(runtimes, json!([]));
}
