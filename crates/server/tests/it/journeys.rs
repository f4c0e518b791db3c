//! What clients did on their way in, as the server tells it.

use serde_json::{Value, json};

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
            agent: "broken/1",
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
