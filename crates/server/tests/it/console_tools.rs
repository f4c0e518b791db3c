//! Trying a tool on the console's page: the same door, a token that nobody sees.

use std::time::UNIX_EPOCH;

use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_model::session::SessionMode;
use shukuba_model::wire::Tool;
use shukuba_store::Launch;
use shukuba_testkit::browser::Page;
use shukuba_testkit::fixture::FixtureOptions;

use crate::console_house::{API, Ada, House};

const PAGE: &str = "/console/runtimes/adder/tools";

/// A version whose server has the tool that it is said to have, and one that it
/// does not have any more.
fn with_tools(launch: &mut Launch) {
    let numbers = json!({
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer", "default": 3}},
        "required": ["a"],
    });
    launch.version.tools = vec![
        Tool {
            name: "add".to_owned(),
            title: Some("Addition".to_owned()),
            description: Some("Adds two numbers".to_owned()),
            input_schema: numbers,
            destructive: false,
        },
        Tool {
            name: "wipe all".to_owned(),
            input_schema: json!({"type": "object"}),
            destructive: true,
            ..Tool::default()
        },
    ];
}

fn stateful(launch: &mut Launch) {
    with_tools(launch);
    launch.version.command = FixtureOptions::default().command();
    launch.version.sessions = SessionMode::Stateful;
}

fn dying(launch: &mut Launch) {
    with_tools(launch);
    launch.version.command.program = "/bin/false".into();
}

/// Lets the runtime take tokens of this server for [`API`].
async fn take_ours(house: &House) {
    let ours = house.bed.server.public_url();
    let rules = json!({
        "authorizer": {
            "discovery_url": format!("{ours}/.well-known/openid-configuration"),
            "allowed_audience": [API],
        },
        "login": false,
        "login_allow": [],
    });
    let request = house
        .bed
        .anonymous(Method::PUT, "/api/v1/runtimes/adder/rules")
        .bearer_auth(house.bed.server.operator_key())
        .json(&rules);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
}

fn foreign_token(house: &House) -> String {
    let now = UNIX_EPOCH.elapsed().unwrap().as_secs();
    house.provider.token(API, i64::try_from(now).unwrap())
}

/// Whatever the page announces.
fn told(page: &Page) -> &str {
    let (_, told) = page
        .html
        .split_once("role=\"alert\"")
        .or_else(|| page.html.split_once("role=\"status\""))
        .unwrap_or_else(|| panic!("nothing is announced: {}", page.html));
    told.split_once("</div>").unwrap().0
}

async fn events(house: &House, event: &str) -> Vec<String> {
    let (_, entries) = house.bed.get("/api/v1/audit?limit=1000").await;
    let entries = entries.as_array().unwrap().iter();
    let found = entries.filter(|entry| entry["event"] == event);
    let facts = found.map(|entry| format!("{} {}", entry["actor"], entry["detail"]));
    facts.collect()
}

/// Sends the form of a tool.
async fn call(ada: &mut Ada, tool: &str, fields: &[(&str, &str)]) -> Page {
    ada.send(&format!("{PAGE}?tool={tool}"), fields).await
}

