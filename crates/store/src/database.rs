//! The connections: one that writes, a few that read.

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{SqlSafeStr, Transaction};

use crate::StoreError;

/// The engine's name for itself in sqlx's types, in one place.
pub(crate) type Engine = sqlx::Sqlite;
/// A row as this engine gives it.
pub(crate) type Row = sqlx::sqlite::SqliteRow;

const READERS: u32 = 4;

/// SQLite allows one writer at a time, so there is one writing connection:
/// writers queue here, fairly, and never see `SQLITE_BUSY`.
#[derive(Clone)]
pub(crate) struct Database {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Database {
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |reason: String| StoreError::Open {
            path: path.to_owned(),
            reason,
        };
        create_private(path).map_err(|error| failed(error.to_string()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(|error| failed(error.to_string()))?;
        Migrator::with_migrations(migrations())
            .run(&writer)
            .await
            .map_err(|error| failed(error.to_string()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A file does not hang up, so asking before each use is for nothing.
            .test_before_acquire(false)
            .connect_lazy_with(options.read_only(true));
        Ok(Self { writer, readers })
    }

    /// Where to read outside a transaction.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Where to run one statement that writes.
    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// Several statements that happen together or not at all.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Engine>, StoreError> {
        Ok(self.writer.begin().await?)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Creates an empty database file that only its owner may read. SQLite gives
/// its log files the mode of the database file.
fn create_private(path: &Path) -> std::io::Result<()> {
    let created = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match created {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Every migration by its name, in their order; their numbers begin with 1.
const MIGRATIONS: [(&str, &str); 10] = [
    ("first", include_str!("../migrations/sqlite/0001_first.sql")),
    ("login", include_str!("../migrations/sqlite/0002_login.sql")),
    ("keys", include_str!("../migrations/sqlite/0003_keys.sql")),
    (
        "login_allow",
        include_str!("../migrations/sqlite/0004_login_allow.sql"),
    ),
    (
        "initial_tokens",
        include_str!("../migrations/sqlite/0005_initial_tokens.sql"),
    ),
    (
        "redirect_not_repeated",
        include_str!("../migrations/sqlite/0006_redirect_not_repeated.sql"),
    ),
    ("roles", include_str!("../migrations/sqlite/0007_roles.sql")),
    (
        "audit_indexes",
        include_str!("../migrations/sqlite/0008_audit_indexes.sql"),
    ),
    (
        "client_list",
        include_str!("../migrations/sqlite/0009_client_list.sql"),
    ),
    (
        "secret_use",
        include_str!("../migrations/sqlite/0010_secret_use.sql"),
    ),
];

fn migrations() -> Vec<Migration> {
    let numbered = (1..).zip(MIGRATIONS);
    let migration = |(number, (name, sql)): (i64, (&'static str, &'static str))| {
        let sql = sql.into_sql_str();
        Migration::new(number, name.into(), MigrationType::Simple, sql, false)
    };
    numbered.map(migration).collect()
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    #[tokio::test]
    async fn a_key_from_before_rotation_signs_since_it_was_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shukuba.db");
        let options = SqliteConnectOptions::new().filename(&path);
        let old = SqlitePool::connect_with(options.create_if_missing(true))
            .await
            .unwrap();
        let first = migrations().into_iter().take(1).collect();
        Migrator::with_migrations(first).run(&old).await.unwrap();
        sqlx::query(
            "INSERT INTO signing_keys (kid, algorithm, sealed_pkcs8, state, created_at)
             VALUES ('a', 'ES256', '', 'current', 5)",
        )
        .execute(&old)
        .await
        .unwrap();
        old.close().await;

        let database = Database::open(&path).await.unwrap();
        let row = sqlx::query("SELECT signs_since, keep_until FROM signing_keys")
            .fetch_one(database.reader())
            .await
            .unwrap();
        assert_eq!(row.get::<Option<i64>, _>("signs_since"), Some(5));
        assert_eq!(row.get::<Option<i64>, _>("keep_until"), None);
    }

    #[tokio::test]
    async fn initial_tokens_from_before_ids_get_one_each_and_stay() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shukuba.db");
        let options = SqliteConnectOptions::new().filename(&path);
        let old = SqlitePool::connect_with(options.create_if_missing(true))
            .await
            .unwrap();
        let before = migrations().into_iter().take(4).collect();
        Migrator::with_migrations(before).run(&old).await.unwrap();
        sqlx::query(
            "INSERT INTO initial_access_tokens (token_hash, name, created_at, expires_at, uses_left)
             VALUES (x'01', 'a', 1, 9, 3), (x'02', 'b', 1, 9, 4)",
        )
        .execute(&old)
        .await
        .unwrap();
        old.close().await;

        let database = Database::open(&path).await.unwrap();
        let rows = sqlx::query("SELECT id, uses FROM initial_access_tokens ORDER BY name")
            .fetch_all(database.reader())
            .await
            .unwrap();
        let ids: Vec<&str> = rows.iter().map(|row| row.get("id")).collect();
        assert_eq!(ids, ["iat_first_1", "iat_first_2"]);
        assert_eq!(rows[0].get::<i64, _>("uses"), 3);
    }
}
