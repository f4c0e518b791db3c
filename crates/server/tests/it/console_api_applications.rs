//! The page of an API lets applications use it, and takes it from them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_testkit::browser::{Browser, Page};

use crate::console_house::{API, House};

const OTHER: &str = "https://other.example/?a=1&b";
const PAGE: &str = "/console/apis/one?identifier=https%3A%2F%2Fother%2Eexample%2F%3Fa%3D1%26b";
const TIE: &str =
    "/console/apis/applications?identifier=https%3A%2F%2Fother%2Eexample%2F%3Fa%3D1%26b";

/// With the API [`OTHER`], which nobody may use yet.
async fn house() -> (House, Browser) {
    let house = House::new().await;
    let api = json!({ "name": "Orders", "identifier": OTHER });
    let (status, made) = house.bed.post("/api/v1/apis", api).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let ada = house.browser("ada", "operator").await;
    (house, ada)
}

async fn send(browser: &mut Browser, action: &str, application: &str) -> Page {
    browser.open(PAGE).await;
    let fields = [("application", application), ("action", action)];
    browser.submit(TIE, &fields).await
}

/// Where a form that was carried out leads.
async fn done(browser: &mut Browser, action: &str, application: &str) -> Page {
    let sent = send(browser, action, application).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let page = sent.location.unwrap();
    assert!(page.starts_with(PAGE), "{page}");
    browser.open(&page).await
}

fn says(page: &Page, status: StatusCode, texts: &[&str]) {
    assert_eq!(page.status, status, "{}", page.html);
    for text in texts {
        assert!(page.html.contains(text), "'{text}' is not in {}", page.html);
    }
}

async fn apis_of(house: &House, application: &str) -> Value {
    let path = format!("/api/v1/applications/{application}");
    let (_, shown) = house.bed.get(&path).await;
    shown["apis"].clone()
}

#[tokio::test]
async fn an_application_comes_to_use_an_api_and_stops_on_its_page() {
    let (house, mut ada) = house().await;
    let client = house.client.clone();
    let pick = format!("<option value=\"{client}\">machine ({client})</option>");
    let before = ada.open(PAGE).await;
    let empty = [&*pick, "No application may use it yet.", "Let it use this"];
    says(&before, StatusCode::OK, &empty);
    assert!(!before.html.contains("value=\"take\""));

    let given = done(&mut ada, "give", &client).await;
    let taking = "aria-label=\"Take away: machine\"";
    let told = ["role=\"status\">The application may use", taking];
    says(&given, StatusCode::OK, &told);
    says(&given, StatusCode::OK, &["There is no other application"]);
    assert!(!given.html.contains(&pick));
    assert_eq!(apis_of(&house, &client).await, json!([API, OTHER]));
    let path = format!("/api/v1/applications/{client}/token");
    let ask = json!({ "api": OTHER });
    let (status, token) = house.bed.post(&path, ask.clone()).await;
    assert_eq!(status, StatusCode::OK, "{token}");
    let again = done(&mut ada, "give", "machine").await;
    says(&again, StatusCode::OK, &[taking]);

    let its_page = format!("/console/applications/one?id={client}");
    let shown = ada.open(&its_page).await;
    let link = PAGE.replace('&', "&#38;");
    says(
        &shown,
        StatusCode::OK,
        &[&link, "href=\"/console/apis\">Let"],
    );

    let taken = done(&mut ada, "take", &client).await;
    let told = ["role=\"status\">Taken away: its next", &pick];
    says(&taken, StatusCode::OK, &told);
    assert!(!taken.html.contains(taking));
    assert_eq!(apis_of(&house, &client).await, json!([API]));
    let (status, _) = house.bed.post(&path, ask).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let laptop = json!({ "name": "laptop", "type": "native", "apis": [OTHER] });
    house.bed.post("/api/v1/applications", laptop).await;
    let taken = done(&mut ada, "take", "laptop").await;
    says(&taken, StatusCode::OK, &["its logins are not renewed"]);
    assert_eq!(apis_of(&house, "laptop").await, json!([]));
}

