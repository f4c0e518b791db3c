//! The console's applications: made, given secrets, looked at and ended by
//! pages alone.

use reqwest::{Method, StatusCode};
use serde_json::json;
use shukuba_testkit::browser::{Browser, Page};

use crate::Bed;
use crate::clients::register;
use crate::console::logged_in;
use crate::grants::granted;

const API: &str = "https://api.example/";
const NEW: &str = "/console/applications/new";
const TOKENS: &str = "/console/applications/registration-tokens";
const HOSTILE: &str = "<script>alert(1)</script>\"'<b>";

/// A server with an API, and an operator's browser.
async fn ready() -> (Bed, Browser) {
    let bed = Bed::new().await;
    let api = json!({ "name": "A", "identifier": API, "scopes": [{ "name": "read:all" }] });
    bed.post("/api/v1/apis", api).await;
    let browser = logged_in(&bed, "olga", "operator").await;
    (bed, browser)
}

/// Makes an application by the form.
async fn make(browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
    browser.open(NEW).await;
    browser.submit(NEW, fields).await
}

/// A machine that gets tokens of the API.
fn machine<'a>() -> [(&'a str, &'a str); 3] {
    [("name", "mcp"), ("kind", "m2m"), ("default_api", API)]
}

/// The word of a page that begins so.
fn word(html: &str, beginning: &str) -> String {
    let mut words = html.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)));
    let word = words.find(|word| word.starts_with(beginning));
    word.unwrap().to_owned()
}

/// The client id that an application of that name has.
async fn id_of(bed: &Bed, name: &str) -> String {
    let (status, shown) = bed.get(&format!("/api/v1/applications/{name}")).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    shown["client_id"].as_str().unwrap().to_owned()
}

fn one(id: &str) -> String {
    let id = id.replace(':', "%3A").replace('/', "%2F");
    format!("/console/applications/one?id={id}")
}

/// How the token endpoint answers an application's secret.
async fn token(bed: &Bed, id: &str, secret: &str) -> StatusCode {
    let request = bed.anonymous(Method::POST, "/oauth/token");
    let request = request.basic_auth(id, Some(secret));
    let form = [("grant_type", "client_credentials")];
    request.form(&form).send().await.unwrap().status()
}

#[tokio::test]
async fn a_machine_is_made_on_the_page_and_its_secret_is_shown_once_and_works() {
    let (bed, mut browser) = ready().await;
    let made = make(&mut browser, &machine()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.html);
    let secret = word(&made.html, "skb_");
    let id = id_of(&bed, "mcp").await;
    assert!(made.html.contains(&format!("curl -u {id}:{secret}")));
    assert!(made.location.is_none(), "a secret is in no address");
    assert_eq!(token(&bed, &id, &secret).await, StatusCode::OK);

    let list = browser.open("/console/applications").await;
    assert!(list.html.contains(">mcp</a>") && list.html.contains(&id));
    let page = browser.open(&one(&id)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains(API) && page.html.contains("read:all"));
    for shown in [&list.html, &page.html] {
        assert!(!shown.contains("skb_"), "shown once");
    }
}

#[tokio::test]
async fn a_connector_for_claude_says_what_to_type_into_claudes_form() {
    let (bed, mut browser) = ready().await;
    let fields = [
        ("name", "claude"),
        ("kind", "connector"),
        ("preset", "claude"),
        ("redirect_uris", "https://own.example/back\r\n\r\n"),
    ];
    let made = make(&mut browser, &fields).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.html);
    let secret = word(&made.html, "skb_");
    let id = id_of(&bed, "claude").await;
    for shown in [
        "Add custom connector",
        "OAuth Client Secret",
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://own.example/back",
        &id,
        &secret,
    ] {
        assert!(made.html.contains(shown), "{shown}: {}", made.html);
    }
    let page = browser.open(&one(&id)).await.html;
    assert!(page.contains("Add custom connector") && !page.contains(&secret));
    let other = [("name", "mine"), ("kind", "native")];
    let other = make(&mut browser, &other).await;
    assert_eq!(other.status, StatusCode::CREATED);
    assert!(!other.html.contains("skb_") && !other.html.contains("Add custom connector"));
}

