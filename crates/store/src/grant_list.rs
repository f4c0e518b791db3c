//! Grants as their person sees them.

use shukuba_model::{Scopes, UserId};
use sqlx::Row as _;

use crate::{Store, StoreError};

/// A grant that lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRecord {
    /// Its id.
    pub id: String,
    /// Who was allowed.
    pub client_id: String,
    /// What the client was called then.
    pub client_name: String,
    /// The API its tokens are for.
    pub api: String,
    /// What was allowed.
    pub scope: Scopes,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub last_used_at: i64,
}

impl Store {
    /// What a person allowed and did not take back, the last used first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn grants_of_user(
        &self,
        user: &UserId,
        now: i64,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, client_id, client_name, api, scope, created_at, last_used_at FROM grants
             WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2
             ORDER BY last_used_at DESC, id",
        )
        .bind(user.as_str())
        .bind(now)
        .fetch_all(self.database.reader())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(GrantRecord {
                    id: row.try_get("id")?,
                    client_id: row.try_get("client_id")?,
                    client_name: row.try_get("client_name")?,
                    api: row.try_get("api")?,
                    scope: row
                        .try_get::<&str, _>("scope")?
                        .parse()
                        .map_err(|reason| StoreError::corrupt("grant", reason))?,
                    created_at: row.try_get("created_at")?,
                    last_used_at: row.try_get("last_used_at")?,
                })
            })
            .collect()
    }

    /// Takes a grant back. `false` when it was taken back before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_grant(&self, id: &str, reason: &str, now: i64) -> Result<bool, StoreError> {
        let revoked = sqlx::query(
            "UPDATE grants SET revoked_at = $2, revoked_reason = $3
             WHERE id = $1 AND revoked_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .bind(reason)
        .execute(self.database.writer())
        .await?;
        Ok(revoked.rows_affected() > 0)
    }
}
