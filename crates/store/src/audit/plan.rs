//! By which index a page of the log is read: a log is long.

use std::sync::Arc;

use sqlx::Row as _;

use super::AuditFilter;
use crate::{MasterKey, Store};

async fn plan(store: &Store, filter: AuditFilter) -> String {
    let explain = format!("EXPLAIN QUERY PLAN {}", filter.query().sql().as_str());
    let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
        .fetch_all(store.database.reader())
        .await
        .unwrap();
    let details = rows.iter().map(|row| row.get::<String, _>("detail"));
    details.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_filter_is_served_by_an_index_and_no_page_scans_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let key = Arc::new(MasterKey::from_bytes(&[7; 32]));
    let database = directory.path().join("shukuba.db");
    let store = Store::open(&database, key).await.unwrap();
    let value = || Some("x".to_owned());
    let all = AuditFilter {
        limit: 50,
        before: Some(90_000),
        ..AuditFilter::default()
    };
    for (filter, indexes) in [
        (all.clone(), &["sqlite_autoindex_audit_1"][..]),
        (
            AuditFilter {
                event: value(),
                ..all.clone()
            },
            &["audit_by_event"],
        ),
        (
            AuditFilter {
                actor: value(),
                ..all.clone()
            },
            &["audit_by_actor"],
        ),
        (
            AuditFilter {
                client_id: value(),
                ..all.clone()
            },
            &["audit_by_client"],
        ),
        (
            AuditFilter {
                person: value(),
                ..all.clone()
            },
            &["audit_by_actor", "audit_by_subject"],
        ),
        (
            AuditFilter {
                person: value(),
                client_id: value(),
                event: value(),
                ..all.clone()
            },
            &["audit_by_actor", "audit_by_subject"],
        ),
        (
            AuditFilter {
                client_id: value(),
                event: value(),
                ..all.clone()
            },
            &["audit_by_client"],
        ),
    ] {
        let plan = plan(&store, filter).await;
        let scans = plan.lines().any(|line| line.starts_with("SCAN audit"));
        assert!(!scans, "{plan}");
        for index in indexes {
            assert!(plan.contains(index), "{index}: {plan}");
        }
        let looked_up = plan.matches("SEARCH audit").count();
        assert_eq!(looked_up, indexes.len(), "{plan}");
    }
}
