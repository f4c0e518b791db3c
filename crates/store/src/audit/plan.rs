//! By which index a page of the log is read: a log is long.

use std::sync::Arc;

use sqlx::Row as _;

use super::{AuditFilter, Place};
use crate::{MasterKey, Store};

async fn opened(directory: &tempfile::TempDir) -> Store {
    let key = Arc::new(MasterKey::from_bytes(&[7; 32]));
    let database = directory.path().join("shukuba.db");
    Store::open(&database, key).await.unwrap()
}

async fn plan(store: &Store, filter: &AuditFilter, page: Option<Place>) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {}", filter.query(page).sql().as_str());
    let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
        .fetch_all(store.database.reader())
        .await
        .unwrap();
    let details = rows.iter().map(|row| row.get("detail"));
    details.collect()
}

/// By which indexes a filter is served, and which column of each is looked up.
fn served(asked: [bool; 4]) -> &'static [(&'static str, &'static str)] {
    const ACTOR: (&str, &str) = ("audit_by_actor", "actor=?");
    const SUBJECT: (&str, &str) = ("audit_by_subject", "subject=?");
    let [person, actor, client, event] = asked;
    match (person, actor, client, event) {
        (true, ..) => &[ACTOR, SUBJECT],
        (_, true, ..) => &[ACTOR],
        (_, _, true, _) => &[("audit_by_client", "client_id=?")],
        (.., true) => &[("audit_by_event", "event=?")],
        _ => &[("audit_by_time", "")],
    }
}

/// Every way to ask: for a person, an actor, a client, an event, since and until
/// a time, and a later page.
fn ways() -> impl Iterator<Item = [bool; 7]> {
    (0..1 << 7).map(|bits| std::array::from_fn(|bit| bits >> bit & 1 == 1))
}

#[tokio::test]
async fn every_filter_is_served_by_an_index_and_no_page_scans_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let store = opened(&directory).await;
    for way in ways() {
        let [person, actor, client_id, event, since, until, later] = way;
        let text = |is: bool| is.then(|| "x".to_owned());
        let filter = AuditFilter {
            before: later.then_some(90_000),
            since: since.then_some(1),
            until: until.then_some(9),
            event: text(event),
            actor: text(actor),
            person: text(person),
            client_id: text(client_id),
            limit: 50,
        };
        if !filter.is_filtered() {
            continue;
        }
        let plan = plan(&store, &filter, later.then_some((5, 90_000))).await;
        let told = format!("{way:?}: {plan:#?}");
        let looked_up: Vec<&String> = plan
            .iter()
            .filter(|line| line.contains(" audit "))
            .collect();
        let indexes = served([person, actor, client_id, event]);
        assert_eq!(looked_up.len(), indexes.len(), "{told}");
        for (line, (index, column)) in looked_up.into_iter().zip(indexes) {
            assert!(
                line.contains(&format!("SEARCH audit USING INDEX {index} ({column}")),
                "{told}"
            );
            assert_eq!(line.contains("at>?"), since, "{told}");
            assert_eq!(line.contains("(at,seq)<(?,?)"), until || later, "{told}");
        }
        // Only what two indexes found is put in order, a page of each.
        let sorted = plan.iter().any(|line| line.contains("TEMP B-TREE"));
        assert!(!sorted || person, "{told}");
    }
}

#[tokio::test]
async fn all_of_the_log_is_read_in_the_order_of_its_numbers() {
    let directory = tempfile::tempdir().unwrap();
    let store = opened(&directory).await;
    for (before, way) in [(None, "SCAN"), (Some(90_000), "SEARCH")] {
        let filter = AuditFilter {
            before,
            limit: 50,
            ..AuditFilter::default()
        };
        let plan = plan(&store, &filter, None).await.join("\n");
        let by_number = format!("{way} audit USING INDEX sqlite_autoindex_audit_1");
        assert!(
            plan.contains(&by_number) && !plan.contains("TEMP B-TREE"),
            "{plan}"
        );
    }
}
