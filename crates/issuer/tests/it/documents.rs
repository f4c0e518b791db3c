//! Clients that are a metadata document (C cases), found through the token
//! endpoint over a server of the test's own.

use std::collections::HashMap;

use serde_json::{Value, json};
use shukuba_issuer::{ImportError, IssuerSettings, client_of};
use shukuba_model::ClientId;
use shukuba_store::ClientDocument;
use shukuba_testkit::tls::{CannedServer, PrivateCa};
use shukuba_verify::fetch::PublicClient;

use crate::{Answer, Fixture, GRANT, open_with, settings};

const HOST: &str = "client.example";
pub(crate) const ID: &str = "https://client.example/oauth/client.json";
const PATH: &str = "/oauth/client.json";
const DAY: i64 = 86_400;

pub(crate) struct Bed {
    pub(crate) fixture: Fixture,
    pub(crate) server: CannedServer,
    settings: IssuerSettings,
}

pub(crate) fn document() -> Value {
    json!({
        "client_id": ID,
        "client_name": "A client",
        "redirect_uris": ["http://localhost/callback"],
        "token_endpoint_auth_method": "none",
    })
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let mut fixture = Fixture::new().await;
        let ca = PrivateCa::new();
        let server = CannedServer::start(&ca, &[HOST]).await;
        let hosts = HashMap::from([(HOST.to_owned(), server.address())]);
        let public = PublicClient::for_tests("own.example", &ca.certificate(), hosts).unwrap();
        let mut settings = settings();
        settings.public_client = Some(public);
        fixture.issuer = open_with(settings.clone(), &fixture.store, &fixture.clock).await;
        Self {
            fixture,
            server,
            settings,
        }
    }

    pub(crate) fn publish(&self, status: u16, headers: &[(&str, &str)], document: &Value) {
        let mut all = vec![("Content-Type", "application/json")];
        all.extend(headers);
        let body = document.to_string();
        self.server.respond(PATH, status, &all, body.as_bytes());
    }

    pub(crate) async fn ask(&self, client_id: &str) -> Answer {
        self.fixture
            .post_alone(format!("{GRANT}&client_id={client_id}"))
            .await
    }

    /// Whether the client is found: it then fails for want of an API.
    async fn found(&self, client_id: &str) -> bool {
        let answer = self.ask(client_id).await;
        assert!(
            [400, 401].contains(&answer.status.as_u16()),
            "{}",
            answer.text
        );
        answer.status == 400
    }
}

#[tokio::test]
async fn a_document_is_fetched_once_while_it_is_fresh_and_kept_over_a_restart() {
    let mut bed = Bed::new().await;
    bed.publish(200, &[("Cache-Control", "max-age=600")], &document());
    assert!(bed.found(ID).await);
    bed.fixture.clock.advance(599);
    assert!(bed.found(ID).await);
    let (store, clock) = (&bed.fixture.store, &bed.fixture.clock);
    bed.fixture.issuer = open_with(bed.settings.clone(), store, clock).await;
    assert!(bed.found(ID).await);
    assert_eq!(bed.server.connections(), 1);
}

#[tokio::test]
async fn c16_a_stale_document_is_asked_about_with_its_etag() {
    let bed = Bed::new().await;
    bed.publish(
        200,
        &[("ETag", "\"1\""), ("Cache-Control", "max-age=0")],
        &document(),
    );
    assert!(bed.found(ID).await);
    bed.fixture.clock.advance(59);
    assert!(bed.found(ID).await);
    assert_eq!(bed.server.connections(), 1, "a minute at least");
    bed.fixture.clock.advance(1);
    bed.server
        .respond(PATH, 304, &[("Cache-Control", "max-age=999999999")], b"");
    assert!(bed.found(ID).await);
    let requests = bed.server.requests();
    assert!(requests[1].contains("if-none-match: \"1\""), "{requests:?}");
    bed.fixture.clock.advance(DAY - 1);
    assert!(bed.found(ID).await);
    assert_eq!(bed.server.connections(), 2);
    bed.fixture.clock.advance(1);
    assert!(bed.found(ID).await);
    assert_eq!(bed.server.connections(), 3, "a day at most");
}

#[tokio::test]
async fn c15_an_error_or_a_broken_document_is_not_kept() {
    let bed = Bed::new().await;
    let mut other = document();
    other["client_id"] = json!("https://client.example/other");
    for (status, body) in [
        (404, document()),
        (500, document()),
        (200, other),
        (200, json!([])),
    ] {
        bed.publish(status, &[], &body);
        let answer = bed.ask(ID).await;
        answer.refused(401, "invalid_client");
        assert!(answer.description().contains(HOST), "{}", answer.text);
    }
    bed.publish(200, &[], &document());
    assert!(bed.found(ID).await);
}

#[tokio::test]
async fn a_stale_document_serves_for_a_week_while_its_address_is_down() {
    let bed = Bed::new().await;
    bed.publish(200, &[], &document());
    assert!(bed.found(ID).await);
    bed.publish(503, &[], &document());
    bed.fixture.clock.advance(7 * DAY - 30);
    assert!(bed.found(ID).await);
    assert!(bed.found(ID).await);
    assert_eq!(
        bed.server.connections(),
        2,
        "an outage is believed a minute"
    );
    bed.fixture.clock.advance(30);
    bed.ask(ID).await.refused(401, "invalid_client");
    bed.publish(200, &[], &document());
    assert!(bed.found(ID).await);
    bed.fixture.clock.advance(DAY);
    bed.publish(404, &[], &document());
    bed.ask(ID).await.refused(401, "invalid_client");
}

