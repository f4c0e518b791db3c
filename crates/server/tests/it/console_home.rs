//! The first page: what to do first, what needs attention, what runtimes do and
//! were asked.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_model::Clock;
use shukuba_model::session::SessionMode;
use shukuba_store::Launch;
use shukuba_testkit::fixture::FixtureOptions;

use crate::Bed;
use crate::console::logged_in;
use crate::console_house::{API, House};
use crate::console_lists::with_runtimes;
use crate::console_runtimes::{Console, PAGE, unchanged};

const TRAFFIC: &str = "/api/v1/runtimes/adder/traffic";
const DAY: i64 = 86_400;

impl Console {
    async fn counted(&self) -> (u64, u64) {
        let (status, slots) = self.bed.get(TRAFFIC).await;
        assert_eq!(status, StatusCode::OK);
        let sum = |what: &str| {
            let slots = slots.as_array().unwrap().iter();
            slots.map(|slot| slot[what].as_u64().unwrap()).sum()
        };
        (sum("calls"), sum("refusals"))
    }

    async fn knock_with(&self, token: Option<&str>) {
        knock(&self.bed, "adder", token).await;
    }

    /// Begins a session.
    async fn initialize(&self) {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        }});
        let request = self.bed.anonymous(Method::POST, "/mcp/adder");
        let request = request.bearer_auth(self.token());
        let request = request.header(CONTENT_TYPE, "application/json");
        let request = request.header(ACCEPT, "application/json, text/event-stream");
        let answer = request.body(message.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers().contains_key("mcp-session-id"));
    }
}

/// A call that is turned away.
async fn knock(bed: &Bed, runtime: &str, token: Option<&str>) {
    let mut request = bed.anonymous(Method::POST, &format!("/mcp/{runtime}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

/// A part of a page, by the id of its heading, up to the next section.
fn section<'a>(html: &'a str, id: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("<h2 id=\"{id}\">")).unwrap();
    rest.split("<section").next().unwrap()
}

/// What stands behind a name in the rows of a tile.
fn row<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("<dt>{name}</dt><dd>")).unwrap();
    rest.split("</dd>").next().unwrap()
}

/// Every note with where its link leads.
fn notes(html: &str) -> Vec<(&str, String)> {
    let list = section(html, "attention").split("<li>").skip(1);
    let note = |note| {
        let (text, rest): (&str, &str) = str::split_once(note, " <a href=\"").unwrap();
        let page = rest.split('"').next().unwrap();
        (text, page.replace("&#38;", "&"))
    };
    list.map(note).collect()
}

fn live_parts(html: &str) -> usize {
    html.matches(" data-live>").count()
}

#[tokio::test]
async fn calls_and_refusals_are_counted_and_a_first_challenge_is_neither() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut eve = console.browser("eve", "viewer").await;
    let home = eve.open("/console").await;
    assert!(home.html.contains("Nothing came within the last 24 hours."));
    assert_eq!(console.counted().await, (0, 0));

    assert_eq!(console.knock().await, StatusCode::OK);
    assert_eq!(console.knock().await, StatusCode::OK);
    console.knock_with(None).await;
    console.knock_with(Some("not-a-token")).await;
    assert_eq!(console.counted().await, (2, 1));
    for page in ["/console", PAGE] {
        let html = eve.open(page).await.html;
        let told = "Within the last 24 hours: calls 2, refusals 1; at most";
        assert_eq!(html.matches(told).count(), 1, "{html}");
        assert!(
            html.contains("<rect class=\"calls\"") && html.contains("<rect class=\"refusals\"")
        );
    }
    // New rules are a new table of routes, with the same counters.
    let (_, runtime) = console.bed.get("/api/v1/runtimes/adder").await;
    let mut rules = serde_json::json!({ "login": false, "login_allow": [] });
    rules["authorizer"] = runtime["authorizer"].clone();
    let path = "/api/v1/runtimes/adder/rules";
    let (status, _) = console.bed.call(Method::PUT, path, Some(&rules)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(console.knock().await, StatusCode::OK);
    assert_eq!(console.counted().await, (3, 1));
    let gone: (Method, &str, Option<Value>) = (Method::GET, "/api/v1/runtimes/other/traffic", None);
    console
        .bed
        .refused(gone, StatusCode::NOT_FOUND, "other")
        .await;
}

