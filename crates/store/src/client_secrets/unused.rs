//! Secrets that nobody seems to use.

#[cfg(test)]
mod plan;

use shukuba_model::ClientId;
use sqlx::Row as _;

use crate::database::Row;
use crate::{Store, StoreError};

/// Secrets of applications that the operator registered, and that nobody used
/// for a while.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnusedSecrets {
    /// How many there are.
    pub total: u64,
    /// The first of them, those that were of no use for longest.
    pub first: Vec<UnusedSecret>,
}

/// A secret that nobody used for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedSecret {
    /// What it is removed by.
    pub id: String,
    /// Whose it is.
    pub client_id: ClientId,
    /// The name of that application.
    pub client_name: String,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// When it last proved the client, seconds since 1970.
    pub last_used_at: Option<i64>,
    /// Whether the application has no other, so that it cannot be removed.
    pub is_only: bool,
}

/// The secrets in question. The join begins at the secrets, by their index: most
/// of them are in use, whoever registered their clients.
const FROM: &str = "FROM client_secrets s CROSS JOIN clients c
    WHERE COALESCE(s.last_used_at, s.created_at) < $1
    AND c.client_id = s.client_id AND c.source = 'registered'";

fn statement() -> String {
    format!(
        "SELECT s.id, s.client_id, c.name, s.created_at, s.last_used_at,
            NOT EXISTS (SELECT 1 FROM client_secrets other
                        WHERE other.client_id = s.client_id AND other.id <> s.id) AS is_only,
            (SELECT COUNT(*) {FROM}) AS total
         {FROM} ORDER BY COALESCE(s.last_used_at, s.created_at), s.id LIMIT $2"
    )
}

impl Store {
    /// The secrets of registered applications that were neither used nor made
    /// since `since`, seconds since 1970: how many, and the first `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn unused_client_secrets(
        &self,
        since: i64,
        limit: u32,
    ) -> Result<UnusedSecrets, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement()))
            .bind(since)
            .bind(i64::from(limit))
            .fetch_all(self.database.reader())
            .await?;
        let Some(first) = rows.first() else {
            return Ok(UnusedSecrets::default());
        };
        let total: i64 = first.try_get("total")?;
        Ok(UnusedSecrets {
            total: u64::try_from(total).unwrap_or_default(),
            first: rows.iter().map(from_row).collect::<Result<_, _>>()?,
        })
    }
}

fn from_row(row: &Row) -> Result<UnusedSecret, StoreError> {
    let client_id: String = row.try_get("client_id")?;
    let corrupt = |reason| StoreError::corrupt(format!("client '{client_id}'"), reason);
    Ok(UnusedSecret {
        client_id: client_id.parse().map_err(corrupt)?,
        id: row.try_get("id")?,
        client_name: row.try_get("name")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
        is_only: row.try_get("is_only")?,
    })
}
