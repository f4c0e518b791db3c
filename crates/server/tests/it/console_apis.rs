//! The console's pages of APIs and tokens: what an operator does there, what
//! a viewer cannot, and what strangers' text and wrong input come to.

use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_model::wire::AuthorizerSettings;
use shukuba_model::{ClientClaim, LoginAllow};
use shukuba_testkit::browser::{Browser, Page};
use shukuba_testkit::provider::SEED_API;

use crate::negative::bed::{Bed, OTHER_API, PUBLIC, now};
use crate::story::told::Captured;

const PASSWORD: &str = "correct horse battery";
const NEW: &str = "/console/apis/new";
const ONE: &str = "/console/apis/one?identifier=https%3A%2F%2Fother%2Eexample%2F";
const TOKEN: &str = "/console/apis/token?identifier=https%3A%2F%2Fother%2Eexample%2F";
const INSPECTOR: &str = "/console/inspector";

/// What a person types who registers an API.
const GOOD: [(&str, &str); 8] = [
    ("name", "Orders"),
    ("identifier", "https://orders.example/?a=1&b"),
    ("profile", "auth0"),
    ("algorithm", "ES256"),
    ("lifetime", "30"),
    ("unit", "days"),
    ("scopes", "read=See orders\r\n\r\nwrite"),
    ("action", "save"),
];

/// A server whose runtime `adder` lets the application `machine` in, with
/// tokens of [`OTHER_API`] of this server.
async fn bed() -> Bed {
    Bed::with_runtime(|launch| {
        let runtime = &mut launch.runtime;
        let discovery = format!("{PUBLIC}/.well-known/openid-configuration");
        runtime.authorizer = AuthorizerSettings {
            discovery_url: discovery.parse().unwrap(),
            allowed_clients: vec!["machine".to_owned()],
            allowed_audience: vec![OTHER_API.to_owned()],
            allowed_scopes: Vec::new(),
            client_claim: ClientClaim::default(),
        };
        runtime.authorization_server = PUBLIC.to_owned();
        runtime.login = true;
        runtime.login_allow = LoginAllow::Users(vec!["ann".to_owned()]);
    })
    .await
}

fn origin(bed: &Bed) -> String {
    format!("http://{}", bed.server.address())
}

/// A call with the operator's key.
async fn api(bed: &Bed, method: Method, path: &str, body: serde_json::Value) -> StatusCode {
    let request = reqwest::Client::builder()
        .build()
        .unwrap()
        .request(method, format!("{}{path}", origin(bed)))
        .bearer_auth(bed.server.operator_key())
        .json(&body);
    request.send().await.unwrap().status()
}

/// A browser in which a person with that role is logged in.
async fn logged_in(bed: &Bed, name: &str, role: &str) -> Browser {
    let user = json!({ "name": name, "password": PASSWORD, "role": role });
    let created = api(bed, Method::POST, "/api/v1/users", user).await;
    assert_eq!(created, StatusCode::CREATED);
    let mut browser = Browser::new(&origin(bed));
    browser.log_in(name, PASSWORD).await;
    browser
}

/// `GOOD` with other values.
fn changed<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = GOOD.to_vec();
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend(changes);
    fields
}

fn says(page: &Page, status: StatusCode, texts: &[&str]) {
    assert_eq!(page.status, status, "{}", page.html);
    for text in texts {
        assert!(page.html.contains(text), "'{text}' is not in {}", page.html);
    }
}

