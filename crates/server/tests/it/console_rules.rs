//! Who may call a runtime, changed on its page and by the administration API.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_testkit::browser::Page;

use crate::console_runtimes::{AUDIENCE, Console, HOSTILE, PAGE, unchanged};

const FORM: &str = "/console/runtimes/adder/rules";
const API: &str = "/api/v1/runtimes/adder/rules";

/// What the form sends: the provider's issuer, these clients, and login.
struct Typed<'a> {
    issuer: String,
    clients: &'a str,
    audiences: &'a str,
    claim: &'a str,
}

impl Typed<'_> {
    fn of(console: &Console) -> Self {
        Self {
            issuer: console.provider.discovery_url(),
            clients: "somebody-else",
            audiences: AUDIENCE,
            claim: "rfc9068",
        }
    }

    fn fields(&self) -> [(&str, &str); 8] {
        [
            ("discovery_url", &self.issuer),
            ("clients", self.clients),
            ("audiences", self.audiences),
            ("scopes", ""),
            ("client_claim", self.claim),
            ("login", "on"),
            ("who", "named"),
            ("people", "ada\nbob"),
        ]
    }
}

async fn rules(console: &Console) -> Value {
    let (_, runtime) = console.bed.get("/api/v1/runtimes/adder").await;
    json!([
        runtime["authorizer"],
        runtime["login"],
        runtime["login_allow"]
    ])
}

fn is_refused(page: &Page, said: &str) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.html);
    let (_, alert) = page.html.split_once("role=\"alert\"").unwrap();
    let (alert, _) = alert.split_once("</div>").unwrap();
    assert!(alert.contains(said), "{said}: {alert}");
}

#[tokio::test]
async fn what_an_operator_saves_judges_the_next_call_and_makes_no_version() {
    let console = Console::with(&[unchanged], |_| {}).await;
    assert_eq!(console.knock().await, StatusCode::OK);
    let mut ada = console.browser("ada", "operator").await;
    let page = ada.open(PAGE).await;
    assert!(page.html.contains(&format!("href=\"{FORM}\"")));
    let form = ada.open(FORM).await;
    assert_eq!(form.status, StatusCode::OK);
    let client = console.provider.client_id().to_owned();
    assert!(form.html.contains(&client) && form.html.contains(AUDIENCE));

    let sent = ada.submit(FORM, &Typed::of(&console).fields()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let next = sent.location.unwrap();
    assert!(next.starts_with(&format!("{PAGE}?saved=")) && next.ends_with("#rules"));
    assert_eq!(console.knock().await, StatusCode::UNAUTHORIZED);
    let now = rules(&console).await;
    assert_eq!(now[0]["allowed_clients"], json!(["somebody-else"]));
    assert_eq!(now[1], true);
    assert_eq!(now[2], json!(["ada", "bob"]));
    let (_, runtime) = console.bed.get("/api/v1/runtimes/adder").await;
    assert_eq!(runtime["version"], 1);

    let (_, audit) = console.bed.get("/api/v1/audit").await;
    let told = audit.to_string();
    let change = format!("allowedClients +somebody-else -{client}; login.allow +ada +bob");
    assert!(
        told.contains("runtime.rules_changed") && told.contains(&change),
        "{told}"
    );
    let (_, users) = console.bed.get("/api/v1/users").await;
    let id = users[0]["id"].as_str().unwrap();
    let entry = audit.as_array().unwrap().iter();
    let mut entry = entry.filter(|entry| entry["event"] == "runtime.rules_changed");
    assert_eq!(entry.next().unwrap()["actor"], id, "{audit}");

    // A page that tells what to change leads to the form with that client.
    ada.open(&format!("{FORM}?client={client}")).await;
    let back = format!("somebody-else\n{client}");
    let (issuer, fields) = (console.provider.discovery_url(), Typed::of(&console));
    let mut fields = fields.fields();
    fields[0] = ("discovery_url", &issuer);
    fields[1] = ("clients", &back);
    let sent = ada.submit(FORM, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert_eq!(console.knock().await, StatusCode::OK);
}

/// The clients of a form, and what a link did to it.
fn suggested(page: &Page) -> (String, Option<String>) {
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let between = |html: &str, start: &str, end: &str| {
        let (_, rest) = html.split_once(start)?;
        rest.split_once(end).map(|(found, _)| found.to_owned())
    };
    let clients = between(&page.html, "name=\"clients\"", "</textarea>").unwrap();
    let (_, clients) = clients.split_once('>').unwrap();
    let told = between(&page.html, "<p class=\"note\" role=\"status\">", "</p>");
    (clients.trim().to_owned(), told)
}

#[tokio::test]
async fn what_a_link_did_not_fill_in_is_not_said_to_be_unsaved() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let client = console.provider.client_id();
    let there_already = format!("?client={client}");
    for query in ["", "?client=", "?client=%20%0A", &there_already] {
        let page = ada.open(&format!("{FORM}{query}")).await;
        assert_eq!(suggested(&page), (client.to_owned(), None), "{query}");
    }
    // What would be saved is not what is seen.
    let long = "c".repeat(2049);
    for unfit in [
        "a%0Ab",
        "machine-7%E2%80%8B",
        "a%E2%80%AEb",
        "a%20%20b",
        &long,
    ] {
        let page = ada.open(&format!("{FORM}?client={unfit}")).await;
        let (clients, told) = suggested(&page);
        assert_eq!(clients, client, "{unfit}");
        assert!(told.unwrap().contains("was not filled in"), "{unfit}");
    }
    let mut eve = console.browser("eve", "viewer").await;
    let page = eve.open(&format!("{FORM}?client=machine-7")).await;
    assert!(!page.html.contains("Not saved yet"), "{}", page.html);
}

#[tokio::test]
async fn a_suggested_client_is_in_the_form_and_said_to_be_unsaved() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let before = rules(&console).await;
    let mut ada = console.browser("ada", "operator").await;
    let hostile = format!("{FORM}?client=%3Cscript%3Ealert(1)%3C/script%3E");
    let page = ada.open(&hostile).await;
    assert!(!page.html.contains(HOSTILE));
    let (clients, told) = suggested(&page);
    assert!(clients.ends_with("\n&#60;script&#62;alert(1)&#60;/script&#62;"));
    let told = told.unwrap();
    assert!(told.starts_with("Not saved yet") && told.contains("&#60;script&#62;alert(1)"));
    assert_eq!(rules(&console).await, before);
    // The page that says what is wrong is no page that a link led to.
    let typed = Typed {
        claim: "no such claim",
        ..Typed::of(&console)
    };
    let wrong = ada.submit(&hostile, &typed.fields()).await;
    is_refused(&wrong, "Pick one");
    assert!(!wrong.html.contains("Not saved yet"));

    ada.set_cookie("shukuba_language", "ja");
    let page = ada.open(&format!("{FORM}?client=machine-7")).await;
    let told = suggested(&page).1.unwrap();
    assert!(
        told.contains("まだ保存していません。クライアント machine-7"),
        "{told}"
    );
}

