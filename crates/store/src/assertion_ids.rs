//! Client assertions that were seen, so that none counts twice (RFC 7523
//! section 3).

use shukuba_model::ClientId;

use crate::{Secret, Store, StoreError};

impl Store {
    /// Uses up the `jti` of an assertion; `false` when it was used before.
    /// It is remembered until `expires_at`, seconds since 1970, over restarts.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn use_assertion_id(
        &self,
        client_id: &ClientId,
        jti: &str,
        expires_at: i64,
    ) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO assertion_ids (client_id, jti_hash, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (client_id, jti_hash) DO NOTHING",
        )
        .bind(client_id.as_str())
        .bind(Secret::presented(jti).hash())
        .bind(expires_at)
        .execute(self.database.writer())
        .await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// Forgets the assertions that have expired.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_assertion_ids(&self, now: i64) -> Result<u64, StoreError> {
        let deleted = sqlx::query("DELETE FROM assertion_ids WHERE expires_at < $1")
            .bind(now)
            .execute(self.database.writer())
            .await?;
        Ok(deleted.rows_affected())
    }
}
