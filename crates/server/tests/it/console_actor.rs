//! Whoever changes something on a page is named in the audit log.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_testkit::browser::Browser;

use crate::console_house::{API, House, form_token};
use crate::grants::granted;

/// A form: where it is sent, what it says, and the event that it leaves.
type Sent<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

/// Sends every form, and finds Ada behind each.
async fn hold(house: &House, ada: &mut Browser, forms: &[Sent<'_>]) {
    let id = house.id_of("ada").await;
    for (path, fields, event) in forms {
        let page = ada.send_form(path, fields, &[]).await;
        let status = page.status;
        assert!(status.as_u16() < 400, "{path} {status}: {}", page.html);
        assert_eq!(actor(house, event).await, id, "{event}");
    }
}

/// Calls the runtime, which starts an instance.
async fn call(house: &House) {
    let bed = &house.bed;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let token = house.provider.token(API, i64::try_from(now).unwrap());
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let call = bed.anonymous(Method::POST, "/mcp/adder").bearer_auth(token);
    let call = call.header(CONTENT_TYPE, "application/json");
    let call = call.header(ACCEPT, "application/json, text/event-stream");
    let call = call.body(list.to_string()).send().await.unwrap();
    assert_eq!(call.status(), StatusCode::OK);
}

/// Who did the last thing of that kind.
async fn actor(house: &House, event: &str) -> String {
    let (_, entries) = house.bed.get("/api/v1/audit?limit=1000").await;
    let entries = entries.as_array().unwrap().iter();
    // The newest first.
    let entry = entries.clone().find(|entry| entry["event"] == event);
    let entry = entry.unwrap_or_else(|| panic!("no {event}"));
    entry["actor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_audit_log_names_the_person_who_changed_something_on_a_page() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    let client = house.client.clone();
    let csrf = form_token(&mut ada).await;
    let csrf = ("csrf", csrf.as_str());
    let own = "https://own.example/";
    let api = [
        csrf,
        ("name", "own"),
        ("identifier", own),
        ("profile", "rfc9068"),
        ("algorithm", "RS256"),
        ("lifetime", "3600"),
        ("unit", "seconds"),
    ];
    let of_token = house.address("/console/apis/token");
    let of_own = "/console/apis/one?identifier=https%3A%2F%2Fown.example%2F";
    let with_id = [csrf, ("id", client.as_str())];
    let application = [csrf, ("name", "made"), ("kind", "native")];
    let token = [csrf, ("name", "made"), ("uses", "1"), ("days", "1")];
    let issue = [csrf, ("application", client.as_str())];
    let delete = [csrf, ("action", "delete")];
    let roll_back = [csrf, ("version", "1")];
    let registration_tokens = "/console/applications/registration-tokens";
    let ties = "/console/apis/applications?identifier=https%3A%2F%2Fown.example%2F";
    let tie = |action| [csrf, ("application", client.as_str()), ("action", action)];
    let (give, take) = (tie("give"), tie("take"));
    let forms: [Sent<'_>; 11] = [
        ("/console/apis/new", &api, "api.created"),
        (of_own, &api, "api.updated"),
        (ties, &give, "application.apis"),
        (ties, &take, "application.apis"),
        (of_own, &delete, "api.deleted"),
        (&of_token, &issue, "application.token"),
        (
            "/console/applications/secrets",
            &with_id,
            "application.secret_added",
        ),
        (
            "/console/applications/new",
            &application,
            "application.created",
        ),
        (registration_tokens, &token, "initial_token.created"),
        (
            "/console/runtimes/adder/rollback",
            &roll_back,
            "runtime.rolled_back",
        ),
        (
            "/console/applications/delete",
            &with_id,
            "application.deleted",
        ),
    ];
    hold(&house, &mut ada, &forms).await;
}

#[tokio::test]
async fn the_audit_log_names_the_person_who_took_something_back_on_a_page() {
    let house = House::new().await;
    let bed = &house.bed;
    let mut ada = house.browser("ada", "operator").await;
    let granted = granted(bed, "dan", "laptop").await;
    let client = house.client.clone();
    let (_, added) = bed
        .post(&format!("/api/v1/applications/{client}/secrets"), json!({}))
        .await;
    assert!(added["client_secret"].is_string(), "{added}");
    call(&house).await;
    let text = async |path: &str, pointer: &str| {
        let (_, told) = bed.get(path).await;
        let text = told.pointer(pointer).and_then(|value| value.as_str());
        text.unwrap_or_else(|| panic!("{path} {pointer}: {told}"))
            .to_owned()
    };
    let grant = text("/api/v1/grants", "/0/id").await;
    let secret = format!("/api/v1/applications/{client}");
    let secret = text(&secret, "/secrets/0/id").await;
    let initial = text("/api/v1/initial-access-tokens", "/0/id").await;
    let instance = text("/api/v1/runtimes/adder/instances", "/0/id").await;
    let csrf = form_token(&mut ada).await;
    let csrf = ("csrf", csrf.as_str());
    let of_grant = [
        csrf,
        ("id", granted.client_id.as_str()),
        ("grant", grant.as_str()),
    ];
    let of_secret = [csrf, ("id", client.as_str()), ("secret", secret.as_str())];
    let of_initial = [csrf, ("id", initial.as_str())];
    let of_instance = [csrf, ("instance", instance.as_str())];
    let forms: [Sent<'_>; 4] = [
        (
            "/console/applications/grants/revoke",
            &of_grant,
            "grant.revoked",
        ),
        (
            "/console/applications/secrets/remove",
            &of_secret,
            "application.secret_removed",
        ),
        (
            "/console/applications/registration-tokens/revoke",
            &of_initial,
            "initial_token.revoked",
        ),
        (
            "/console/runtimes/adder/stop",
            &of_instance,
            "instance.stopped",
        ),
    ];
    hold(&house, &mut ada, &forms).await;
}
