//! By which index a page of the list is read.

use std::sync::Arc;

use shukuba_model::ClientSource;
use sqlx::{QueryBuilder, Row as _};

use super::{ClientFilter, without_api};
use crate::database::Engine;
use crate::{MasterKey, Store};

async fn opened(directory: &tempfile::TempDir) -> Store {
    let key = Arc::new(MasterKey::from_bytes(&[7; 32]));
    let database = directory.path().join("shukuba.db");
    Store::open(&database, key).await.unwrap()
}

/// How the query is carried out, line by line.
async fn plan(store: &Store, query: &QueryBuilder<Engine>) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {}", query.sql().as_str());
    let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
        .fetch_all(store.database.reader())
        .await
        .unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

#[tokio::test]
async fn those_without_an_api_are_read_in_order_and_asked_about_it_by_their_key() {
    let directory = tempfile::tempdir().unwrap();
    let store = opened(&directory).await;
    let query = without_api(&"https://api.example/".parse().unwrap(), 51);
    let lines = plan(&store, &query).await;
    let plan = lines.join("\n");
    for index in [
        "clients_of_source_in_order (source=?)",
        "given USING COVERING INDEX sqlite_autoindex_client_apis_1 (client_id=? AND api_id=?)",
        "sqlite_autoindex_apis_2 (identifier=?)",
    ] {
        assert!(plan.contains(index), "{index}: {plan}");
    }
    assert!(!plan.contains("SCAN "), "{plan}");
    let sorts = lines.iter().filter(|line| line.contains("TEMP B-TREE"));
    assert!(sorts.count() <= 1, "{plan}");
}

#[tokio::test]
async fn every_page_is_read_in_the_order_of_an_index_and_no_client_outside_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = opened(&directory).await;
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
                let lines = plan(&store, &query).await;
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
