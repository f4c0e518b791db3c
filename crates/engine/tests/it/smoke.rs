//! The first start of a version.

use std::time::Duration;

use shukuba_engine::{Limits, Smoke, SmokeError};
use shukuba_model::session::SessionMode::{self, Stateful, Stateless};

use super::fixture::{House, version};

async fn smoke(kind: &str) -> Result<Smoke, SmokeError> {
    let house = House::with_limits(Limits {
        start_timeout: Duration::from_millis(if kind == "mute" { 200 } else { 60_000 }),
        ..Limits::default()
    });
    let outcome = house
        .engine
        .smoke(&house.runtime, &version(kind, Stateless))
        .await;
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
    outcome
}

async fn tools_and_sessions(kind: &str) -> (Vec<String>, SessionMode) {
    let smoke = smoke(kind).await.unwrap();
    (
        smoke.tools.into_iter().map(|tool| tool.name).collect(),
        smoke.sessions,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gives_a_session_id_is_stateful() {
    for kind in ["stateful", "events"] {
        assert_eq!(
            tools_and_sessions(kind).await,
            (vec!["add".to_owned(), "wipe".to_owned()], Stateful),
            "{kind}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gives_none_or_speaks_only_the_modern_era_is_stateless() {
    for kind in ["stateless", "modern"] {
        assert_eq!(
            tools_and_sessions(kind).await,
            (vec!["add".to_owned(), "wipe".to_owned()], Stateless),
            "{kind}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_are_told_with_schema_and_destructiveness() {
    let tools = smoke("stateful").await.unwrap().tools;
    assert_eq!(tools[0].input_schema, serde_json::json!({"type": "object"}));
    assert_eq!((tools[0].destructive, tools[1].destructive), (false, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_tools_is_read_and_a_server_without_tools_is_a_server() {
    let (tools, _) = tools_and_sessions("pages").await;
    assert_eq!(tools, ["first", "second"]);
    let (tools, _) = tools_and_sessions("toolless").await;
    assert!(tools.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_start_is_told_with_its_last_lines_and_what_to_do() {
    let error = smoke("die").await.unwrap_err();
    assert!(error.message.contains("ended with exit code 7"), "{error}");
    assert!(
        error.hint.contains("numpy") && error.hint.contains("requirements.txt"),
        "{}",
        error.hint
    );
    assert!(error.output.iter().any(|line| line.contains("numpy")));
    let error = smoke("mute").await.unwrap_err();
    assert!(error.hint.contains("0.0.0.0:8000"), "{}", error.hint);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_mcp_path_is_told_the_contract() {
    let house = House::new();
    let mut elsewhere = (*version("stateless", Stateless)).clone();
    elsewhere.command.path = "/other".to_owned();
    let error = house
        .engine
        .smoke(&house.runtime, &elsewhere)
        .await
        .unwrap_err();
    assert!(
        error.message.contains("404 Not Found: no such page"),
        "{error}"
    );
    assert!(error.hint.contains("/other on port 8000"), "{}", error.hint);
    house.engine.shutdown().await;
}