#[tokio::test]
async fn a_tool_is_called_as_an_application_whose_token_nobody_sees() {
    let house = House::with(with_tools).await;
    take_ours(&house).await;
    let mut ada = Ada::of(&house).await;
    let form = ada.browser.open(PAGE).await;
    for shown in [
        "Adds two numbers",
        "Addition",
        "name=\"argument.a\"",
        "Left empty: 3.",
        "machine",
    ] {
        assert!(form.html.contains(shown), "{shown}: {}", form.html);
    }
    let fields = [
        ("argument.a", "2"),
        ("argument.b", "3"),
        ("application", &house.client.clone()),
    ];
    let page = call(&mut ada, "add", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(told(&page).contains("The tool answered"), "{}", told(&page));
    assert!(page.html.contains(">5</pre>"), "{}", page.html);
    assert!(
        !page.html.contains("eyJ"),
        "a token is shown: {}",
        page.html
    );
    let id = house.id_of("ada").await;
    assert_eq!(
        events(&house, "tool.called").await,
        [format!("\"{id}\" \"add\"")]
    );
    assert_eq!(events(&house, "application.token").await.len(), 1);
    // It came through the door: what it did there is a journey.
    let (_, journeys) = house.bed.get("/api/v1/journeys").await;
    assert!(journeys.to_string().contains(&house.client), "{journeys}");
}

#[tokio::test]
async fn a_tool_is_called_with_a_token_of_somebody_else_and_all_arguments_as_json() {
    let house = House::with(with_tools).await;
    let mut ada = Ada::of(&house).await;
    // The runtime asks somebody else for tokens: no application of ours will do.
    let form = ada.browser.open(PAGE).await;
    assert!(!form.html.contains("name=\"application\""));
    let token = format!("Bearer {}", foreign_token(&house));
    let json = "{\"a\": 20, \"b\": 22}";
    let page = call(&mut ada, "add", &[("token", &token), ("json", json)]).await;
    assert!(page.html.contains(">42</pre>"), "{}", page.html);
}

#[tokio::test]
async fn the_session_of_a_call_is_ended_and_so_is_its_instance() {
    let house = House::with(stateful).await;
    let mut ada = Ada::of(&house).await;
    let token = foreign_token(&house);
    let page = call(&mut ada, "add", &[("token", &token), ("argument.a", "2")]).await;
    assert!(page.html.contains(">2</pre>"), "{}", page.html);
    for _ in 0..500 {
        let (_, runtime) = house.bed.get("/api/v1/runtimes/adder").await;
        if runtime["instances"] == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("an instance is left");
}

#[tokio::test]
async fn a_token_that_the_door_refuses_is_explained_by_the_door() {
    let house = House::with(with_tools).await;
    take_ours(&house).await;
    let mut ada = Ada::of(&house).await;
    let token = foreign_token(&house);
    for wrong in [token.as_str(), "no-token"] {
        let fields = [("token", wrong), ("argument.a", "2")];
        let page = call(&mut ada, "add", &fields).await;
        assert_eq!(page.status, StatusCode::OK);
        let told = told(&page);
        assert!(told.contains("The door refused the token"), "{told}");
        assert!(told.contains("/console/inspector"), "{told}");
    }
    let page = call(
        &mut ada,
        "add",
        &[("token", "a\u{7f}b"), ("argument.a", "2")],
    )
    .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(told(&page).contains("#token"), "{}", page.html);
}

#[tokio::test]
async fn what_is_wrong_with_the_form_is_said_at_its_field_and_nothing_is_called() {
    let house = House::with(with_tools).await;
    take_ours(&house).await;
    let mut ada = Ada::of(&house).await;
    let client = house.client.clone();
    let (application, a) = (("application", client.as_str()), ("argument.a", "2"));
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[application], "#argument-0"),
        (&[application, ("argument.a", "two")], "#argument-0"),
        (&[application, a, ("json", "[]")], "#json"),
        (&[a], "#application"),
        (&[a, ("application", "somebody")], "#application"),
    ];
    for (fields, wanted) in cases {
        let page = call(&mut ada, "add", fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{fields:?}");
        assert!(told(&page).contains(wanted), "{wanted}: {}", told(&page));
        assert!(page.html.contains("aria-invalid"), "{wanted}");
    }
    let page = call(&mut ada, "subtract", &[application, a]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(events(&house, "tool.called").await.is_empty());
    assert!(events(&house, "application.token").await.is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_start_is_told_of_with_the_way_to_its_log() {
    let house = House::with(dying).await;
    let mut ada = Ada::of(&house).await;
    let token = foreign_token(&house);
    let page = call(&mut ada, "add", &[("token", &token), ("argument.a", "2")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let told = told(&page);
    assert!(told.contains("ended with exit code 1"), "{told}");
    assert!(told.contains("/console/runtimes/adder#logs"), "{told}");
}

#[tokio::test]
async fn a_viewer_reads_what_a_tool_is_and_gets_no_form() {
    let house = House::with(with_tools).await;
    let mut eve = house.browser("eve", "viewer").await;
    let page = eve.open(PAGE).await;
    assert!(page.html.contains("Adds two numbers"), "{}", page.html);
    assert!(!page.html.contains("name=\"argument.a\""), "{}", page.html);
    let page = eve.open(&format!("{PAGE}?tool=wipe%20all")).await;
    assert!(page.html.contains("may destroy something"), "{}", page.html);
}