#[tokio::test]
async fn two_secrets_work_at_a_time_and_the_last_one_stays() {
    let (bed, mut browser) = ready().await;
    let made = make(&mut browser, &machine()).await;
    let first = word(&made.html, "skb_");
    let id = id_of(&bed, "mcp").await;
    let (_, alone) = bed.get("/api/v1/applications/mcp").await;
    let oldest = alone["secrets"][0]["id"].as_str().unwrap();
    browser.open(&one(&id)).await;
    let added = browser.submit("/console/applications/secrets", &[]).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.html);
    let second = word(&added.html, "skb_");
    for secret in [&first, &second] {
        assert_eq!(token(&bed, &id, secret).await, StatusCode::OK);
    }
    let page = browser.open(&one(&id)).await.html;
    assert!(page.contains("Two secrets work already") && !page.contains("skb_"));
    // The page offers no third one: another page's form is sent there.
    browser.open(TOKENS).await;
    let third = [("id", id.as_str())];
    let third = browser
        .submit("/console/applications/secrets", &third)
        .await;
    assert_eq!(third.status, StatusCode::CONFLICT);

    let (_, shown) = bed.get("/api/v1/applications/mcp").await;
    let secrets = shown["secrets"].as_array().unwrap();
    let newest = secrets.iter().find(|secret| secret["id"] != oldest);
    let remove = "/console/applications/secrets/remove";
    let asked = browser
        .open(&format!("{remove}?id={id}&secret={oldest}"))
        .await;
    assert!(asked.html.contains("invalid_client"), "{}", asked.html);
    assert_eq!(token(&bed, &id, &first).await, StatusCode::OK, "only asked");
    let removed = browser.submit(remove, &[]).await;
    assert_eq!(removed.location.as_deref(), Some(one(&id).as_str()));
    let refused = token(&bed, &id, &first).await;
    assert_eq!(refused, StatusCode::UNAUTHORIZED);
    let last = newest.unwrap()["id"].as_str().unwrap();
    browser.open(&one(&id)).await;
    let last = [("id", id.as_str()), ("secret", last)];
    let kept = browser.submit(remove, &last).await;
    assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.html);
    assert_eq!(token(&bed, &id, &second).await, StatusCode::OK);
}

#[tokio::test]
async fn the_endpoints_begin_with_the_openid_configuration_and_are_those_of_the_metadata() {
    let (bed, mut browser) = ready().await;
    make(&mut browser, &machine()).await;
    let page = browser.open(&one(&id_of(&bed, "mcp").await)).await.html;
    let (_, advanced) = page.split_once("id=\"endpoints\"").unwrap();
    let addresses = advanced.split("<code data-copyable>").skip(1);
    let addresses: Vec<&str> = addresses.map(|it| it.split('<').next().unwrap()).collect();
    let configuration = "/.well-known/openid-configuration";
    let metadata = bed.anonymous(Method::GET, configuration);
    let metadata: serde_json::Value = metadata.send().await.unwrap().json().await.unwrap();
    let url = bed.server.public_url();
    let mut expected = vec![format!("{url}{configuration}")];
    for member in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "registration_endpoint",
        "device_authorization_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
    ] {
        expected.push(metadata[member].as_str().unwrap().to_owned());
    }
    assert_eq!(addresses, expected);
}

#[tokio::test]
async fn who_connected_an_application_is_shown_and_taken_back() {
    let (bed, mut browser) = ready().await;
    let granted = granted(&bed, "ada", "laptop").await;
    let page = browser.open(&one(&granted.client_id)).await.html;
    assert!(page.contains("<th scope=\"row\">ada</th>"), "{page}");
    let (_, grants) = bed.get("/api/v1/grants").await;
    let grant = grants[0]["id"].as_str().unwrap();
    let fields = [("id", granted.client_id.as_str()), ("grant", grant)];
    let revoke = "/console/applications/grants/revoke";
    let revoked = browser.submit(revoke, &fields).await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert_eq!(granted.refresh(&bed).await, StatusCode::BAD_REQUEST);
    let page = browser.open(&one(&granted.client_id)).await.html;
    assert!(page.contains("Nobody is connected"), "{page}");
}

