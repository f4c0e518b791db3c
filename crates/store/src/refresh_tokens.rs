//! Refresh tokens (RFC 6749 section 6): a chain of generations per grant, of
//! which the last one is good.

use sqlx::{Row as _, Transaction};

use crate::database::Engine;
use crate::grants::{self, Grant};
use crate::{Secret, Store, StoreError, crash_point};

/// A refresh token to be.
#[derive(Debug)]
pub struct NewRefreshToken {
    /// The token, of which the hash is kept.
    pub token: Secret,
    /// When it ends unless it is used, seconds since 1970.
    pub expires_at: i64,
}

/// What a grant gives first.
#[derive(Debug)]
pub struct FirstTokens {
    /// A refresh token, to a client that may use one.
    pub refresh: Option<NewRefreshToken>,
    /// When the last of the tokens ends, seconds since 1970.
    pub live_until: i64,
}

/// A refresh token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefreshToken {
    /// What it stands for.
    pub grant: Grant,
    /// Its place in the chain, from 0.
    pub generation: i64,
    /// The place of the last one in the chain.
    pub newest_generation: i64,
    /// When it was issued, seconds since 1970.
    pub created_at: i64,
    /// When it ends unless it is used, seconds since 1970.
    pub expires_at: i64,
    /// When it was used, seconds since 1970.
    pub consumed_at: Option<i64>,
}

impl Store {
    /// The refresh token, used or not. Looking changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn refresh_token(
        &self,
        token: &Secret,
    ) -> Result<Option<StoredRefreshToken>, StoreError> {
        let row = sqlx::query(
            "SELECT g.*, r.generation, r.created_at AS token_created_at,
                r.expires_at AS token_expires_at, r.consumed_at AS token_consumed_at,
                (SELECT MAX(newest.generation) FROM refresh_tokens newest
                 WHERE newest.grant_id = r.grant_id) AS newest_generation
             FROM refresh_tokens r JOIN grants g ON g.id = r.grant_id
             WHERE r.token_hash = $1",
        )
        .bind(token.hash())
        .fetch_optional(self.database.reader())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(StoredRefreshToken {
            grant: grants::from_row(&row)?,
            generation: row.try_get("generation")?,
            newest_generation: row.try_get("newest_generation")?,
            created_at: row.try_get("token_created_at")?,
            expires_at: row.try_get("token_expires_at")?,
            consumed_at: row.try_get("token_consumed_at")?,
        }))
    }

    /// Puts a successor in the place of a refresh token: consumes the one and
    /// keeps the other, together; `false` when the token was used already, has
    /// expired, or its grant was taken back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rotate_refresh_token(
        &self,
        token: &Secret,
        successor: &NewRefreshToken,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        crash_point("rotation-begun");
        let consumed = sqlx::query(
            "UPDATE refresh_tokens SET consumed_at = $2
             WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > $2
             RETURNING grant_id, generation",
        )
        .bind(token.hash())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        crash_point("rotation-consumed");
        let Some(consumed) = consumed else {
            return Ok(false);
        };
        let grant_id: &str = consumed.try_get("grant_id")?;
        if !grants::used(&mut transaction, grant_id, successor.expires_at, now).await? {
            return Ok(false);
        }
        let generation = consumed.try_get::<i64, _>("generation")?.saturating_add(1);
        insert(&mut transaction, grant_id, generation, successor, now).await?;
        crash_point("rotation-successor-kept");
        transaction.commit().await?;
        crash_point("rotation-committed");
        Ok(true)
    }
}

/// Notes that a grant gives its first tokens, within a transaction; `false`
/// when it gives none any more.
pub(crate) async fn begin(
    transaction: &mut Transaction<'_, Engine>,
    grant_id: &str,
    first: &FirstTokens,
    now: i64,
) -> Result<bool, StoreError> {
    if !grants::used(transaction, grant_id, first.live_until, now).await? {
        return Ok(false);
    }
    if let Some(refresh) = &first.refresh {
        insert(transaction, grant_id, 0, refresh, now).await?;
    }
    Ok(true)
}

/// Adds a token to the chain of a grant, within a transaction.
async fn insert(
    transaction: &mut Transaction<'_, Engine>,
    grant_id: &str,
    generation: i64,
    new: &NewRefreshToken,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO refresh_tokens (token_hash, grant_id, generation, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.token.hash())
    .bind(grant_id)
    .bind(generation)
    .bind(now)
    .bind(new.expires_at)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
