//! A database of the first version is brought up to date without loss.

use shukuba_store::Secret;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tempfile::TempDir;

use crate::clients::machine;
use crate::open;

const FIRST: &str = include_str!("../../migrations/sqlite/0001_first.sql");

/// Makes what version 1 left behind: one API, one application of it.
async fn first_version(directory: &TempDir, secret: &Secret) {
    let options = SqliteConnectOptions::new()
        .filename(directory.path().join("shukuba.db"))
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let sql = FIRST.into_sql_str();
    let first = Migration::new(1, "first".into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(vec![first])
        .run(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO apis VALUES ('api_1', 'an API', 'https://api.example', 'auth0', 'RS256', 3600, 1)")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO applications VALUES ('abc', 'mcp', 'm2m', $1, 7)")
        .bind(secret.hash())
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO application_apis VALUES ('abc', 'api_1', 0)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

#[tokio::test]
async fn applications_of_the_first_version_become_clients_with_their_secret_and_apis() {
    let directory = tempfile::tempdir().unwrap();
    let secret = Secret::generate("skb_");
    first_version(&directory, &secret).await;
    let store = open(&directory).await;
    let id: shukuba_model::ClientId = "abc".parse().unwrap();
    let expected = machine("mcp", id.clone(), &["https://api.example"], 7);
    let found = store.registered_client("mcp").await.unwrap();
    assert_eq!(found, Some(expected));
    assert!(store.check_client_secret(&id, &secret, 9).await.unwrap());
    let secrets = store.client_secrets(&id).await.unwrap();
    assert_eq!(secrets[0].created_at, 7);
}