/// The token that a page shows.
fn token_of(page: &Page) -> String {
    let (_, rest) = page
        .html
        .split_once("<code class=\"secret\" data-copyable>")
        .unwrap_or_else(|| panic!("no token in {}", page.html));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_api_is_registered_shown_changed_and_deleted_on_its_pages() {
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let form = browser.open(NEW).await;
    let previews = ["data-profile=\"auth0\"", "data-profile=\"rfc9068\""];
    says(&form, StatusCode::OK, &previews);
    says(&form, StatusCode::OK, &["<strong>  &#34;gty&#34;"]);

    let made = browser.submit(NEW, &GOOD).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.html);
    let page = made.location.unwrap();
    let shown = browser.open(&page).await;
    let facts = [
        "https://orders.example/?a=1&#38;b",
        "Auth0",
        "ES256",
        "live 30 d",
        "See orders",
        "The API is registered.",
    ];
    says(&shown, StatusCode::OK, &facts);
    let listed = browser.open("/console/apis").await;
    says(
        &listed,
        StatusCode::OK,
        &["Orders", "<span class=\"badge warn\">30 d"],
    );

    browser.open(&page).await;
    let fields = changed(&[
        ("profile", "both"),
        ("unit", "minutes"),
        ("scopes", ""),
        ("identifier", "https://not-this.example/"),
    ]);
    let saved = browser.submit(&page, &fields).await;
    let again = browser.open(&saved.location.unwrap()).await;
    says(&again, StatusCode::OK, &["Saved.", "30 min", "a=1&#38;b"]);
    assert!(!again.html.contains("not-this") && !again.html.contains("See orders"));

    let gone = browser.submit(&page, &[("action", "delete")]).await;
    assert_eq!(gone.location.as_deref(), Some("/console/apis"));
    let missing = browser.open(&page).await;
    says(&missing, StatusCode::NOT_FOUND, &["there is no API"]);
}