#[tokio::test]
async fn the_figures_of_a_runtime_are_fetched_again_without_closing_what_is_open() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut eve = console.browser("eve", "viewer").await;
    let before = eve.open(PAGE).await.html;
    console.knock_with(Some("not-a-token")).await;
    let after = eve.open(PAGE).await.html;
    // The parts are found again by their number.
    assert_eq!(live_parts(&before), live_parts(&after));
    for (html, shown) in [
        (&before, "Nothing came within the last 24 hours."),
        (&after, "<table>"),
    ] {
        let (_, details) = html.split_once("<details>").unwrap();
        let (details, _) = details.split_once("</details>").unwrap();
        let (open, live) = details.split_once(" data-live>").unwrap();
        assert!(open.contains("<summary>In figures, by the hour"), "{open}");
        assert!(live.contains(shown), "{live}");
    }
    let (_, scroll) = after.split_once("<div class=\"scroll\"").unwrap();
    let label = "aria-label=\"In figures, by the hour\">\n<table>";
    assert!(scroll.contains(label), "{scroll}");
}

#[tokio::test]
async fn several_runtimes_are_summed_above_their_tiles() {
    let bed = with_runtimes(3).await;
    let mut eve = logged_in(&bed, "eve", "viewer").await;
    for runtime in ["server_000", "server_002", "server_002"] {
        knock(&bed, runtime, Some("not-a-token")).await;
    }
    let home = eve.open("/console").await.html;
    let runtimes = section(&home, "runtimes");
    let (total, tiles) = runtimes.split_once("<ul class=\"tiles\">").unwrap();
    assert!(total.contains("all runtimes together"), "{total}");
    assert!(total.contains("calls 0, refusals 3; at most"), "{total}");
    for told in ["refusals 1;", "refusals 2;", "Nothing came within"] {
        assert!(tiles.contains(told), "{told}: {tiles}");
    }
    assert!(home.contains("<section aria-labelledby=\"runtimes\" data-live>"));
}

#[tokio::test]
async fn a_tile_tells_instances_and_sessions() {
    fn stateful(launch: &mut Launch) {
        launch.version.command = FixtureOptions::default().command();
        launch.version.sessions = SessionMode::Stateful;
    }
    let console = Console::with(&[stateful], |_| {}).await;
    let mut eve = console.browser("eve", "viewer").await;
    let home = eve.open("/console").await.html;
    assert!(row(&home, "State").contains("Ready to serve"), "{home}");
    assert_eq!(
        (row(&home, "Instances"), row(&home, "Sessions")),
        ("0", "0")
    );
    console.initialize().await;
    let home = eve.open("/console").await.html;
    assert!(row(&home, "State").contains("Serving with 1 instance<"));
    console.initialize().await;
    let home = eve.open("/console").await.html;
    assert!(row(&home, "State").contains("Serving with 2 instances"));
    assert_eq!(
        (row(&home, "Instances"), row(&home, "Sessions")),
        ("2", "2")
    );
    let (_, runtime) = console.bed.get("/api/v1/runtimes/adder").await;
    assert_eq!(runtime["instances"], 2);
    assert_eq!(runtime["sessions"], 2);
    assert_eq!(runtime["starting"], 0);
    assert_eq!(runtime.get("last_failure"), None);
}