#[tokio::test]
async fn deleting_says_what_ends_and_then_ends_it() {
    let (bed, mut browser) = ready().await;
    let granted = granted(&bed, "ada", "laptop").await;
    let delete = "/console/applications/delete";
    let asked = browser
        .open(&format!("{delete}?id={}", granted.client_id))
        .await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.html.contains("end with it: 1."));
    assert_eq!(granted.refresh(&bed).await, StatusCode::OK, "only asked");
    let deleted = browser.submit(delete, &[]).await;
    let list = "/console/applications?source=registered";
    assert_eq!(deleted.location.as_deref(), Some(list));
    assert_eq!(granted.refresh(&bed).await, StatusCode::UNAUTHORIZED);
    let gone = browser.open(&one(&granted.client_id)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_viewer_and_a_form_of_no_page_of_ours_change_nothing() {
    let (bed, mut operator) = ready().await;
    make(&mut operator, &machine()).await;
    let id = id_of(&bed, "mcp").await;
    let mut viewer = logged_in(&bed, "eve", "viewer").await;
    let seen = viewer.open(&one(&id)).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(!seen.html.contains("action=\"/console"), "{}", seen.html);
    for page in [NEW, "/console/applications/delete?id=x"] {
        let refused = viewer.open(page).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let fields = [
        ("id", id.as_str()),
        ("name", "x"),
        ("kind", "native"),
        ("secret", "x"),
        ("grant", "x"),
        ("uses", "1"),
        ("days", "1"),
    ];
    let forms = [
        NEW,
        "/console/applications/secrets",
        "/console/applications/secrets/remove",
        "/console/applications/grants/revoke",
        "/console/applications/delete",
        TOKENS,
        "/console/applications/registration-tokens/revoke",
    ];
    for form in forms {
        // A page of the viewer's, from which the form token is read: none.
        viewer.open("/console/applications").await;
        let refused = viewer.submit(form, &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{form}");
        let mut forged = fields.to_vec();
        forged.push(("csrf", "guessed"));
        let refused = operator.submit(form, &forged).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{form}");
        assert!(refused.html.contains("form"), "{}", refused.html);
    }
    let (_, all) = bed.get("/api/v1/applications?source=all").await;
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
    let (_, shown) = bed.get("/api/v1/applications/mcp").await;
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
}

/// Fields, the one that is wrong, what is said of it, and the status.
type Mistake<'a> = (Vec<(&'a str, &'a str)>, &'a str, &'a str, u16);

fn mistakes() -> Vec<Mistake<'static>> {
    let with = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("name", "n")];
        fields.extend(more);
        fields
    };
    let native = ("kind", "native");
    let machine = ("kind", "m2m");
    let connector = ("kind", "connector");
    let script = ("redirect_uris", "javascript:x");
    vec![
        (vec![("name", " "), native], "name", "1 to 100", 400),
        (vec![("name", "mcp"), native], "name", "mcp", 409),
        (with(&[("kind", "odd")]), "kind", "odd", 400),
        (with(&[machine]), "api", "needs an API", 400),
        (with(&[machine, ("default_api", "x")]), "api", "x", 404),
        (with(&[connector]), "preset", "redirect URI", 400),
        (with(&[connector, ("preset", "odd")]), "preset", "odd", 400),
        (with(&[native, script]), "redirects", "javascript:x", 400),
    ]
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field() {
    let (_bed, mut browser) = ready().await;
    make(&mut browser, &machine()).await;
    for (fields, field, said, status) in mistakes() {
        browser.open(NEW).await;
        let page = browser.submit(NEW, &fields).await;
        assert_eq!(page.status.as_u16(), status, "{fields:?}: {}", page.html);
        let (_, beside) = page
            .html
            .split_once(&format!("class=\"wrong\" id=\"{field}-wrong\">"))
            .unwrap_or_else(|| panic!("{fields:?}: {}", page.html));
        let beside = beside.split("</span>").next().unwrap();
        assert!(beside.contains(said), "{beside}");
        assert!(page.html.contains(&format!("<a href=\"#{field}\">")));
    }
}

#[tokio::test]
async fn what_was_typed_is_kept_where_something_is_wrong() {
    let (bed, mut browser) = ready().await;
    let other = json!({ "name": "B", "identifier": "https://other.example/" });
    bed.post("/api/v1/apis", other).await;
    let kept = [
        ("name", "kept"),
        ("kind", "connector"),
        ("preset", "vscode"),
        ("redirect_uris", "ftp://no.example"),
        ("default_api", API),
        ("api:https://other.example/", "on"),
    ];
    let page = make(&mut browser, &kept).await.html;
    for kept in [
        "value=\"kept\"",
        ">ftp://no.example</textarea>",
        "value=\"connector\" checked",
        "value=\"vscode\" selected",
        "value=\"https://api.example/\" selected",
        "name=\"api:https://other.example/\" value=\"on\" checked",
    ] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    let mended = [
        kept[0],
        kept[1],
        kept[2],
        ("redirect_uris", ""),
        kept[4],
        kept[5],
    ];
    let made = browser.submit(NEW, &mended).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.html);
    let (_, shown) = bed.get("/api/v1/applications/kept").await;
    assert_eq!(shown["apis"], json!([API, "https://other.example/"]));
}

