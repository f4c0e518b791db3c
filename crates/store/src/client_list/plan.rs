//! By which index a page of the list is read.

use std::sync::Arc;

use shukuba_model::ClientSource;
use sqlx::Row as _;

use super::ClientFilter;
use crate::{MasterKey, Store};

#[tokio::test]
async fn every_page_is_read_in_the_order_of_an_index_and_no_client_outside_it() {
    let directory = tempfile::tempdir().unwrap();
    let key = Arc::new(MasterKey::from_bytes(&[7; 32]));
    let database = directory.path().join("shukuba.db");
    let store = Store::open(&database, key).await.unwrap();
    for source in [None, Some(ClientSource::Registered)] {
        for after in [None, Some("x")] {
            for search in [None, Some("x")] {
                let filter = ClientFilter {
                    source,
                    after,
                    search,
                    limit: 51,
                };
                let query = filter.query(after.map(|_| (7, "x".to_owned())));
                let explain = format!("EXPLAIN QUERY PLAN {}", query.sql().as_str());
                let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
                    .fetch_all(store.database.reader())
                    .await
                    .unwrap();
                let lines: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
                let plan = lines.join("\n");
                let index = match source {
                    Some(_) => "clients_of_source_in_order",
                    None => "clients_in_order",
                };
                assert!(plan.contains(index), "{filter:?}: {plan}");
                let scans = lines
                    .iter()
                    .any(|line| format!("{line} ").starts_with("SCAN c "));
                assert!(!scans, "{filter:?}: {plan}");
                // What is sorted is the page, not the list.
                let sorts = lines.iter().filter(|line| line.contains("TEMP B-TREE"));
                assert!(sorts.count() <= 1, "{filter:?}: {plan}");
            }
        }
    }
}