#[tokio::test]
async fn an_api_that_is_needed_is_not_deleted_and_the_page_says_by_whom() {
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let page = browser.open(ONE).await;
    says(&page, StatusCode::OK, &["the client machine"]);
    let kept = browser.submit(ONE, &[("action", "delete")]).await;
    says(
        &kept,
        StatusCode::CONFLICT,
        &["role=\"alert\"", "callers of adder"],
    );
    assert_eq!(browser.open(ONE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_input_is_explained_at_its_field_and_what_was_typed_is_kept() {
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    for (field, wrong, sentence) in [
        ("name", "  ", "Give a name of 1 to 100"),
        ("identifier", "two words", "Give 1 to 600 bytes"),
        ("profile", "other", "Pick one of the three"),
        ("algorithm", "HS256", "one of RS256, ES256"),
        ("lifetime", "31", "from 1 second to 30 days"),
        ("lifetime", "0", "from 1 second to 30 days"),
        ("lifetime", "much", "from 1 second to 30 days"),
        ("unit", "weeks", "from 1 second to 30 days"),
        (
            "scopes",
            "a b=two words",
            "scope &#39;a b&#39; is not valid",
        ),
        (
            "scopes",
            "read\nread",
            "the scope &#39;read&#39; is named twice",
        ),
        ("scopes", "openid=x", "every API has the scope"),
    ] {
        browser.open(NEW).await;
        let page = browser.submit(NEW, &changed(&[(field, wrong)])).await;
        let alert = ["role=\"alert\"", sentence];
        says(&page, StatusCode::BAD_REQUEST, &alert);
        let kept = if field == "name" {
            "orders.example"
        } else {
            "value=\"Orders\""
        };
        says(&page, StatusCode::BAD_REQUEST, &[kept]);
        assert_eq!(
            page.html.matches(sentence).count(),
            2,
            "{field}: and beside it"
        );
    }
    let taken = changed(&[("identifier", OTHER_API)]);
    let page = browser.submit(NEW, &taken).await;
    says(
        &page,
        StatusCode::CONFLICT,
        &["exists already", "value=\"Orders\""],
    );
    browser.open(ONE).await;
    let page = browser.submit(ONE, &changed(&[("lifetime", "1e9")])).await;
    let kept = [
        "from 1 second to 30 days",
        "value=\"1e9\"",
        "value=\"Orders\"",
    ];
    says(&page, StatusCode::BAD_REQUEST, &kept);
    let nowhere = browser.open("/console/apis/one").await;
    says(&nowhere, StatusCode::BAD_REQUEST, &["API identifier"]);
}

/// The story of the console: a token of the profile Auth0 is refused, the
/// inspector says why, the profile is changed, and a new token is let in.
#[tokio::test]
async fn a_token_is_got_refused_explained_and_after_a_change_let_in() {
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let from_api = browser.open(ONE).await;
    let from_application = browser.open("/console/applications/one?id=machine").await;
    for page in [from_api, from_application] {
        let link = TOKEN.replace('&', "&#38;") + "&#38;application=machine";
        says(&page, StatusCode::OK, &[&link]);
    }
    browser.open(ONE).await;
    let of = |profile| changed(&[("profile", profile), ("lifetime", "1"), ("unit", "hours")]);
    browser.submit(ONE, &of("auth0")).await;

    browser.open(TOKEN).await;
    let got = browser.submit(TOKEN, &[("application", "machine")]).await;
    let facts = [
        "1 h",
        "&#34;azp&#34;: &#34;machine&#34;",
        "refused",
        "data-ends=\"",
        "data-ended=\"ended\">0",
        "npx @modelcontextprotocol/inspector --cli https://mcp.example/mcp/adder",
        "claude mcp add --transport http adder",
        "curl https://mcp.example/mcp/adder -i",
    ];
    says(&got, StatusCode::OK, &facts[..5]);
    says(&got, StatusCode::OK, &facts[5..]);
    let refused = token_of(&got);

    let fields = [("token", refused.as_str()), ("runtime", "adder")];
    let judged = browser.submit(INSPECTOR, &fields).await;
    let why = [
        "The runtime adder refuses this token.",
        "Is its client allowed?",
        "azp&#39; = &#34;machine&#34;",
        "href=\"/console/apis/one?identifier=https%3A%2F%2Fother%2Eexample%2F\"",
        "allowedClients: machine",
        "one of these people got by logging in: ann",
        "not asked",
    ];
    says(&judged, StatusCode::OK, &why);

    browser.open(ONE).await;
    browser.submit(ONE, &of("both")).await;
    browser.open(TOKEN).await;
    let got = browser.submit(TOKEN, &[("application", "machine")]).await;
    says(&got, StatusCode::OK, &["badge good\">let in"]);
    let bearer = format!("Authorization: Bearer {}\n", token_of(&got));
    let fields = [("token", bearer.as_str()), ("runtime", "adder")];
    let judged = browser.submit(INSPECTOR, &fields).await;
    says(
        &judged,
        StatusCode::OK,
        &["The runtime adder lets this token in."],
    );

    browser.open(TOKEN).await;
    let other = browser.submit(TOKEN, &[("application", "connector")]).await;
    let why = ["role=\"alert\"", "may not get tokens for the API"];
    says(&other, StatusCode::BAD_REQUEST, &why);
}

#[tokio::test]
async fn what_is_no_token_and_no_runtime_is_explained() {
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    browser.open(INSPECTOR).await;
    let of = |token, runtime| [("token", token), ("runtime", runtime)];
    let empty = browser.submit(INSPECTOR, &of(" Bearer ", "adder")).await;
    says(&empty, StatusCode::BAD_REQUEST, &["Paste a token."]);
    let opaque = browser.submit(INSPECTOR, &of("opaque", "adder")).await;
    let why = ["refuses this token", "nothing to decode", "not tried"];
    says(&opaque, StatusCode::OK, &why);
    let nowhere = browser.submit(INSPECTOR, &of("opaque", "nobody")).await;
    let why = [
        "there is no runtime &#39;nobody&#39;",
        ">\nopaque</textarea>",
    ];
    says(&nowhere, StatusCode::NOT_FOUND, &why);
}

#[tokio::test]
async fn a_viewer_looks_and_changes_nothing_and_no_form_counts_without_its_proof() {
    let bed = bed().await;
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    let mut operator = logged_in(&bed, "ada", "operator").await;
    for page in ["/console/apis", NEW, ONE, TOKEN, INSPECTOR] {
        let seen = viewer.open(page).await;
        assert_eq!(seen.status, StatusCode::OK, "{page}");
        assert!(!seen.html.contains("name=\"csrf\""), "{page}");
    }
    let delete: &[(&str, &str)] = &[("action", "delete")];
    let application: &[(&str, &str)] = &[("application", "machine")];
    let token: &[(&str, &str)] = &[("token", "x"), ("runtime", "adder")];
    for (page, fields) in [
        (NEW, &GOOD[..]),
        (ONE, &GOOD[..]),
        (ONE, delete),
        (TOKEN, application),
        (INSPECTOR, token),
    ] {
        let refused = viewer.submit(page, fields).await;
        says(&refused, StatusCode::FORBIDDEN, &["Only to look at"]);
        operator.open(page).await;
        let unproven = [fields, &[("csrf", "")]].concat();
        let refused = operator.submit(page, &unproven).await;
        says(&refused, StatusCode::FORBIDDEN, &["Nothing was changed"]);
    }
    let listed = operator.open("/console/apis").await;
    assert!(!listed.html.contains("Orders"));
}

#[tokio::test]
async fn hostile_text_is_shown_as_text_in_every_field() {
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    let script = "\"'><script>alert(1)</script>";
    let hostile = changed(&[
        ("name", script),
        ("identifier", script),
        ("scopes", "x=\"'></textarea><script>alert(1)</script>"),
    ]);
    browser.open(NEW).await;
    let made = browser.submit(NEW, &hostile).await;
    let page = made.location.unwrap();
    let application = json!({ "name": script, "type": "m2m", "apis": [script] });
    let made = api(&bed, Method::POST, "/api/v1/applications", application).await;
    assert_eq!(made, StatusCode::CREATED);
    let mut pages = vec![
        browser.open("/console/apis").await,
        browser.open(&page).await,
        browser.open(&page.replace("/one?", "/token?")).await,
    ];
    browser.open(NEW).await;
    let wrong = [("lifetime", script), ("unit", script), ("profile", script)];
    let wrong = [&hostile[..4], &wrong].concat();
    pages.push(browser.submit(NEW, &wrong).await);
    browser.open(INSPECTOR).await;
    for runtime in ["adder", script] {
        let fields = [("token", script), ("runtime", runtime)];
        pages.push(browser.submit(INSPECTOR, &fields).await);
    }
    for page in pages {
        assert!(
            page.html.contains("&#60;script&#62;alert(1)"),
            "{}",
            page.html
        );
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
    }
}

fn holds(content: &[u8], token: &str) -> bool {
    content
        .windows(token.len())
        .any(|window| window == token.as_bytes())
}

fn files_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[tokio::test]
async fn a_pasted_token_and_one_that_was_got_are_neither_stored_nor_logged() {
    let logged = Captured::begin();
    let bed = bed().await;
    let mut browser = logged_in(&bed, "ada", "operator").await;
    browser.open(TOKEN).await;
    let got = browser.submit(TOKEN, &[("application", "machine")]).await;
    let token = token_of(&got);
    let foreign = bed.provider.token(SEED_API, now());
    for pasted in [&token, &foreign] {
        let fields = [("token", pasted.as_str()), ("runtime", "adder")];
        let judged = browser.submit(INSPECTOR, &fields).await;
        assert_eq!(judged.status, StatusCode::OK);
    }
    let opened = browser.open(TOKEN).await;
    assert!(!opened.html.contains(&token), "shown once");
    bed.server.shutdown().await;
    let log = logged.bytes();
    assert!(holds(&log, "token issued on the operator's word"));
    let files = files_below(&bed.directory.path().join("data"));
    assert!(files.iter().any(|file| file.ends_with("shukuba.db")));
    for secret in [&token, &foreign] {
        let signature = secret.rsplit('.').next().unwrap();
        for part in [secret.as_str(), signature] {
            assert!(!holds(&log, part), "logged");
            for file in &files {
                let content = std::fs::read(file).unwrap();
                assert!(!holds(&content, part), "{}", file.display());
            }
        }
    }
}