#[tokio::test]
async fn the_last_api_of_a_machine_stays_and_the_page_says_why() {
    let (house, mut ada) = house().await;
    let of_api = [PAGE, TIE].map(|page| {
        let (path, _) = page.split_once("?identifier=").unwrap();
        format!("{path}?identifier=https%3A%2F%2Fapi%2Eexample%2F")
    });
    for (language, sentence) in [
        ("en", "This is the only API that machine may use"),
        ("ja", "machine が利用できる API はこれだけです。"),
    ] {
        ada.set_cookie("shukuba_language", language);
        ada.open(&of_api[0]).await;
        let fields = [("application", house.client.as_str()), ("action", "take")];
        let kept = ada.submit(&of_api[1], &fields).await;
        // Its forms, and the switch of the language, are those of the page itself.
        let here = format!("value=\"{}\"", of_api[0]);
        let settings = format!("action=\"{}\"", of_api[0]);
        let told = ["role=\"alert\"", sentence, &here, &settings];
        says(&kept, StatusCode::BAD_REQUEST, &told);
    }
    assert_eq!(apis_of(&house, &house.client).await, json!([API]));
    let (_, log) = house.bed.get("/api/v1/audit?event=application.apis").await;
    assert_eq!(log, json!([]));
}

#[tokio::test]
async fn of_many_applications_one_is_typed_and_what_is_none_is_explained() {
    let (house, mut ada) = house().await;
    for number in 0..60 {
        let name = format!("app {number}");
        let body = json!({ "name": name, "type": "m2m", "apis": [API] });
        house.bed.post("/api/v1/applications", body).await;
    }
    let metadata = json!({ "client_name": "stranger", "redirect_uris": ["http://localhost/cb"] });
    let request = house.bed.anonymous(Method::POST, "/oauth/register");
    let registered = request.json(&metadata).send().await.unwrap();
    let registered: Value = registered.json().await.unwrap();
    let stranger = registered["client_id"].as_str().unwrap();

    let page = ada.open(PAGE).await;
    let field = [
        "<input id=\"application\" name=\"application\"",
        "list=\"others\"",
    ];
    says(&page, StatusCode::OK, &field);
    says(&page, StatusCode::OK, &["first 61 are", ">app 59</option>"]);
    assert!(!page.html.contains("<select id=\"application\""));
    done(&mut ada, "give", " app 59 ").await;
    assert_eq!(apis_of(&house, "app%2059").await, json!([API, OTHER]));
    done(&mut ada, "give", &house.client).await;

    let script = "\"><script>alert(1)</script>\u{202e}";
    for (typed, status, sentence) in [
        ("app", StatusCode::NOT_FOUND, "the name “app”"),
        (stranger, StatusCode::BAD_REQUEST, "not registered by an"),
        ("stranger", StatusCode::NOT_FOUND, "“stranger”"),
        ("  ", StatusCode::BAD_REQUEST, "Pick an application"),
        (script, StatusCode::NOT_FOUND, "&#60;script&#62;"),
    ] {
        let refused = send(&mut ada, "give", typed).await;
        says(&refused, status, &["role=\"alert\"", sentence]);
        let hides = refused.html.contains(['\u{202e}']);
        assert!(!hides && !refused.html.contains("<script>alert"));
    }
    let refused = send(&mut ada, "give", "app").await;
    says(&refused, StatusCode::NOT_FOUND, &["value=\"app\" list="]);
    for action in ["", "delete"] {
        let unread = send(&mut ada, action, &house.client).await;
        assert_eq!(unread.status, StatusCode::BAD_REQUEST, "{action}");
    }
    let full = apis_of(&house, &house.client).await;
    assert_eq!(full, json!([API, OTHER]));
}
