//! A runtime that people may log in to, from the project file to the door.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use tokio::runtime::Runtime;

use crate::bed::{Bed, IDENTIFIER};

/// Writes what the agent's key `shukuba` says about login, and launches.
fn launch_with(bed: &Bed, login: &str) {
    let path = bed.project().join(".bedrock_agentcore.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, _) = text.split_once("    shukuba:").unwrap();
    std::fs::write(&path, format!("{before}    shukuba: {{login: {login}}}\n")).unwrap();
    bed.run(&["launch"]).ok();
}

fn status(bed: &Bed) -> Value {
    serde_json::from_str(&bed.run(&["status", "mcp_server", "--json"]).ok()).unwrap()
}

/// The identifiers of all APIs, oldest first.
fn apis(bed: &Bed) -> Vec<String> {
    let listed: Value = serde_json::from_str(&bed.run(&["api", "list", "--json"]).ok()).unwrap();
    let listed = listed.as_array().unwrap().iter();
    listed
        .map(|api| api["identifier"].as_str().unwrap().to_owned())
        .collect()
}

fn authorization_servers(runtime: &Runtime, bed: &Bed) -> Value {
    let url = format!(
        "{}/.well-known/oauth-protected-resource/mcp/mcp_server",
        bed.origin()
    );
    let http = reqwest::Client::builder().build().unwrap();
    let document: Value = runtime
        .block_on(async { http.get(url).send().await?.json().await })
        .unwrap();
    document.get("authorization_servers").unwrap().clone()
}

#[test]
fn people_and_applications_share_the_api_that_the_configured_entry_names() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    assert_eq!(status(&bed)["login"], false);

    launch_with(&bed, "{allow: [ada, bob]}");
    let view = status(&bed);
    assert_eq!(view["login"], true);
    assert_eq!(view["login_allow"], json!(["ada", "bob"]));
    let shown = bed.run(&["status", "mcp_server"]);
    assert_eq!(shown.value("login"), "yes, for ada, bob");
    assert_eq!(apis(&bed), [IDENTIFIER]);
    bed.add(&bed.token()).ok();
    let explained = bed.run(&["token", "explain", &bed.token()]).ok();
    assert!(
        explained.contains("Judged by the entry customJWTAuthorizer"),
        "{explained}"
    );

    launch_with(&bed, "true");
    assert_eq!(status(&bed)["login_allow"], json!([]));
    launch_with(&bed, "false");
    assert_eq!(status(&bed)["login"], false);
}

#[test]
fn with_another_issuers_entry_people_log_in_here_for_the_runtimes_own_api() {
    let bed = Bed::with_server();
    let runtime = Runtime::new().unwrap();
    let provider = runtime.block_on(FakeProvider::auth0());
    provider.set_profile(Profile::Rfc9068);
    let rules = json!({ "customJWTAuthorizer": {
        "discoveryUrl": provider.discovery_url(),
        "allowedClients": [provider.client_id()],
        "allowedAudience": [SEED_API],
    }});
    let rules = rules.to_string();
    bed.run(&["configure", "-e", "mcp_server.py", "-ni", "-ac", &rules])
        .ok();
    launch_with(&bed, "false");
    assert_eq!(
        authorization_servers(&runtime, &bed),
        json!([provider.issuer()])
    );
    assert_eq!(apis(&bed), [""; 0]);

    launch_with(&bed, "true");
    assert_eq!(authorization_servers(&runtime, &bed), json!([bed.origin()]));
    assert_eq!(apis(&bed), [format!("{}/mcp/mcp_server", bed.origin())]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_secs()).unwrap();
    bed.add(&provider.token(SEED_API, now)).ok();
}

#[test]
fn a_project_that_says_nothing_about_login_has_none_after_launch() {
    let bed = Bed::with_server();
    let project = "agents:\n  mcp_server:\n    entrypoint: mcp_server.py\n";
    std::fs::write(bed.project().join("shukuba.yaml"), project).unwrap();
    bed.run(&["launch"]).ok();
    assert_eq!(status(&bed)["login"], false);
}
