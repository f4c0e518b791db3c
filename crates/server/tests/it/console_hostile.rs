//! What others wrote and what is asked for is text on every page, and nothing
//! comes of it.

mod html;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_model::wire::{ApiCreate, Tool};
use shukuba_model::{
    ApplicationKind, AuthMethod, Client, ClientMetadata, ClientSource, GrantType, LoginAllow,
};
use shukuba_store::{AuditEvent, Launch};
use shukuba_testkit::browser::Browser;

use self::html::inspect;
use crate::console_house::{API, House, fields};
use crate::runtime;

/// What is planted, everywhere at once.
const PLANTED: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}' onmouseover='alert(1)",
    "\u{202e}evil\u{2066}\u{200b}&lt;b&gt;</title></textarea></code>",
];
/// The id of a client that was planted.
const CLIENT: &str = "planted";

fn all() -> String {
    PLANTED.join(" ")
}

/// A runtime whose rules, tools and output are hostile.
fn hostile(launch: &mut Launch) {
    let mut command = launch.version.command.clone();
    command.program = "/bin/sh".into();
    let lines = PLANTED.map(|line| line.replace('\'', "")).join("\n");
    let control = "\u{1b}[31m\u{7}";
    command.arguments = vec!["-c".to_owned(), format!("echo '{control}{lines}'; exit 1")];
    launch.version.command = command;
    launch.version.tools = vec![Tool {
        name: all(),
        title: Some(all()),
        description: Some(all()),
        input_schema: json!({
            "type": "object",
            "title": all(),
            "properties": { all(): { "type": "string", "description": all(), "enum": [all()] } },
        }),
        destructive: false,
    }];
    let rules = &mut launch.runtime.authorizer;
    rules.allowed_clients.push(all());
    rules.allowed_audience.push(all());
    rules.allowed_scopes.push(all());
    launch.runtime.login_allow = LoginAllow::from(vec![all()]);
}

