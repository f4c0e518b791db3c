//! Four processes share one login, as clients do that are started once for
//! each window: all read the same file, refresh, and write what they got. The
//! server is a process of its own, so that it can be killed.

mod client;
mod place;
mod server;

use std::collections::{BTreeMap, HashSet};

use shukuba_store::{AuditCheck, AuditFilter, Store, StoredRefreshToken};

use client::Report;
use place::{CLIENTS, PARALLEL, Place};

#[test]
fn four_processes_with_48_parallel_refreshes_each_keep_their_login() {
    let place = Place::new();
    let server = server::start(&place, 0);
    let first = place.log_in(server.address);
    let clients = client::start_all(&place, server.address);
    place.go();
    let reports: Vec<Report> = clients.into_iter().map(client::finished).collect();
    place.assert_lives(server.address);
    server.stop();
    place.block_on(judge(&place, &first, &reports));
}

#[test]
fn a_server_that_is_killed_amid_refreshes_loses_no_login() {
    let place = Place::new();
    let server = server::start(&place, 0);
    let first = place.log_in(server.address);
    let address = server.address;
    let clients = client::start_all(&place, address);
    place.go();
    place.wait_for_another_than(&first);
    server.kill();
    let server = server::start(&place, address.port());
    let reports: Vec<Report> = clients.into_iter().map(client::finished).collect();
    let interrupted: usize = reports.iter().map(|report| report.interrupted).sum();
    assert!(interrupted > 0, "nobody noticed the end of the server");
    place.assert_lives(address);
    server.stop();
    place.block_on(judge(&place, &first, &reports));
}

/// Reads from the database what became of the login.
async fn judge(place: &Place, first: &str, reports: &[Report]) {
    let answered: Vec<&(String, String)> = reports.iter().flat_map(|r| &r.answered).collect();
    assert_eq!(answered.len(), 2 * CLIENTS * PARALLEL);
    let store = place.store().await;
    let mut places = BTreeMap::new();
    let mut grants = HashSet::new();
    for (presented, got) in &answered {
        let [used, successor] = [presented, got].map(|token| stored(&store, token));
        let (used, successor) = (used.await, successor.await);
        // One step onwards, or to the newest where that step was taken before
        // (RFC 9700 section 4.14.2 and docs/divergences.md): never back, and
        // never to a place that another token has.
        assert!(successor.generation > used.generation);
        assert!(used.consumed_at.is_some(), "what was presented is used up");
        for (token, stored) in [(presented, used), (got, successor)] {
            let kept = places.entry(stored.generation).or_insert(token);
            assert_eq!(*kept, token, "two tokens have one place in the chain");
            grants.insert(stored.grant.id);
        }
    }
    assert_eq!(grants.len(), 1, "all are of one login");
    assert_eq!(stored(&store, first).await.generation, 0);
    let distinct: HashSet<&String> = answered.iter().map(|(_, got)| got).collect();
    assert!(distinct.len() > 1, "the login went on");
    assert!(
        distinct.len() < answered.len(),
        "no two refreshes met, so nothing was tried"
    );
    nothing_was_revoked(&store, &grants).await;
    store.close().await;
}

async fn nothing_was_revoked(store: &Store, grants: &HashSet<String>) {
    for grant in grants {
        let grant = store.grant(grant).await.unwrap().unwrap();
        assert_eq!(grant.revoked_at, None);
    }
    for event in ["grant.revoked", "token.refused"] {
        let filter = AuditFilter {
            event: Some(event.to_owned()),
            limit: 10,
            ..AuditFilter::default()
        };
        assert_eq!(store.audit(&filter).await.unwrap(), []);
    }
    let checked = store.check_audit().await.unwrap();
    assert!(matches!(checked, AuditCheck::Whole { .. }), "{checked:?}");
}

async fn stored(store: &Store, token: &str) -> StoredRefreshToken {
    let token = shukuba_store::Secret::presented(token);
    store.refresh_token(&token).await.unwrap().unwrap()
}

/// The other processes of these tests; does nothing when it is run as a test.
#[test]
fn child() {
    match std::env::var(place::ROLE).as_deref() {
        Ok("server") => server::run(),
        Ok("client") => client::run(),
        _ => {}
    }
}
