//! Initial access tokens: the operator's word that a client may register
//! itself (RFC 7591 section 3).

use sqlx::Row as _;

use crate::database::Row;
use crate::{Secret, Store, StoreError, random};

/// What may be told of an initial access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialTokenFacts {
    /// What it is taken back by.
    pub id: String,
    /// What it is for, in the operator's words.
    pub name: String,
    /// How many clients it is for.
    pub uses: u32,
    /// How many more may register with it.
    pub uses_left: u32,
    /// Seconds since 1970.
    pub created_at: i64,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
    /// When a client last registered with it, seconds since 1970.
    pub last_used_at: Option<i64>,
}

impl Store {
    /// Keeps a token that lets `uses` clients register until `expires_at`,
    /// seconds since 1970, and tells its id.
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
    ) -> Result<String, StoreError> {
        let id = format!("iat_{}", random::letters_and_digits(10));
        sqlx::query(
            "INSERT INTO initial_access_tokens (id, token_hash, name, created_at, expires_at,
                uses, uses_left)
             VALUES ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(&id)
        .bind(token.hash())
        .bind(name)
        .bind(now)
        .bind(expires_at)
        .bind(i64::from(uses))
        .execute(self.database.writer())
        .await?;
        Ok(id)
    }

    /// The tokens that have not ended, used up or not, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn initial_tokens(&self, now: i64) -> Result<Vec<InitialTokenFacts>, StoreError> {
        sqlx::query(
            "SELECT id, name, uses, uses_left, created_at, expires_at, last_used_at
             FROM initial_access_tokens WHERE expires_at > $1 ORDER BY created_at, id",
        )
        .bind(now)
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(from_row)
        .collect()
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
            "UPDATE initial_access_tokens SET uses_left = uses_left - 1, last_used_at = $2
             WHERE token_hash = $1 AND uses_left > 0 AND expires_at > $2",
        )
        .bind(presented.hash())
        .bind(now)
        .execute(self.database.writer())
        .await?;
        Ok(spent.rows_affected() == 1)
    }

    /// Takes a token back: no further client registers with it. Those that did
    /// stay. Gives what it was for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such token.
    pub async fn revoke_initial_token(&self, id: &str) -> Result<String, StoreError> {
        let revoked = sqlx::query("DELETE FROM initial_access_tokens WHERE id = $1 RETURNING name")
            .bind(id)
            .fetch_optional(self.database.writer())
            .await?;
        match revoked {
            Some(row) => Ok(row.try_get("name")?),
            None => Err(StoreError::not_found("initial access token", id)),
        }
    }

    /// Forgets the tokens that have ended. One that was used up is kept until
    /// then, so that its owner sees when.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_initial_tokens(&self, now: i64) -> Result<u64, StoreError> {
        let deleted = sqlx::query("DELETE FROM initial_access_tokens WHERE expires_at <= $1")
            .bind(now)
            .execute(self.database.writer())
            .await?;
        Ok(deleted.rows_affected())
    }
}

fn from_row(row: &Row) -> Result<InitialTokenFacts, StoreError> {
    let id: String = row.try_get("id")?;
    let count = |column: &str| {
        let stored: i64 = row.try_get(column)?;
        u32::try_from(stored)
            .map_err(|error| StoreError::corrupt(format!("initial access token '{id}'"), error))
    };
    Ok(InitialTokenFacts {
        uses: count("uses")?,
        uses_left: count("uses_left")?,
        name: row.try_get("name")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        last_used_at: row.try_get("last_used_at")?,
        id,
    })
}