#[tokio::test]
async fn c19_strangers_cannot_make_this_server_fetch_much() {
    let bed = Bed::new().await;
    for n in 0..40 {
        let id = format!("https://client.example/{n}");
        bed.ask(&id).await.refused(401, "invalid_client");
    }
    assert_eq!(bed.server.connections(), 20);
    let answer = bed.ask(ID).await;
    assert!(
        answer.description().contains("try again in 60 s"),
        "{}",
        answer.text
    );
    bed.fixture.clock.advance(60);
    bed.publish(200, &[], &document());
    assert!(bed.found(ID).await);
}

#[tokio::test]
async fn one_fetch_serves_all_who_ask_at_once() {
    let bed = Bed::new().await;
    bed.publish(200, &[], &document());
    let asked = (bed.found(ID), bed.found(ID), bed.found(ID), bed.found(ID));
    let found = tokio::join!(asked.0, asked.1, asked.2, asked.3);
    assert_eq!(found, (true, true, true, true));
    assert_eq!(bed.server.connections(), 1);
}

#[tokio::test]
async fn c01_c02_c05_what_is_no_public_document_address_opens_no_connection() {
    let bed = Bed::new().await;
    for id in [
        "http://client.example/oauth/client.json",
        "https://client.example",
        "https://client.example/",
        "https://client.example/a/../b",
        "https://client.example/%2e%2e/b",
        "https://client.example/a%23",
        "https://user@client.example/a",
        "https://client.example:0/a",
        "https://127.0.0.1/a",
        "https://2130706433/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest",
        "https://localhost/a",
        "https://x.localhost/a",
        "https://own.example/a",
    ] {
        bed.ask(id).await.refused(401, "invalid_client");
    }
    // In the form, '%23' is the fragment's '#'.
    assert_eq!(bed.server.connections(), 0);
}

#[tokio::test]
async fn c18_a_document_that_declares_a_key_needs_an_assertion() {
    let bed = Bed::new().await;
    let mut keyed = document();
    keyed["token_endpoint_auth_method"] = json!("private_key_jwt");
    keyed["jwks_uri"] = json!("https://client.example/jwks");
    bed.publish(200, &[], &keyed);
    let answer = bed.ask(ID).await;
    answer.refused(401, "invalid_client");
    assert!(
        answer.description().contains("client_assertion"),
        "{}",
        answer.text
    );
    bed.fixture.clock.advance(DAY);
    keyed["token_endpoint_auth_methods_supported"] = json!(["none", "private_key_jwt"]);
    bed.publish(200, &[], &keyed);
    assert!(bed.found(ID).await, "it lists none as well");
}

#[tokio::test]
async fn imported_documents_are_never_fetched_and_the_only_ones_where_fetching_is_off() {
    let mut bed = Bed::new().await;
    bed.settings.client_documents = false;
    let (store, clock) = (&bed.fixture.store, &bed.fixture.clock);
    bed.fixture.issuer = open_with(bed.settings.clone(), store, clock).await;
    let issuer = &bed.fixture.issuer;
    let id: ClientId = ID.parse().unwrap();
    let imported = issuer.import_document(&id, document().to_string()).await;
    assert_eq!(imported.unwrap().client.name, "A client");
    bed.fixture.clock.advance(30 * DAY);
    assert!(bed.found(ID).await);
    assert!(!bed.found("https://client.example/other").await);
    assert_eq!(bed.server.connections(), 0);
}

#[tokio::test]
async fn an_imported_document_replaces_a_fetched_one_for_good() {
    let bed = Bed::new().await;
    bed.publish(200, &[("Cache-Control", "max-age=0")], &document());
    assert!(bed.found(ID).await);
    let id: ClientId = ID.parse().unwrap();
    let mut given = document();
    given["client_name"] = json!("As given");
    let issuer = &bed.fixture.issuer;
    let imported = issuer.import_document(&id, given.to_string()).await;
    assert_eq!(imported.unwrap().client.name, "As given");
    bed.fixture.clock.advance(8 * DAY);
    assert!(bed.found(ID).await);
    assert_eq!(bed.server.connections(), 1);
    let mut broken = document();
    broken["client_id"] = json!("https://client.example/other");
    let refused = issuer.import_document(&id, broken.to_string()).await;
    assert!(matches!(refused, Err(ImportError::Document(_))));
    let kept = bed
        .fixture
        .store
        .client_document(ID)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(client_of(&kept).unwrap().name, "As given");
}

#[tokio::test]
async fn an_imported_document_that_todays_rules_refuse_is_refused_and_not_fetched() {
    let bed = Bed::new().await;
    bed.publish(200, &[], &document());
    let imported = ClientDocument {
        client_id: ID.parse().unwrap(),
        document: "{}".to_owned(),
        etag: None,
        last_modified: None,
        imported: true,
        fetched_at: 1,
        fresh_until: 1,
        last_used_at: None,
    };
    let store = &bed.fixture.store;
    store.keep_client_document(&imported).await.unwrap();
    let answer = bed.ask(ID).await;
    answer.refused(401, "invalid_client");
    assert!(
        answer.description().contains("client_id"),
        "{}",
        answer.text
    );
    assert_eq!(bed.server.connections(), 0);
}

#[tokio::test]
async fn where_documents_are_off_a_fetched_one_serves_no_longer_and_on_again_it_does() {
    let mut bed = Bed::new().await;
    bed.publish(200, &[("Cache-Control", "max-age=600")], &document());
    assert!(bed.found(ID).await);
    for (documents, found) in [(false, false), (true, true)] {
        bed.settings.client_documents = documents;
        let (store, clock) = (&bed.fixture.store, &bed.fixture.clock);
        bed.fixture.issuer = open_with(bed.settings.clone(), store, clock).await;
        assert_eq!(bed.found(ID).await, found, "documents on: {documents}");
    }
    assert_eq!(bed.server.connections(), 1);
}
