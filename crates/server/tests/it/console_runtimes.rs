//! The console's pages of runtimes: what to type into a client, and versions
//! and instances that an operator moves and stops.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_model::LoginAllow;
use shukuba_model::wire::Tool;
use shukuba_server::{RegistrationPolicy, Settings};
use shukuba_store::Launch;
use shukuba_testkit::browser::Browser;
use shukuba_testkit::provider::FakeProvider;

use crate::Bed;
use crate::prepared::Prepared;

pub(crate) const AUDIENCE: &str = "https://api.example/";
const PASSWORD: &str = "correct horse battery";
pub(crate) const PAGE: &str = "/console/runtimes/adder";
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>";
/// A public address without TLS.
const PLAIN: &str = "http://mcp.example";

pub(crate) struct Console {
    pub(crate) bed: Bed,
    pub(crate) provider: FakeProvider,
}

impl Console {
    /// A server with these versions of the runtime `adder`, launched before it
    /// was started.
    pub(crate) async fn with(
        versions: &[fn(&mut Launch)],
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let prepared = Prepared::new().await;
        let provider = prepared.host(AUDIENCE, versions.iter().copied()).await;
        let bed = prepared.start(change).await;
        Self { bed, provider }
    }

    pub(crate) async fn browser(&self, name: &str, role: &str) -> Browser {
        let user = json!({ "name": name, "password": PASSWORD, "role": role });
        // The public address may lead elsewhere.
        let home = self.bed.server.local_url();
        let request = self.bed.http.post(format!("{home}/api/v1/users"));
        let request = request.bearer_auth(self.bed.server.operator_key());
        let created = request.json(&user).send().await.unwrap();
        assert_eq!(created.status(), StatusCode::CREATED);
        let mut browser = Browser::new(&home);
        browser.log_in(name, PASSWORD).await;
        browser
    }

    pub(crate) fn token(&self) -> String {
        let now = UNIX_EPOCH.elapsed().unwrap().as_secs();
        self.provider.token(AUDIENCE, i64::try_from(now).unwrap())
    }

    /// Calls the runtime, which starts an instance.
    async fn call(&self) {
        assert_eq!(self.knock().await, StatusCode::OK);
    }

    /// How a call with a token of the provider is answered.
    pub(crate) async fn knock(&self) -> StatusCode {
        let token = self.token();
        let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let request = self.bed.anonymous(Method::POST, "/mcp/adder");
        let answer = request
            .bearer_auth(token)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json, text/event-stream")
            .body(list.to_string())
            .send()
            .await
            .unwrap();
        answer.status()
    }

    async fn version(&self) -> u64 {
        let (_, runtime) = self.bed.get("/api/v1/runtimes/adder").await;
        runtime["version"].as_u64().unwrap()
    }
}

pub(crate) fn unchanged(_: &mut Launch) {}

/// A version with a tool of a hostile name that prints hostile lines and ends.
fn hostile(launch: &mut Launch) {
    let mut command = launch.version.command.clone();
    command.program = PathBuf::from("/bin/sh");
    command.arguments = vec!["-c".to_owned(), format!("echo '{HOSTILE}'; exit 1")];
    launch.version.command = command;
    launch.version.tools = vec![Tool {
        name: HOSTILE.to_owned(),
        ..Tool::default()
    }];
    let rules = &mut launch.runtime.authorizer;
    rules.allowed_clients.push(HOSTILE.to_owned());
    rules.allowed_audience.push(HOSTILE.to_owned());
    rules.allowed_scopes.push(HOSTILE.to_owned());
    launch.runtime.login_allow = LoginAllow::from(vec![HOSTILE.to_owned()]);
}