#[tokio::test]
async fn rules_that_are_wrong_are_explained_and_what_was_typed_is_kept() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let before = rules(&console).await;
    let mut ada = console.browser("ada", "operator").await;
    let good = || Typed::of(&console);
    let wrong = [
        (
            Typed {
                issuer: HOSTILE.to_owned(),
                ..good()
            },
            "discovery_url",
            "URL",
        ),
        (
            Typed {
                issuer: "http://127.0.0.1:9/.well-known/openid-configuration".to_owned(),
                ..good()
            },
            "discovery_url",
            "cannot be used",
        ),
        (
            Typed {
                clients: " \n",
                audiences: "",
                ..good()
            },
            "clients",
            "Name at least one",
        ),
        (
            Typed {
                claim: HOSTILE,
                ..good()
            },
            "client_claim",
            "Pick one",
        ),
    ];
    let long = "s".repeat(2049);
    let endless = Typed {
        audiences: &long,
        ..good()
    };
    let wrong = wrong
        .into_iter()
        .chain([(endless, "audiences", "At most 1000 values")]);
    for (typed, field, said) in wrong {
        ada.open(FORM).await;
        let page = ada.submit(FORM, &typed.fields()).await;
        is_refused(&page, said);
        assert!(page.html.contains(&format!("href=\"#{field}\"")), "{field}");
        assert!(page.html.contains("ada\nbob"), "what was typed is gone");
        assert!(!page.html.contains(HOSTILE));
        assert_eq!(rules(&console).await, before);
        assert_eq!(console.knock().await, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_viewer_and_a_forged_form_change_no_rules() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let before = rules(&console).await;
    let mut eve = console.browser("eve", "viewer").await;
    let seen = eve.open(FORM).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(!seen.html.contains("<textarea"));
    let typed = Typed::of(&console);
    let refused = eve.submit(FORM, &typed.fields()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut ada = console.browser("ada", "operator").await;
    for token in ["", "forged"] {
        ada.open(FORM).await;
        let mut fields = typed.fields().to_vec();
        fields.push(("csrf", token));
        let refused = ada.submit(FORM, &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(rules(&console).await, before);
}

#[tokio::test]
async fn the_administration_api_sets_rules_with_the_checks_of_a_launch() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let bed = &console.bed;
    let body = |clients: Value| {
        json!({
            "authorizer": {
                "discovery_url": console.provider.discovery_url(),
                "allowed_clients": clients,
            },
            "login": false,
            "login_allow": [],
        })
    };
    let put = |path, body| (Method::PUT, path, Some(body));
    let nobody = put(API, body(json!([])));
    bed.refused(nobody, StatusCode::BAD_REQUEST, "every token")
        .await;
    for long in [json!(vec!["c"; 1001]), json!(["c".repeat(2049)])] {
        let long = put(API, body(long));
        bed.refused(long, StatusCode::BAD_REQUEST, "allowedClients has more")
            .await;
    }
    for name in ["login", "login_allow"] {
        let mut unsaid = body(json!(["c"]));
        unsaid.as_object_mut().unwrap().remove(name);
        let unsaid = put(API, unsaid);
        bed.refused(unsaid, StatusCode::BAD_REQUEST, name).await;
    }
    let gone = put("/api/v1/runtimes/other/rules", body(json!(["c"])));
    bed.refused(gone, StatusCode::NOT_FOUND, "no runtime 'other'")
        .await;
    assert_eq!(console.knock().await, StatusCode::OK);
    let (status, runtime) = bed.call(Method::PUT, API, Some(&body(json!(["c"])))).await;
    assert_eq!(status, StatusCode::OK, "{runtime}");
    assert_eq!(runtime["login"], false);
    assert_eq!(console.knock().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_may_log_in_is_said_and_an_empty_list_opens_nothing() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let before = rules(&console).await;
    let mut ada = console.browser("ada", "operator").await;
    for (who, people, said) in [
        ("named", " \n", "Name at least one person"),
        ("", "ada", "Pick who may log in"),
        (HOSTILE, "ada", "Pick who may log in"),
    ] {
        ada.open(FORM).await;
        let typed = Typed::of(&console);
        let mut fields = typed.fields();
        fields[6] = ("who", who);
        fields[7] = ("people", people);
        let page = ada.submit(FORM, &fields).await;
        is_refused(&page, said);
        assert_eq!(rules(&console).await, before);
    }
    ada.open(FORM).await;
    let typed = Typed::of(&console);
    let mut fields = typed.fields();
    fields[6] = ("who", "all");
    let sent = ada.submit(FORM, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert_eq!(rules(&console).await[2], json!([]));
}

/// Nothing is fetched from our own issuer, so that its address may be one that
/// no other issuer may have.
#[tokio::test]
async fn our_own_issuer_is_saved_under_plain_http_too() {
    let lan = |settings: &mut shukuba_server::Settings| {
        settings.public_url = Some("http://192.0.2.1:8430".parse().unwrap());
    };
    let console = Console::with(&[unchanged], lan).await;
    let mut ada = console.browser("ada", "operator").await;
    for (issuer, status) in [
        ("http://192.0.2.2:8430", StatusCode::BAD_REQUEST),
        ("http://192.0.2.1:8430", StatusCode::SEE_OTHER),
    ] {
        let typed = Typed {
            issuer: format!("{issuer}/.well-known/openid-configuration"),
            ..Typed::of(&console)
        };
        ada.open(FORM).await;
        let sent = ada.submit(FORM, &typed.fields()).await;
        assert_eq!(sent.status, status, "{issuer}: {}", sent.html);
    }
}

#[tokio::test]
async fn a_suggested_client_never_narrows_rules_that_name_none() {
    let any =
        |launch: &mut shukuba_store::Launch| launch.runtime.authorizer.allowed_clients.clear();
    let console = Console::with(&[any], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let form = ada.open(&format!("{FORM}?client=machine-7")).await;
    assert_eq!(form.status, StatusCode::OK);
    let (_, clients) = form.html.split_once("name=\"clients\"").unwrap();
    let (clients, _) = clients.split_once("</textarea>").unwrap();
    assert!(!clients.contains("machine-7"), "{clients}");
}