#[tokio::test]
async fn what_strangers_and_operators_type_is_text_and_nothing_else() {
    let (bed, mut browser) = ready().await;
    let client = register(&bed, HOSTILE).await;
    let own = json!({ "name": HOSTILE, "type": "native" });
    let (_, own) = bed.post("/api/v1/applications", own).await;
    let own = own["client_id"].as_str().unwrap();
    let mut pages = Vec::new();
    for page in [
        "/console/applications?source=all",
        "/console/applications?source=dynamic",
        &one(&client),
        &one(own),
        &format!("/console/applications/delete?id={client}"),
    ] {
        let html = browser.open(page).await.html;
        assert!(html.contains("&#60;script&#62;alert(1)"), "{page}: {html}");
        pages.push(html);
    }
    let fields = [
        ("name", HOSTILE),
        ("kind", HOSTILE),
        ("preset", HOSTILE),
        ("redirect_uris", HOSTILE),
        ("default_api", HOSTILE),
    ];
    pages.push(make(&mut browser, &fields).await.html);
    browser.open(TOKENS).await;
    let fields = [("name", HOSTILE), ("uses", HOSTILE), ("days", HOSTILE)];
    pages.push(browser.submit(TOKENS, &fields).await.html);
    let fields = [("name", HOSTILE), ("uses", "1"), ("days", "1")];
    pages.push(browser.submit(TOKENS, &fields).await.html);
    pages.push(browser.open(&one("x%22%3E%3Cscript%3Ealert")).await.html);
    for html in pages {
        assert!(
            !html.contains("<script>alert") && !html.contains("<b>"),
            "{html}"
        );
    }
}

#[tokio::test]
async fn a_long_list_is_shown_page_by_page() {
    let (bed, mut browser) = ready().await;
    for number in 0..51 {
        let body = json!({ "name": format!("app-{number:02}"), "type": "native" });
        let (status, _) = bed.post("/api/v1/applications", body).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let first = browser.open("/console/applications").await.html;
    assert!(first.contains(">app-00</a>") && first.contains(">app-49</a>"));
    assert!(!first.contains(">app-50</a>"));
    let (before, _) = first.split_once("\" rel=\"next\"").unwrap();
    let next = before.rsplit('"').next().unwrap().replace("&#38;", "&");
    let second = browser.open(&next).await.html;
    assert!(second.contains(">app-50</a>") && !second.contains(">app-49</a>"));
    assert!(!second.contains("rel=\"next\"") && second.contains("First page"));
    let gone = browser.open("/console/applications?after=gone").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_initial_access_token_is_shown_once_and_taken_back() {
    let (bed, mut browser) = ready().await;
    for (uses, days, field) in [("0", "1", "uses"), ("x", "1", "uses"), ("1", "91", "days")] {
        browser.open(TOKENS).await;
        let fields = [("name", "team"), ("uses", uses), ("days", days)];
        let page = browser.submit(TOKENS, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        let beside = format!("class=\"wrong\" id=\"{field}-hint\"");
        assert!(page.html.contains(&beside) && page.html.contains("value=\"team\""));
    }
    let fields = [("name", "team"), ("uses", "2"), ("days", "1")];
    let made = browser.submit(TOKENS, &fields).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.html);
    assert!(made.html.contains("ski_"));
    let listed = browser.open(TOKENS).await.html;
    assert!(listed.contains("2 of 2") && !listed.contains("ski_"));
    let id = word(&listed, "iat_");
    let revoke = "/console/applications/registration-tokens/revoke";
    let revoked = browser.submit(revoke, &[("id", &id)]).await;
    assert_eq!(revoked.location.as_deref(), Some(TOKENS));
    let (_, left) = bed.get("/api/v1/initial-access-tokens").await;
    assert_eq!(left, json!([]));
}
