//! Initial access tokens: the operator's word that a client may register
//! itself (RFC 7591 section 3).

use crate::{Secret, Store, StoreError};

impl Store {
    /// Keeps a token that lets `uses` clients register until `expires_at`,
    /// seconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_initial_token(
        &self,
        token: &Secret,
        name: &str,
        uses: u32,
        now: i64,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO initial_access_tokens (token_hash, name, created_at, expires_at, uses_left)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(token.hash())
        .bind(name)
        .bind(now)
        .bind(expires_at)
        .bind(i64::from(uses))
        .execute(self.database.writer())
        .await?;
        Ok(())
    }

    /// Uses a token up by one registration; `false` when there is no such
    /// token, or it has expired or been used up.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn spend_initial_token(
        &self,
        presented: &Secret,
        now: i64,
    ) -> Result<bool, StoreError> {
        let spent = sqlx::query(
            "UPDATE initial_access_tokens SET uses_left = uses_left - 1
             WHERE token_hash = $1 AND uses_left > 0 AND expires_at > $2",
        )
        .bind(presented.hash())
        .bind(now)
        .execute(self.database.writer())
        .await?;
        Ok(spent.rows_affected() == 1)
    }

    /// Forgets the tokens that no longer work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_initial_tokens(&self, now: i64) -> Result<u64, StoreError> {
        let deleted = sqlx::query(
            "DELETE FROM initial_access_tokens WHERE expires_at <= $1 OR uses_left <= 0",
        )
        .bind(now)
        .execute(self.database.writer())
        .await?;
        Ok(deleted.rows_affected())
    }
}
