//! What strangers leave in the audit log: enough to be seen, and no more.

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;
use shukuba_model::ClientAddress;
use shukuba_store::{AuditEntry, AuditFilter};

use crate::documents::{Bed, ID, document};
use crate::login::{Login, NATIVE, refreshing};
use crate::{FORM, Fixture, GRANT};

/// The entries of one event, oldest first.
async fn entries(fixture: &Fixture, event: &str) -> Vec<AuditEntry> {
    fixture.issuer.audit_log().flush().await;
    let filter = AuditFilter {
        event: Some(event.to_owned()),
        limit: 1000,
        ..AuditFilter::default()
    };
    let mut entries = fixture.store.audit(&filter).await.unwrap();
    entries.reverse();
    entries
}

/// A wrong token request from an address.
async fn wrong_from(fixture: &Fixture, address: std::net::Ipv4Addr) {
    let request = Request::post("/oauth/token")
        .header(CONTENT_TYPE, FORM)
        .extension(ClientAddress(address.into()));
    let body = format!("{GRANT}&client_id=nobody&client_secret=wrong");
    fixture.send(request.body(body.into()).unwrap()).await;
}

#[tokio::test]
async fn a_client_that_proves_nothing_is_recorded_with_its_way_and_without_what_it_sent() {
    let fixture = Fixture::new().await;
    let id = fixture.client_id().to_owned();
    let bodies = [
        (
            format!("{GRANT}&client_id={id}&client_secret=hunter2"),
            id.as_str(),
            "secret in the body",
        ),
        (
            format!("{GRANT}&client_id={id}"),
            id.as_str(),
            "client_id alone",
        ),
        (
            format!("{GRANT}&client_id=hunter2&client_secret={id}"),
            "",
            "secret in the body",
        ),
        (format!("{GRANT}&client_id=hunter2"), "", "client_id alone"),
        (
            format!(
                "{GRANT}&client_assertion=hunter2&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            ),
            "",
            "client_assertion",
        ),
        (GRANT.to_owned(), "", "credentials that cannot be read"),
    ];
    for path in [
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/oauth/device",
    ] {
        for (body, ..) in &bodies {
            let request = Request::post(path).header(CONTENT_TYPE, FORM);
            let answer = fixture
                .send(request.body(body.clone().into()).unwrap())
                .await;
            answer.refused(401, "invalid_client");
        }
        let seen = entries(&fixture, "client.refused").await;
        let seen = &seen[seen.len() - bodies.len()..];
        for (entry, (_, client_id, way)) in seen.iter().zip(&bodies) {
            assert_eq!(entry.outcome, "invalid_client");
            assert_eq!((&*entry.client_id, &*entry.detail), (*client_id, *way));
            assert_eq!((&*entry.actor, &*entry.address), ("", "127.0.0.1"));
            assert!(!format!("{entry:?}").contains("hunter2"));
        }
        fixture.clock.advance(60);
    }
    let request = Request::post("/oauth/token")
        .header(CONTENT_TYPE, FORM)
        .header(AUTHORIZATION, "Basic hunter2");
    fixture.send(request.body(GRANT.into()).unwrap()).await;
    let seen = entries(&fixture, "client.refused").await;
    assert_eq!(
        seen.last().unwrap().detail,
        "credentials that cannot be read"
    );
}

#[tokio::test]
async fn a_flood_leaves_ten_entries_of_an_address_and_sixty_of_all() {
    let fixture = Fixture::new().await;
    for _ in 0..200 {
        wrong_from(&fixture, [192, 0, 2, 1].into()).await;
    }
    let seen = entries(&fixture, "client.refused").await;
    assert_eq!(seen.len(), 11);
    assert_eq!(seen[10].outcome, "more");
    assert_eq!(seen[10].address, "192.0.2.1");
    fixture.clock.advance(60);
    for n in 0..250 {
        wrong_from(&fixture, [198, 51, 100, n].into()).await;
    }
    let seen = entries(&fixture, "client.refused").await;
    assert_eq!(seen.len(), 11 + 60 + 1);
    assert_eq!(seen.last().unwrap().outcome, "more");
}

#[tokio::test]
async fn refusals_of_a_public_client_do_not_fill_the_log_and_those_of_others_are_seen() {
    let login = Login::new().await;
    for _ in 0..100 {
        let answer = login.token(&refreshing(NATIVE, "skr_made_up")).await;
        answer.refused(400, "invalid_grant");
    }
    let seen = entries(&login.fixture, "token.refused").await;
    assert_eq!(seen.len(), 11);
    assert_eq!(seen[0].client_id, NATIVE);
    assert!(!format!("{seen:?}").contains("made_up"));
    assert_eq!(entries(&login.fixture, "client.refused").await, []);
}

#[tokio::test]
async fn a_document_that_cannot_be_had_or_used_is_recorded_with_its_address() {
    let bed = Bed::new().await;
    bed.publish(404, &[], &document());
    bed.ask(ID).await.refused(401, "invalid_client");
    bed.publish(200, &[], &json!({"client_id": ID}));
    bed.ask(ID).await.refused(401, "invalid_client");
    let queried = format!("{ID}%3Ftoken%3Dhunter2");
    bed.ask(&queried).await.refused(401, "invalid_client");
    let seen = entries(&bed.fixture, "client.document").await;
    assert_eq!(seen.len(), 3);
    for entry in &seen {
        assert_eq!((&*entry.outcome, &*entry.subject), ("failed", ID));
        assert_eq!((&*entry.client_id, &*entry.address), ("", "127.0.0.1"));
    }
    assert!(seen[0].detail.contains("404"), "{seen:?}");
    assert!(seen[1].detail.contains("redirect_uris"), "{seen:?}");
    assert!(!format!("{seen:?}").contains("hunter2"), "{seen:?}");
    bed.publish(200, &[], &document());
    bed.ask(ID).await.refused(400, "unauthorized_client");
    assert_eq!(entries(&bed.fixture, "client.document").await.len(), 3);
    for n in 0..100 {
        bed.ask(&format!("{ID}/{n}")).await;
    }
    assert_eq!(entries(&bed.fixture, "client.document").await.len(), 11);
}
