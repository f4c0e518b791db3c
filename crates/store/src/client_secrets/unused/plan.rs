//! By which index secrets out of use are found: Home asks every few seconds.

use std::sync::Arc;

use sqlx::Row as _;

use super::statement;
use crate::{MasterKey, Store};

#[tokio::test]
async fn secrets_out_of_use_are_read_in_the_order_of_their_index_and_nothing_is_scanned() {
    let directory = tempfile::tempdir().unwrap();
    let key = Arc::new(MasterKey::from_bytes(&[7; 32]));
    let database = directory.path().join("shukuba.db");
    let store = Store::open(&database, key).await.unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {}", statement());
    let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
        .fetch_all(store.database.reader())
        .await
        .unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let plan = lines.join("\n");
    // Once for the page, once for the count.
    assert_eq!(plan.matches("client_secrets_by_use").count(), 2, "{plan}");
    assert!(plan.contains("client_secrets_by_client"), "{plan}");
    assert!(
        !plan.contains("SCAN s") && !plan.contains("SCAN c"),
        "{plan}"
    );
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}
