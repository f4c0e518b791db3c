//! What a person sees of a client that is a metadata document.

use http::Request;
use http::header::{ACCEPT, COOKIE};
use serde_json::{Value, json};

use crate::Answer;
use crate::documents::{Bed, ID, document};
use crate::login::{CHALLENGE, Login};

const LOOPBACK: &str = "http%3A%2F%2Flocalhost%3A9%2Fcallback";
const WARNING: &str = "any program here could be behind it";

/// A bed in which a person is logged in, and what its document server says.
struct Shown {
    login: Login,
    server: shukuba_testkit::tls::CannedServer,
    cookies: String,
}

impl Shown {
    async fn new(document: &Value) -> Self {
        let bed = Bed::new().await;
        bed.publish(200, &[], document);
        let Bed {
            fixture, server, ..
        } = bed;
        let login = Login::on(fixture).await;
        let cookies = login.cookies().await;
        Self {
            login,
            server,
            cookies,
        }
    }

    /// What a browser gets that the client sends to log in.
    async fn authorize(&self, redirect_uri: &str) -> Answer {
        let path = format!(
            "/oauth/authorize?response_type=code&client_id={ID}&redirect_uri={redirect_uri}&code_challenge={CHALLENGE}&code_challenge_method=S256"
        );
        let request = Request::get(path)
            .header(ACCEPT, "text/html")
            .header(COOKIE, &self.cookies);
        let request = request.body(axum::body::Body::empty()).unwrap();
        self.login.fixture.send(request).await
    }
}

#[tokio::test]
async fn c14_a_redirect_uri_that_is_not_in_the_document_is_a_page() {
    let mut listed = document();
    listed["redirect_uris"] = json!(["https://client.example/cb", "http://localhost/callback"]);
    let shown = Shown::new(&listed).await;
    for uri in [
        "https%3A%2F%2Fevil.example%2Fcb",
        "https%3A%2F%2Fclient.example%2Fcb%2F",
        "https%3A%2F%2Fclient.example%3A8443%2Fcb",
        "https%3A%2F%2Fclient.example%2Foauth%2Fclient.json",
        "http%3A%2F%2Flocalhost%3A9%2Fother",
    ] {
        let answer = shown.authorize(uri).await;
        assert_eq!(answer.status, 400, "{uri}");
        assert_eq!(answer.header("location"), None, "{uri}");
    }
    let answer = shown.authorize(LOOPBACK).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn c20_a_logo_is_neither_fetched_nor_linked() {
    for logo in ["logo.svg", "logo.html", "huge.png"] {
        let mut pictured = document();
        pictured["logo_uri"] = json!(format!("https://client.example/{logo}"));
        let shown = Shown::new(&pictured).await;
        let page = shown.authorize(LOOPBACK).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("A client"), "{}", page.text);
        assert!(!page.text.contains(logo) && !page.text.contains("<img"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("img-src 'self' data:;"), "{policy}");
        assert_eq!(shown.server.connections(), 1, "the document alone");
    }
}

#[tokio::test]
async fn c22_a_client_that_is_called_back_on_this_computer_alone_is_warned_about() {
    let shown = Shown::new(&document()).await;
    let page = shown.authorize(LOOPBACK).await;
    assert!(page.text.contains(WARNING), "{}", page.text);

    let mut hosted = document();
    hosted["redirect_uris"] = json!(["https://client.example/cb"]);
    let shown = Shown::new(&hosted).await;
    let page = shown.authorize("https%3A%2F%2Fclient.example%2Fcb").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!page.text.contains(WARNING), "{}", page.text);
}