#[tokio::test]
async fn a_failed_start_is_told_until_another_version_serves() {
    fn fails(launch: &mut Launch) {
        launch.version.command = FixtureOptions {
            fail_start: true,
            ..FixtureOptions::default()
        }
        .command();
    }
    let console = Console::with(&[unchanged, fails], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let quiet = ada.open(PAGE).await.html;
    assert!(!quiet.contains("the last start"), "{quiet}");
    let before = live_parts(&ada.open("/console").await.html);
    // It is answered, with an error of JSON-RPC.
    console.knock().await;

    let home = ada.open("/console").await.html;
    assert_eq!(live_parts(&home), before);
    let state = row(&home, "State");
    assert!(state.contains("badge bad\">Last start failed"), "{state}");
    assert!(state.contains("ended with exit code 1 before"), "{state}");
    let (text, page) = notes(&home).remove(0);
    assert!(text.contains("of the runtime adder failed"), "{text}");
    assert_eq!(page, format!("{PAGE}#instances"));
    let html = ada.open(PAGE).await.html;
    let instances = section(&html, "instances");
    assert!(
        instances.contains("of version 2, failed: the server ended with exit code 1"),
        "{instances}"
    );
    assert!(instances.contains("href=\"#logs\""), "{instances}");
    assert!(section(&html, "logs").contains("told to fail at its start"));
    let (_, runtime) = console.bed.get("/api/v1/runtimes/adder").await;
    let failure = &runtime["last_failure"];
    assert_eq!(failure["version"], 2, "{runtime}");
    assert!(failure["failed_at"].as_i64().unwrap() > 1_700_000_000);

    let form = [("version", "1")];
    let sent = ada.submit(&format!("{PAGE}/rollback"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let home = ada.open("/console").await.html;
    assert!(!home.contains("Last start failed"), "{home}");
    assert!(!ada.open(PAGE).await.html.contains("the last start"));
    console.knock().await;
    let home = ada.open("/console").await.html;
    assert!(row(&home, "State").contains("Serving with 1 instance<"));
}

#[tokio::test]
async fn secrets_that_nobody_uses_are_told_a_handful_at_a_time() {
    let clock = Clock::fixed(1_800_000_000);
    let house = House::at(clock.clone(), |_| {}).await;
    let mut proofs = Vec::new();
    for number in 0..7 {
        let name = format!("<b>nightly {number}");
        let order = json!({ "name": name, "type": "m2m", "apis": [API] });
        let (status, made) = house.bed.post("/api/v1/applications", order).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        proofs.push((text("client_id"), text("client_secret")));
    }
    clock.advance(30 * DAY);
    let mut ada = house.browser("ada", "operator").await;
    assert!(!ada.open("/console").await.html.contains("never used"));
    for (client, secret) in &proofs[..2] {
        let request = house.bed.anonymous(Method::POST, "/oauth/token");
        let form = [("grant_type", "client_credentials"), ("audience", API)];
        let request = request.basic_auth(client, Some(secret)).form(&form);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    clock.advance(1);
    let home = ada.open("/console").await.html;
    assert!(!home.contains("<b>nightly"), "{home}");
    let told = notes(&home);
    let unused = |told: &[(&str, String)]| {
        let unused = told.iter().filter(|(text, _)| text.contains("never used"));
        unused.map(|(_, page)| page.clone()).collect::<Vec<_>>()
    };
    assert_eq!(unused(&told).len(), 5, "{told:?}");
    let more = told.iter().find(|(text, _)| text.starts_with("And "));
    let (text, page) = more.unwrap();
    assert_eq!(
        (*text, page.as_str()),
        ("And 1 more like these.", "/console/applications")
    );
    let application = ada.open(&unused(&told)[0]).await;
    assert_eq!(application.status, StatusCode::OK);
    assert!(application.html.contains("id=\"secrets\""));

    // A month later those two are out of use as well.
    clock.advance(30 * DAY);
    let mut ada = house.browser_of("ada").await;
    let home = ada.open("/console").await.html;
    assert!(home.contains("And 3 more like these."), "{home}");
}

#[tokio::test]
async fn every_note_leads_to_the_page_where_it_is_changed() {
    let bed = Bed::with(|settings| {
        settings.public_url = Some("http://mcp.example".parse().unwrap());
    })
    .await;
    let api = json!({ "name": "<i>long", "identifier": API, "token_lifetime": 30 * DAY });
    let post = |path: &'static str, body: Value| {
        let request = bed.http.post(format!("{}{path}", bed.server.local_url()));
        let request = request.bearer_auth(bed.server.operator_key()).json(&body);
        async move { request.send().await.unwrap().status() }
    };
    assert_eq!(post("/api/v1/apis", api).await, StatusCode::CREATED);
    let user = json!({ "name": "ada", "password": "correct horse battery", "role": "viewer" });
    assert_eq!(post("/api/v1/users", user).await, StatusCode::CREATED);
    let mut ada = shukuba_testkit::browser::Browser::new(&bed.server.local_url());
    ada.log_in("ada", "correct horse battery").await;
    for language in ["en", "ja"] {
        ada.set_cookie("shukuba_language", language);
        let home = ada.open("/console").await.html;
        let told = notes(&home);
        let pages: Vec<&str> = told.iter().map(|(_, page)| page.as_str()).collect();
        assert_eq!(pages.len(), 3, "{told:?}");
        assert_eq!(
            (pages[0], pages[2]),
            ("/console/settings", "/console/settings")
        );
        assert!(
            pages[1].starts_with("/console/apis/one?identifier="),
            "{pages:?}"
        );
        for page in pages {
            assert_eq!(ada.open(page).await.status, StatusCode::OK, "{page}");
        }
    }
}

#[tokio::test]
async fn clients_that_got_stuck_are_counted_and_our_own_programs_are_none() {
    let clock = Clock::fixed(1_800_000_000);
    let house = House::at(clock.clone(), |_| {}).await;
    let mut ada = house.browser("ada", "viewer").await;
    let mut counted = Vec::new();
    for agent in ["shukuba/0.1.0", "shukuba-console/0.1.0", "a-client/1"] {
        let path = "/.well-known/oauth-authorization-server";
        let request = house.bed.anonymous(Method::GET, path);
        let answer = request.header("User-Agent", agent).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        clock.advance(600);
        let home = ada.open("/console").await.html;
        let told = notes(&home);
        let stuck = told.iter().find(|(_, page)| page == "/console/journeys");
        counted.push(stuck.map(|(text, _)| text.split(' ').next().unwrap().to_owned()));
    }
    // The first is whoever knocked when the house was furnished.
    let count = |number: &str| Some(number.to_owned());
    assert_eq!(counted, [count("1"), count("1"), count("2")]);
}

#[tokio::test]
async fn an_empty_server_says_what_to_do_first() {
    let bed = Bed::new().await;
    let mut ada = logged_in(&bed, "ada", "operator").await;
    let mut eve = logged_in(&bed, "eve", "viewer").await;
    let (operators, viewers) = (
        ada.open("/console").await.html,
        eve.open("/console").await.html,
    );
    let steps = section(&operators, "steps");
    for step in [
        "Host an MCP server",
        "shukuba configure\nshukuba launch",
        "href=\"/console/launches/new\"",
        "Say who gets in",
        "href=\"/console/applications/new\"",
        "Connect a client",
    ] {
        assert!(steps.contains(step), "{step}: {steps}");
    }
    assert!(!steps.contains("Done") && !steps.contains("#connect"));
    let steps = section(&viewers, "steps");
    assert!(steps.contains("An operator uploads"), "{steps}");
    assert!(!steps.contains("/new\""), "{steps}");
    eve.set_cookie("shukuba_language", "ja");
    let japanese = eve.open("/console").await.html;
    assert!(section(&japanese, "steps").contains("MCP サーバーを動かす"));

    // What is done is not explained any more.
    let api = json!({ "name": "API", "identifier": API });
    assert_eq!(bed.post("/api/v1/apis", api).await.0, StatusCode::CREATED);
    let order = json!({ "name": "machine", "type": "m2m", "apis": [API] });
    let made = bed.post("/api/v1/applications", order).await;
    assert_eq!(made.0, StatusCode::CREATED);
    let home = ada.open("/console").await.html;
    assert_eq!(section(&home, "steps").matches(">Done<").count(), 1);
}

#[tokio::test]
async fn the_first_steps_go_when_a_client_came() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let home = ada.open("/console").await.html;
    let steps = section(&home, "steps");
    assert!(steps.contains(">Done<") && !steps.contains("shukuba launch"));
    assert!(
        steps.contains(&format!("href=\"{PAGE}#connect\"")),
        "{steps}"
    );
    let before = live_parts(&home);
    console.knock_with(None).await;
    let home = ada.open("/console").await.html;
    assert!(!home.contains("First steps"), "{home}");
    assert_eq!(live_parts(&home), before);
}