/// A client with all that one may write of itself.
fn client(id: &str, source: ClientSource) -> Client {
    let link = || Some("javascript:alert(1)".to_owned());
    Client {
        id: id.parse().unwrap(),
        name: all(),
        source,
        kind: ApplicationKind::Connector,
        auth_method: AuthMethod::None,
        grant_types: vec![GrantType::AuthorizationCode],
        redirect_uris: vec![
            "https://client.example/?a='%3E%3Cscript%3E"
                .parse()
                .unwrap(),
        ],
        apis: Vec::new(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata {
            client_uri: link(),
            logo_uri: link(),
            tos_uri: link(),
            policy_uri: link(),
            contacts: vec![all(), "javascript:alert(1)".to_owned()],
            scope: Some(all()),
            software_id: Some(all()),
            ..ClientMetadata::default()
        },
        created_at: 1,
        last_used_at: Some(2),
    }
}

/// Plants it by every way that strangers and operators have, and past the checks
/// of those ways, straight into the database.
async fn plant(house: &House) {
    let store = &house.store;
    for (id, source) in [
        (CLIENT, ClientSource::Registered),
        ("stranger", ClientSource::Dynamic),
    ] {
        store
            .create_client(&client(id, source), None)
            .await
            .unwrap();
    }
    let api = ApiCreate {
        name: all(),
        ..runtime::api("https://planted.example/?a='javascript:alert(1)")
    };
    store.create_api(&api, 1).await.unwrap();
    for event in ["token.refused", "client.registered", "consent"] {
        let text = all();
        let event = AuditEvent {
            event,
            outcome: "refused",
            actor: text.clone(),
            subject: text.clone(),
            detail: text,
            ..AuditEvent::default()
        };
        store.append_audit(&[event], 1).await.unwrap();
    }
    let bed = &house.bed;
    let user = json!({ "name": "mallory", "display_name": PLANTED[1], "email": PLANTED[0] });
    bed.post("/api/v1/users", user).await;
    let token = json!({ "name": PLANTED[1], "uses": 1, "lifetime": 3600 });
    bed.post("/api/v1/initial-access-tokens", token).await;
    let metadata = json!({
        "client_name": all(), "client_uri": "javascript:alert(1)",
        "logo_uri": "javascript:alert(1)", "policy_uri": "javascript:alert(1)",
        "contacts": [all()], "redirect_uris": ["https://client.example/cb"],
    });
    let request = bed
        .anonymous(Method::POST, "/oauth/register")
        .json(&metadata);
    request.send().await.unwrap();
    for agent in &PLANTED[..4] {
        let call = bed.anonymous(Method::POST, "/mcp/adder");
        call.header("User-Agent", *agent).send().await.unwrap();
        let query = [
            ("client_id", *agent),
            ("redirect_uri", agent),
            ("resource", agent),
        ];
        let ask = bed.anonymous(Method::GET, "/oauth/authorize").query(&query);
        ask.header("User-Agent", *agent).send().await.unwrap();
    }
    // A call that starts an instance, which prints and ends.
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let token = house.provider.token(API, i64::try_from(now).unwrap());
    let call = bed.anonymous(Method::POST, "/mcp/adder").bearer_auth(token);
    let call = call.header(CONTENT_TYPE, "application/json").body("{}");
    call.send().await.unwrap();
}

/// Every address that is worth a look: of each route, about what was planted.
async fn addresses(house: &House) -> Vec<String> {
    let (mut addresses, fields) = (Vec::new(), fields());
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    for (address, methods) in house.routes().await {
        if !methods.contains(&Method::GET) {
            continue;
        }
        let (path, _) = address.split_once('?').unwrap();
        addresses.push(format!(
            "{path}?id={CLIENT}&source=all&application={CLIENT}"
        ));
        addresses.push(format!(
            "{path}?id=stranger&source=dynamic&identifier={}",
            encode("https://planted.example/?a='javascript:alert(1)")
        ));
        addresses.push(address.clone());
        // Reflected: as every parameter, and as the path's last part.
        for planted in PLANTED {
            let planted = encode(planted);
            let more = [
                "done", "source", "after", "before", "rotate", "revoke", "secret", "client",
                "saved",
            ];
            let names = fields
                .iter()
                .map(String::as_str)
                .chain(more)
                .chain([planted.as_str()]);
            let query: Vec<String> = names.map(|name| format!("{name}={planted}")).collect();
            addresses.push(format!("{path}?{}", query.join("&")));
            let (parent, _) = path.rsplit_once('/').unwrap();
            addresses.push(format!("{parent}/{planted}"));
        }
    }
    for journey in 1..=10 {
        addresses.push(format!("/console/journeys/{journey}"));
    }
    addresses.push("/console/users/mallory".to_owned());
    addresses
}

/// Opens a page and tells what came of it.
async fn look(browser: &mut Browser, address: &str, wrong: &mut Vec<String>) -> String {
    let page = browser.open(address).await;
    let server_error = page.status == StatusCode::INTERNAL_SERVER_ERROR;
    if server_error {
        wrong.push(format!("{address}: {}", page.status));
    }
    if let Some(location) = &page.location
        && !location.starts_with("/console")
        && !location.starts_with("/oauth/login?request=console%3A")
    {
        wrong.push(format!("{address}: leads to {location}"));
    }
    let kind = page.headers.get(CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        let found = inspect(&page.html).into_iter();
        wrong.extend(found.map(|found| format!("{address}: {found}")));
    }
    if is_page { page.html } else { String::new() }
}

#[tokio::test]
async fn what_was_planted_and_what_is_asked_for_is_text_on_every_page() {
    let house = House::with(hostile).await;
    plant(&house).await;
    let mut ada = house.browser("ada", "operator").await;
    let mut wrong = Vec::new();
    let mut shown = 0;
    for address in addresses(&house).await {
        let html = look(&mut ada, &address, &mut wrong).await;
        shown += html.matches("&#60;script&#62;alert(1)").count();
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(shown > 60, "{shown}: what was planted was hardly looked at");
}

#[tokio::test]
async fn what_is_typed_wrongly_into_a_form_comes_back_as_text() {
    let house = House::with(hostile).await;
    plant(&house).await;
    let mut ada = house.browser("ada", "operator").await;
    ada.open("/console/users/new").await;
    let csrf = ada.hidden("csrf").unwrap().to_owned();
    let names = fields();
    let mut wrong = Vec::new();
    for (address, methods) in house.routes().await {
        if !methods.contains(&Method::POST) {
            continue;
        }
        for planted in PLANTED {
            let named = names.iter().map(|name| (name.as_str(), planted));
            let mut form: Vec<(&str, &str)> = named.collect();
            form.push(("csrf", &csrf));
            let page = ada.send_form(&address, &form, &[]).await;
            if page.status == StatusCode::INTERNAL_SERVER_ERROR {
                wrong.push(format!("{address}: {}", page.status));
            }
            let found = inspect(&page.html).into_iter();
            wrong.extend(found.map(|found| format!("POST {address}: {found}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
