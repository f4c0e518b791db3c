//! What clients did on their way in, as the server tells it.

use std::time::UNIX_EPOCH;

use reqwest::StatusCode;
use reqwest::header::USER_AGENT;
use serde_json::{Value, json};
use shukuba_model::Clock;
use shukuba_server::{Issuing, Lifetimes};

use crate::console_house::House;

use crate::negative::bed::{Bed, CALLBACK, CHALLENGE, redeem, refresh};
use crate::negative::row::{Ask, encoded};

const HOME: &str = "203.0.113.7";
const RUNTIME: &str = "/mcp/adder";
const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;

/// A client at one address, with a name of its own.
struct Client<'a> {
    bed: &'a Bed,
    agent: &'static str,
}

impl Client<'_> {
    async fn send(&self, ask: Ask) -> u16 {
        let ask = ask.header("User-Agent", self.agent).from(HOME);
        self.bed.send(&ask).await.status()
    }

    async fn find(&self) {
        for address in [
            "/.well-known/oauth-protected-resource/mcp/adder",
            "/.well-known/oauth-authorization-server",
        ] {
            assert_eq!(self.send(Ask::get(address)).await, 200);
        }
    }

    async fn call(&self, token: Option<&str>) -> u16 {
        let mut ask = Ask::new("POST", RUNTIME);
        ask.body = CALL.as_bytes().to_vec();
        let ask = ask
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
        match token {
            Some(token) => self.send(ask.bearer(token)).await,
            None => self.send(ask).await,
        }
    }
}

async fn journeys(bed: &Bed) -> Vec<Value> {
    let ask = Ask::get("/api/v1/journeys").bearer(bed.server.operator_key());
    let answer = bed.send(&ask).await;
    assert_eq!(answer.status(), 200);
    let told: Value = serde_json::from_str(&answer.text()).unwrap();
    told.as_array().unwrap().clone()
}

/// The only journey: its steps, and how far it got.
async fn only(bed: &Bed) -> Value {
    let mut journeys = journeys(bed).await;
    assert_eq!(journeys.len(), 1, "{journeys:#?}");
    journeys.remove(0)
}

fn steps(view: &Value) -> Vec<&str> {
    let steps = view["journey"]["steps"].as_array().unwrap();
    steps
        .iter()
        .map(|taken| taken["step"].as_str().unwrap())
        .collect()
}

