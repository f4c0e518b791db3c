//! A whole story against a whole server: everything that happens is in the
//! audit log, in its order, and no secret of it is there, in the log output or
//! in the database.

pub(crate) mod told;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::negative::bed::Bed;
use told::{Captured, Story, refreshing};

const ELSEWHERE: &str = "https://elsewhere.example/";

/// From a registration to the end of every login.
async fn people(story: &mut Story) {
    story.person().await;
    let (id, secret) = story.client().await;
    let code = story.log_in(&id).await;
    let first = story.redeem((&id, &secret), &code).await;
    // Further back than a lost answer explains: a reuse, even within the grace.
    let mut token = first.clone();
    for _ in 0..17 {
        token = story.tokens(&refreshing(&id, &secret, &token)).await;
    }
    let reused = refreshing(&id, &secret, &first);
    let (status, told) = story.program("/oauth/token", &reused).await;
    assert_eq!((status, &told["error"]), (400, &json!("invalid_grant")));

    let answer = story.browse(Story::authorize(&id)).await;
    let code = story.code(&answer);
    let token = story.redeem((&id, &secret), &code).await;
    let members = [
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("token", token.as_str()),
    ];
    assert_eq!(story.program("/oauth/revoke", &members).await.0, 200);
    let asked = story
        .program("/oauth/device", &[("client_id", "web")])
        .await;
    story.take("device code", &asked.1, "device_code");
    let wrong = [
        ("grant_type", "refresh_token"),
        ("client_id", id.as_str()),
        ("client_secret", "canary-wrong-secret-0123456789"),
    ];
    story.keep("wrong secret", "canary-wrong-secret-0123456789");
    assert_eq!(story.program("/oauth/token", &wrong).await.0, 401);
}

/// What the operator changes.
async fn operator(story: &mut Story) {
    let nothing = json!({});
    story
        .operator("POST", "/api/v1/keys/rotate", &nothing)
        .await;
    let api = json!({"name": "elsewhere", "identifier": ELSEWHERE});
    story.operator("POST", "/api/v1/apis", &api).await;
    let machine = json!({"name": "robot", "type": "m2m", "apis": [ELSEWHERE]});
    let created = story
        .operator("POST", "/api/v1/applications", &machine)
        .await;
    story.take("client secret", &created, "client_secret");
    let path = "/api/v1/applications/robot/secrets";
    let added = story.operator("POST", path, &nothing).await;
    let secret = story.take("client secret", &added, "client_secret");
    let old = added["other"]["id"].as_str().unwrap();
    story
        .operator("DELETE", &format!("{path}/{old}"), &nothing)
        .await;
    let id = created["client_id"].as_str().unwrap();
    let members = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret.as_str()),
    ];
    let (status, told) = story.program("/oauth/token", &members).await;
    assert_eq!(status, 200, "{told}");
    story.take("access token", &told, "access_token");
    story
        .operator("DELETE", "/api/v1/applications/robot", &nothing)
        .await;
}

/// What is recorded, in its order: event, outcome, and whose doing it was.
const BEGINNING: [[&str; 3]; 8] = [
    ["user.created", "ok", "operator"],
    ["password.chosen", "ok", "dora"],
    ["initial_token.created", "ok", "operator"],
    ["client.registered", "ok", ""],
    ["login", "wrong", "dora"],
    ["login", "ok", "dora"],
    ["consent", "ok", "dora"],
    ["token.issued", "ok", "dora"],
];
/// Seventeen times, before [`END`].
const REFRESHED: [&str; 3] = ["token.issued", "ok", "dora"];
const END: [[&str; 3]; 12] = [
    ["grant.revoked", "ok", "server"],
    ["token.refused", "invalid_grant", ""],
    ["token.issued", "ok", "dora"],
    ["grant.revoked", "ok", "server"],
    ["client.refused", "invalid_client", ""],
    ["key.rotated", "ok", "operator"],
    ["api.created", "ok", "operator"],
    ["application.created", "ok", "operator"],
    ["application.secret_added", "ok", "operator"],
    ["application.secret_removed", "ok", "operator"],
    ["token.issued", "ok", ""],
    ["application.deleted", "ok", "operator"],
];

/// Asserts that the entries are the story, in its order.
async fn is_the_story(story: &Story, entries: &[Value]) {
    let users = story.operator("GET", "/api/v1/users", &Value::Null).await;
    let users = users.as_array().unwrap();
    let dora = users.iter().find(|user| user["name"] == "dora").unwrap();
    let told: Vec<[&str; 3]> = entries
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap();
            let actor = text("actor");
            let actor = if *actor == dora["id"] { "dora" } else { actor };
            [text("event"), text("outcome"), actor]
        })
        .collect();
    let expected = [BEGINNING.as_slice(), &[REFRESHED; 17], &END].concat();
    assert_eq!(told, expected);
    let reasons = entries
        .iter()
        .filter(|entry| entry["event"] == "grant.revoked");
    let reasons: Vec<_> = reasons.map(|entry| &entry["detail"]).collect();
    assert_eq!(reasons, ["refresh token reused", "revoked by its client"]);
}

fn holds(content: &[u8], secret: &str) -> bool {
    content
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files_below(&path),
            path => vec![path],
        })
        .collect()
}

/// Fails when a file below the data directory holds a secret. The operator's
/// key lies in its own file, for its owner to read.
fn none_in_files(data_dir: &Path, secrets: &[(&'static str, String)]) {
    let mut recorded = false;
    for file in files_below(data_dir) {
        if file.ends_with("operator.key") {
            continue;
        }
        let content = std::fs::read(&file).unwrap();
        recorded |= holds(&content, "client.registered");
        for (what, secret) in secrets {
            assert!(
                !holds(&content, secret),
                "{} holds a {what}",
                file.display()
            );
        }
    }
    assert!(recorded, "the database was looked at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o01_o03_a_whole_story_is_in_the_audit_log_and_none_of_its_secrets_anywhere() {
    let captured = Captured::begin();
    let mut story = Story::begin().await;
    people(&mut story).await;
    operator(&mut story).await;

    let entries = story.entries().await;
    is_the_story(&story, &entries).await;
    let check = story
        .operator("GET", "/api/v1/audit/check", &Value::Null)
        .await;
    assert_eq!(check["whole"], true, "{check}");
    assert_eq!(check["entries"], entries.len());

    let log = captured.bytes();
    for known in ["client.registered", "DEBUG", "INSERT INTO audit"] {
        assert!(holds(&log, known), "the log was captured: {known}");
    }
    let audit = json!(entries).to_string();
    for (what, secret) in &story.secrets {
        assert!(
            !holds(audit.as_bytes(), secret),
            "the audit log holds a {what}"
        );
        assert!(!holds(&log, secret), "the log output holds a {what}");
    }
    let data_dir = story.bed.server.data_dir().to_owned();
    none_in_files(&data_dir, &story.secrets);
    let Bed {
        server,
        store,
        directory,
        ..
    } = story.bed;
    server.shutdown().await;
    store.close().await;
    none_in_files(&data_dir, &story.secrets);
    drop(directory);
}