#[tokio::test]
async fn an_operator_rolls_back_and_new_calls_get_the_old_version() {
    let console = Console::with(&[unchanged, unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let list = ada.open("/console/runtimes").await;
    assert!(list.html.contains("href=\"/console/runtimes/adder\""));
    let page = ada.open(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Roll back to 1"), "{}", page.html);
    assert!(!page.html.contains("Roll back to 2"), "it serves");

    let form = [("version", "1")];
    let sent = ada.submit(&format!("{PAGE}/rollback"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert_eq!(sent.location.unwrap(), format!("{PAGE}#versions"));
    assert_eq!(console.version().await, 1);
    console.call().await;
    let (_, instances) = console.bed.get("/api/v1/runtimes/adder/instances").await;
    assert_eq!(instances[0]["version"], 1, "{instances}");
    let (_, audit) = console.bed.get("/api/v1/audit").await;
    assert!(audit.to_string().contains("version 1 instead of 2"));

    let forward = json!({ "version": 2 });
    let (status, runtime) = console
        .bed
        .post("/api/v1/runtimes/adder/rollback", forward)
        .await;
    assert_eq!((status, &runtime["version"]), (StatusCode::OK, &json!(2)));
}

#[tokio::test]
async fn a_version_that_does_not_start_or_is_not_there_changes_nothing() {
    let console = Console::with(&[hostile, unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    for (version, status, said) in [
        (
            "1",
            StatusCode::CONFLICT,
            "version 1 does not start any more",
        ),
        ("9", StatusCode::NOT_FOUND, "has no version 9"),
        ("one", StatusCode::BAD_REQUEST, "is no number of a version"),
        (HOSTILE, StatusCode::BAD_REQUEST, "&#60;script&#62;alert(1)"),
        ("", StatusCode::BAD_REQUEST, "is no number of a version"),
    ] {
        ada.open(PAGE).await;
        let form = [("version", version)];
        let page = ada.submit(&format!("{PAGE}/rollback"), &form).await;
        assert_eq!(page.status, status, "{version}");
        let (_, alert) = page.html.split_once("role=\"alert\"").unwrap();
        assert!(alert.contains(said), "{version}: {alert}");
        assert_eq!(console.version().await, 2);
    }
    let post = |body| (Method::POST, "/api/v1/runtimes/adder/rollback", Some(body));
    let gone = post(json!({ "version": 9 }));
    let bed = &console.bed;
    bed.refused(gone, StatusCode::NOT_FOUND, "version 9").await;
    let broken = post(json!({ "version": 1 }));
    bed.refused(broken, StatusCode::CONFLICT, "start").await;
}

#[tokio::test]
async fn an_operator_stops_an_instance_and_the_next_call_starts_another() {
    let console = Console::with(&[unchanged, unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let page = ada.open(PAGE).await;
    assert!(page.html.contains("None runs now"));
    console.call().await;
    let instances = "/api/v1/runtimes/adder/instances";
    let (_, running) = console.bed.get(instances).await;
    let id = running[0]["id"].as_str().unwrap();
    let page = ada.open(PAGE).await;
    assert!(page.html.contains(&format!("Stop {id}")), "{}", page.html);
    let form = [("instance", id)];
    let sent = ada.submit(&format!("{PAGE}/stop"), &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert_eq!(console.bed.get(instances).await.1, json!([]));

    ada.open(PAGE).await;
    let again = ada.submit(&format!("{PAGE}/stop"), &form).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(again.html.contains("it may have ended by itself"));
    console.call().await;
    let (_, running) = console.bed.get(instances).await;
    let path = format!("{instances}/{}", running[0]["id"].as_str().unwrap());
    let bed = &console.bed;
    assert_eq!(bed.delete(&path).await.0, StatusCode::NO_CONTENT);
    let gone = (Method::DELETE, path.as_str(), None);
    bed.refused(gone, StatusCode::NOT_FOUND, "ended by itself")
        .await;
}

#[tokio::test]
async fn a_viewer_and_a_forged_form_change_nothing() {
    let console = Console::with(&[unchanged, unchanged], |_| {}).await;
    console.call().await;
    let (_, running) = console.bed.get("/api/v1/runtimes/adder/instances").await;
    let id = running[0]["id"].as_str().unwrap();
    let mut viewer = console.browser("eve", "viewer").await;
    let mut ada = console.browser("ada", "operator").await;
    let seen = viewer.open(PAGE).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(!seen.html.contains("/rollback\"") && !seen.html.contains("/stop\""));
    for (path, field) in [("rollback", ("version", "1")), ("stop", ("instance", id))] {
        let path = format!("{PAGE}/{path}");
        let refused = viewer.submit(&path, &[field]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        ada.open(PAGE).await;
        for token in ["", "forged"] {
            let refused = ada.submit(&path, &[field, ("csrf", token)]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(console.version().await, 2);
    let (_, still) = console.bed.get("/api/v1/runtimes/adder/instances").await;
    assert_eq!(still[0]["id"], id);
}

#[tokio::test]
async fn what_others_wrote_is_text_in_rules_tools_and_log() {
    let console = Console::with(&[hostile], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    // A call that does not get through: the instance prints and ends.
    let token = console.token();
    let request = console.bed.anonymous(Method::POST, "/mcp/adder");
    let request = request.bearer_auth(token).body("{}");
    request.send().await.unwrap();
    for tab in ["claude", "claude-code", "curl", HOSTILE] {
        let html = ada.open(&format!("{PAGE}?client={tab}")).await.html;
        assert!(!html.contains("<script>alert"), "{tab}: {html}");
        // Client, audience, scope, person and tool; twice where a tab tells it.
        let shown = html.matches("&#60;script&#62;alert(1)").count();
        assert!(shown >= 5, "{tab}: {shown}");
    }
    let missing = ada.open("/console/runtimes/%3Cscript%3E").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(!missing.html.contains("<script>'"));
}

/// What the tab of a client says, from the verdict on.
async fn tab(browser: &mut Browser, client: &str) -> String {
    let page = browser.open(&format!("{PAGE}?client={client}")).await;
    let (_, connect) = page.html.split_once("id=\"connect\"").unwrap();
    let (connect, _) = connect.split_once("id=\"rules\"").unwrap();
    let current = format!("?client={client}#connect\" aria-current=\"true\"");
    assert!(connect.contains(&current), "{client}: {connect}");
    connect.to_owned()
}

#[tokio::test]
async fn each_tab_has_what_to_type_with_this_runtimes_address() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "viewer").await;
    let url = format!("{}/mcp/adder", console.bed.server.public_url());
    for (client, typed) in [
        ("claude", "Remote MCP server URL".to_owned()),
        (
            "claude-code",
            format!("claude mcp add --transport http adder {url}"),
        ),
        ("inspector", "streamable-http".to_owned()),
        ("vscode", ".vscode/mcp.json".to_owned()),
        ("cursor", "mcpServers".to_owned()),
        ("codex", format!("codex mcp add adder --url {url}")),
        ("sdks", "Authorization: Bearer TOKEN".to_owned()),
        ("curl", format!("curl {url}")),
    ] {
        let said = tab(&mut ada, client).await;
        assert!(
            said.contains(&typed) && said.contains(&url),
            "{client}: {said}"
        );
    }
    assert!(tab(&mut ada, "claude-code").await.contains("Gets in<"));
    let unknown = ada.open(&format!("{PAGE}?client=other")).await;
    assert_eq!(unknown.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tab_tells_why_a_client_does_not_get_in() {
    let off = |launch: &mut Launch| launch.runtime.login = false;
    let few = |launch: &mut Launch| {
        launch.runtime.login_allow = LoginAllow::from(vec!["bob".to_owned()]);
    };
    let no_registration = |settings: &mut Settings| {
        settings.issuing.registration = RegistrationPolicy::Off;
        settings.issuing.client_documents = false;
    };
    let local = Console::with(&[off], no_registration).await;
    let mut ada = local.browser("ada", "viewer").await;
    let hosted = tab(&mut ada, "claude").await;
    assert!(hosted.contains("Does not get in") && hosted.contains("knows no other way"));
    let token = tab(&mut ada, "codex").await;
    assert!(token.contains("so the client needs a token"), "{token}");

    let local = Console::with(&[few], no_registration).await;
    let mut ada = local.browser("ada", "viewer").await;
    let hosted = tab(&mut ada, "claude").await;
    assert!(hosted.contains("is only this machine"), "{hosted}");
    assert!(hosted.contains("Only these people may log in: bob."));
    let code = tab(&mut ada, "claude-code").await;
    assert!(code.contains("needs an id and a secret"), "{code}");
}

#[tokio::test]
async fn a_public_address_decides_whether_hosted_claude_gets_in() {
    for (url, said) in [
        ("http://mcp.example", "calls https addresses only"),
        ("https://mcp.example:8443", "calls port 443 only"),
        ("https://mcp.example", "Gets in<"),
    ] {
        let public = |settings: &mut Settings| settings.public_url = Some(url.parse().unwrap());
        let console = Console::with(&[unchanged], public).await;
        let mut ada = console.browser("ada", "viewer").await;
        let hosted = tab(&mut ada, "claude").await;
        assert!(hosted.contains(said), "{url}: {hosted}");
    }
}

#[tokio::test]
async fn the_tab_of_the_sdks_warns_where_they_send_no_secret() {
    let public = |settings: &mut Settings| settings.public_url = Some(PLAIN.parse().unwrap());
    let console = Console::with(&[unchanged], public).await;
    let mut ada = console.browser("ada", "viewer").await;
    let sdks = tab(&mut ada, "sdks").await;
    assert!(sdks.contains("sends no secret over plain http"), "{sdks}");
    assert!(sdks.contains(PLAIN), "{sdks}");
    let curl = tab(&mut ada, "curl").await;
    assert!(!curl.contains("plain http"), "{curl}");
}