fn authorize(client_id: &str, changes: &[(&str, &str)]) -> Ask {
    let mut members = vec![
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    members.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    members.extend(changes);
    Ask::get(format!("/oauth/authorize?{}", encoded(&members)))
}

#[tokio::test]
async fn a_client_that_gets_in_leaves_every_step_and_no_secret() {
    let bed = Bed::start().await;
    let client = Client {
        bed: &bed,
        agent: "claude-code/2.1",
    };
    assert_eq!(client.call(None).await, 401);
    client.find().await;
    let browser = Client {
        bed: &bed,
        agent: "Mozilla/5.0 Chrome/140",
    };
    let ask = authorize("web", &[]).cookies(&bed.cookies(&bed.ann).await);
    assert_eq!(browser.send(ask).await, 200);
    let waiting = only(&bed).await;
    assert_eq!(waiting["state"]["is"], "waits-for-person");
    let code = bed.code("web").await;
    assert_eq!(client.send(redeem("web", &code)).await, 200);
    let (token, next) = bed.tokens("web").await;
    assert_eq!(client.call(Some(&token)).await, 200);
    assert_eq!(client.call(Some(&token)).await, 200);

    let journeys = journeys(&bed).await;
    let view = journeys
        .iter()
        .find(|view| view["state"]["is"] == "arrived")
        .unwrap();
    let taken = [
        "challenge",
        "resource-metadata",
        "issuer-metadata",
        "consent",
        "token",
        "call",
    ];
    assert_eq!(steps(view), taken);
    let journey = &view["journey"];
    assert_eq!(journey["agent"], "claude-code/2.1");
    assert_eq!(journey["address"], HOME);
    assert_eq!(journey["client_id"], "web");
    assert_eq!(journey["runtime"], "adder");
    assert_eq!(journey["subject"], bed.ann.id.as_str());
    let told = json!(journeys).to_string();
    for secret in [&code, &token, &next] {
        assert!(!told.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn a_client_of_each_broken_kind_leaves_its_step_and_reason() {
    let unknown = authorize("nobody", &[]);
    let elsewhere = authorize("web", &[("redirect_uri", "https://evil.example/")]);
    let foreign = authorize("web", &[("resource", "https://else.example/mcp")]);
    let unproven = authorize("web", &[("code_challenge", "short")]);
    for (ask, step, reason) in [
        (unknown, "authorization", "invalid_client"),
        (elsewhere, "authorization", "invalid_request"),
        (foreign, "authorization", "invalid_target"),
        (unproven, "authorization", "invalid_request"),
        (redeem("web", "skc_made-up"), "token", "invalid_grant"),
        (refresh("web", "skr_ended"), "refresh", "invalid_grant"),
        (
            Ask::json(
                "POST",
                "/oauth/register",
                &json!({"redirect_uris": ["http://evil.example/"]}),
            ),
            "registration",
            "invalid_redirect_uri",
        ),
        (Ask::get("/mcp/other"), "call", "unknown_runtime"),
        (
            Ask::get("/.well-known/oauth-protected-resource/mcp/other"),
            "resource-metadata",
            "no_metadata",
        ),
        (
            Ask::new("POST", RUNTIME).bearer("not.a.token"),
            "call",
            "malformed_token",
        ),
    ] {
        let bed = Bed::start().await;
        let client = Client {
            bed: &bed,
            agent: "claude-code/2.1.330 (sdk-cli)",
        };
        client.send(ask).await;
        let view = only(&bed).await;
        assert_eq!(
            view["state"],
            json!({"is": "stopped", "at": step, "why": "refused"})
        );
        let what = view["advice"]["what"].as_str().unwrap();
        assert!(what.starts_with(&format!("{reason}: ")), "{what}");
        assert!(view["advice"]["fix"].as_str().unwrap().len() > 20);
        let needs = view["advice"]["needs"].as_str().unwrap();
        assert!(needs.starts_with("Claude Code logs in"), "{needs}");
    }
}

#[tokio::test]
async fn a_login_without_a_resource_says_that_it_got_the_default_api() {
    let bed = Bed::start().await;
    let browser = Client {
        bed: &bed,
        agent: "Mozilla/5.0",
    };
    browser.send(authorize("web", &[])).await;
    let facts = only(&bed).await["journey"]["steps"][0]["facts"].clone();
    let resource = json!({"name": "resource", "value": "none: the default API"});
    assert!(facts.as_array().unwrap().contains(&resource), "{facts}");
}

#[tokio::test]
async fn a_login_that_has_ended_is_told_at_its_refresh_with_what_the_client_needs() {
    let issuing = Issuing {
        lifetimes: Lifetimes {
            refresh_idle: -1,
            ..Lifetimes::default()
        },
        ..Issuing::default()
    };
    let bed = Bed::issuing(issuing).await;
    let client = Client {
        bed: &bed,
        agent: "codex-mcp-client/0.169.0",
    };
    let redeem = redeem("web", &bed.code("web").await);
    let redeem = redeem.header("User-Agent", client.agent).from(HOME);
    let told: Value = serde_json::from_str(&bed.send(&redeem).await.text()).unwrap();
    let token = told["refresh_token"].as_str().unwrap();
    assert_eq!(client.send(refresh("web", token)).await, 400);
    let all = journeys(&bed).await;
    let stopped = json!({ "is": "stopped", "at": "refresh", "why": "refused" });
    let view = all.iter().find(|view| view["state"] == stopped);
    let view = view.unwrap_or_else(|| panic!("{all:#?}"));
    let advice = |name: &str| view["advice"][name].as_str().unwrap();
    assert!(advice("what").starts_with("invalid_grant: "), "{view}");
    assert!(advice("fix").contains("log in again"), "{view}");
    assert!(advice("needs").starts_with("Codex logs in"), "{view}");
}

#[tokio::test]
async fn a_client_that_stops_at_plain_http_is_told_so() {
    let seconds = UNIX_EPOCH.elapsed().unwrap().as_secs();
    let clock = Clock::fixed(i64::try_from(seconds).unwrap());
    let own = clock.clone();
    let bed = crate::Bed::with(|settings| {
        settings.public_url = Some("http://mcp.example".parse().unwrap());
        settings.clock = own;
    })
    .await;
    let at = |path: &str| bed.http.get(format!("{}{path}", bed.server.local_url()));
    let metadata = at("/.well-known/oauth-authorization-server");
    let metadata = metadata.header(USER_AGENT, "claude-code/2.1.330 (sdk-cli)");
    assert_eq!(metadata.send().await.unwrap().status(), StatusCode::OK);
    let view = async || {
        let journeys = at("/api/v1/journeys").bearer_auth(bed.server.operator_key());
        let told: Value = journeys.send().await.unwrap().json().await.unwrap();
        told[0].clone()
    };
    assert_eq!(view().await["state"]["is"], "underway");
    clock.advance(120);
    let view = view().await;
    let stopped = json!({ "is": "stopped", "at": "issuer-metadata", "why": "went-no-further" });
    assert_eq!(view["state"], stopped);
    let advice = |name: &str| view["advice"][name].as_str().unwrap();
    assert!(advice("what").contains("plain http"), "{view}");
    assert!(advice("fix").contains("--tls-cert"), "{view}");
    assert!(advice("needs").starts_with("Claude Code logs in"), "{view}");
}

#[tokio::test]
async fn a_client_that_reads_no_metadata_is_told_so_on_its_page() {
    let seconds = UNIX_EPOCH.elapsed().unwrap().as_secs();
    let clock = Clock::fixed(i64::try_from(seconds).unwrap());
    let house = House::at(clock.clone(), |_| {}).await;
    let call = house.bed.anonymous(reqwest::Method::POST, RUNTIME);
    let call = call.header(USER_AGENT, "Cursor/3.1").send().await.unwrap();
    assert_eq!(call.status(), StatusCode::UNAUTHORIZED);
    clock.advance(120);
    let mut browser = house.browser("ada", "viewer").await;
    let html = browser.open("/console/journeys/2").await.html;
    for told in [
        "did not read it",
        "What this client needs",
        "Cursor registers itself",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    browser.set_cookie("shukuba_language", "ja");
    let html = browser.open("/console/journeys/2").await.html;
    assert!(html.contains("このクライアントに必要なこと"), "{html}");
}
