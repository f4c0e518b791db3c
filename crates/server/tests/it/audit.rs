//! The audit log over the administration API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;

const PASSWORD: &str = "correct horse battery";

/// What an operator does on a busy morning.
async fn morning(bed: &Bed) -> Vec<String> {
    let api = json!({ "name": "A", "identifier": "https://api.example/" });
    bed.post("/api/v1/apis", api).await;
    let user = json!({ "name": "ada", "password": PASSWORD });
    bed.post("/api/v1/users", user).await;
    let (_, reset) = bed.post("/api/v1/users/ada/reset", json!({})).await;
    for disabled in [true, false] {
        let body = json!({ "disabled": disabled });
        bed.call(Method::PATCH, "/api/v1/users/ada", Some(&body))
            .await;
    }
    let body = json!({ "name": "mcp", "type": "m2m", "apis": ["https://api.example/"] });
    let (_, created) = bed.post("/api/v1/applications", body).await;
    let (_, added) = bed
        .post("/api/v1/applications/mcp/secrets", json!({}))
        .await;
    let (_, token) = bed.post("/api/v1/applications/mcp/token", json!({})).await;
    let initial = json!({ "name": "farm", "uses": 1, "lifetime": 60 });
    let (_, initial) = bed.post("/api/v1/initial-access-tokens", initial).await;
    bed.post("/api/v1/keys/rotate", json!({ "algorithm": "ES256" }))
        .await;
    bed.delete("/api/v1/applications/mcp").await;
    let secrets = [
        &reset["login_link"],
        &created["client_secret"],
        &added["client_secret"],
        &token["access_token"],
        &initial["token"],
    ];
    let mut secrets: Vec<String> = secrets
        .map(|secret| secret.as_str().unwrap().to_owned())
        .into();
    secrets.push(PASSWORD.to_owned());
    secrets
}

async fn entries(bed: &Bed, query: &str) -> Vec<Value> {
    let (status, entries) = bed.get(&format!("/api/v1/audit{query}")).await;
    assert_eq!(status, StatusCode::OK, "{entries}");
    entries.as_array().unwrap().clone()
}

/// Event, subject and detail of the newest entries, all of the operator, the
/// newest first.
pub(crate) async fn of_operator(bed: &Bed, count: usize) -> Vec<[String; 3]> {
    let entries = entries(bed, "").await;
    let told = entries.iter().take(count).map(|entry| {
        assert_eq!(entry["actor"], "operator");
        ["event", "subject", "detail"].map(|name| entry[name].as_str().unwrap().to_owned())
    });
    told.collect()
}

#[tokio::test]
async fn what_the_operator_changes_is_recorded_without_a_secret() {
    let bed = Bed::new().await;
    let secrets = morning(&bed).await;
    let of_operator = entries(&bed, "?actor=operator&limit=1000").await;
    let events: Vec<&str> = of_operator
        .iter()
        .map(|entry| entry["event"].as_str().unwrap())
        .collect();
    for event in [
        "api.created",
        "user.created",
        "user.reset",
        "user.disabled",
        "user.enabled",
        "application.created",
        "application.secret_added",
        "application.token",
        "application.deleted",
        "initial_token.created",
        "key.rotated",
    ] {
        let times = events.iter().filter(|recorded| **recorded == event).count();
        assert_eq!(times, 1, "{event} in {events:?}");
    }
    let whole = json!(entries(&bed, "?limit=1000").await).to_string();
    for secret in secrets {
        let secret = secret.rsplit('=').next().unwrap();
        assert!(!whole.contains(secret), "{secret} is in the log");
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn entries_come_newest_first_and_page_by_page_without_a_gap() {
    let bed = Bed::new().await;
    morning(&bed).await;
    let all = entries(&bed, "?limit=1000").await;
    let seq = |entry: &Value| entry["seq"].as_i64().unwrap();
    let newest = seq(&all[0]);
    let numbers: Vec<i64> = all.iter().map(seq).collect();
    assert_eq!(numbers, (1..=newest).rev().collect::<Vec<i64>>());
    let mut paged = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = entries(&bed, &query).await;
        let Some(last) = page.last() else { break };
        query = format!("?limit=3&before={}", seq(last));
        paged.extend(page);
    }
    assert_eq!(paged, all);
    let (status, _) = bed.get("/api/v1/audit?limit=0").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let created = entries(&bed, "?event=user.created&actor=operator").await;
    assert_eq!(created.len(), 1);
    assert_eq!(created[0]["detail"], "ada");
    assert!(entries(&bed, "?event=no.such.event").await.is_empty());
    assert!(entries(&bed, "?client_id=nobody").await.is_empty());
    bed.server.shutdown().await;
}

#[tokio::test]
async fn the_chain_is_whole_and_its_head_moves_with_every_entry() {
    let bed = Bed::new().await;
    morning(&bed).await;
    let (status, check) = bed.get("/api/v1/audit/check").await;
    assert_eq!((status, &check["whole"]), (StatusCode::OK, &json!(true)));
    let newest = &entries(&bed, "?limit=1").await[0];
    assert_eq!(check["entries"], newest["seq"]);
    bed.post("/api/v1/users", json!({ "name": "bob" })).await;
    let (_, later) = bed.get("/api/v1/audit/check").await;
    assert_eq!(later["whole"], true);
    assert_ne!(later["head"], check["head"]);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_question_about_the_log_is_said() {
    let bed = Bed::new().await;
    for (query, named) in [
        ("before=yesterday", "before"),
        ("limit=-1", "limit"),
        ("evnt=login", "evnt"),
        ("event=a&event=b", "event"),
    ] {
        let path = format!("/api/v1/audit?{query}");
        let question = (Method::GET, path.as_str(), None);
        bed.refused(question, StatusCode::BAD_REQUEST, named).await;
    }
    bed.server.shutdown().await;
}
