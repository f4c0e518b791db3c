//! Authorization codes (RFC 6749 section 4.1.2): each begins one grant, once.

use shukuba_model::RedirectUri;
use sqlx::Row as _;

use crate::grants::{self, Grant, NewGrant};
use crate::refresh_tokens::{self, FirstTokens};
use crate::{Secret, Store, StoreError, crash_point};

/// An authorization code to be, with its grant.
#[derive(Debug)]
pub struct NewCode {
    /// The code, of which the hash is kept.
    pub code: Secret,
    /// What it stands for.
    pub grant: NewGrant,
    /// Where it is sent, exactly as the request named it.
    pub redirect_uri: RedirectUri,
    /// The S256 `code_challenge` (RFC 7636 section 4.2).
    pub challenge: String,
    /// `nonce` of the ID token.
    pub nonce: Option<String>,
    /// Seconds since 1970.
    pub expires_at: i64,
}

/// An authorization code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCode {
    /// What it stands for.
    pub grant: Grant,
    /// Where it was sent, exactly as the request named it.
    pub redirect_uri: RedirectUri,
    /// The S256 `code_challenge`.
    pub challenge: String,
    /// `nonce` of the ID token.
    pub nonce: Option<String>,
    /// Seconds since 1970.
    pub expires_at: i64,
    /// When it was redeemed or burned, seconds since 1970.
    pub consumed_at: Option<i64>,
}

impl Store {
    /// Keeps a code and its grant, together.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_code(&self, new: &NewCode) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let grant = &new.grant;
        grants::insert(&mut transaction, grant).await?;
        sqlx::query(
            "INSERT INTO codes (code_hash, grant_id, client_id, redirect_uri, challenge,
                nonce, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.code.hash())
        .bind(&grant.id)
        .bind(grant.client_id.as_str())
        .bind(new.redirect_uri.as_str())
        .bind(&new.challenge)
        .bind(&new.nonce)
        .bind(grant.created_at)
        .bind(new.expires_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The code, consumed or not. Looking changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn code(&self, code: &Secret) -> Result<Option<StoredCode>, StoreError> {
        let row = sqlx::query(
            "SELECT g.*, c.redirect_uri, c.challenge, c.nonce,
                c.expires_at AS code_expires_at, c.consumed_at AS code_consumed_at
             FROM codes c JOIN grants g ON g.id = c.grant_id WHERE c.code_hash = $1",
        )
        .bind(code.hash())
        .fetch_optional(self.database.reader())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let grant = grants::from_row(&row)?;
        let redirect_uri = row
            .try_get::<&str, _>("redirect_uri")?
            .parse()
            .map_err(|error| StoreError::corrupt(format!("code of grant '{}'", grant.id), error))?;
        Ok(Some(StoredCode {
            grant,
            redirect_uri,
            challenge: row.try_get("challenge")?,
            nonce: row.try_get("nonce")?,
            expires_at: row.try_get("code_expires_at")?,
            consumed_at: row.try_get("code_consumed_at")?,
        }))
    }

    /// Ends a code that was not redeemed, and its grant with it; `false` when
    /// it was consumed already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn burn_code(&self, code: &Secret, now: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let burned = sqlx::query(
            "UPDATE codes SET consumed_at = $2 WHERE code_hash = $1 AND consumed_at IS NULL
             RETURNING grant_id",
        )
        .bind(code.hash())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(burned) = burned else {
            return Ok(false);
        };
        sqlx::query(
            "UPDATE grants SET revoked_at = $2, revoked_reason = 'code burned'
             WHERE id = $1 AND revoked_at IS NULL",
        )
        .bind(burned.try_get::<&str, _>("grant_id")?)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Redeems a code: consumes it and keeps the first refresh token of its
    /// grant, together; `false` when it was consumed already, has expired, or
    /// its grant was taken back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn redeem_code(
        &self,
        code: &Secret,
        first: &FirstTokens,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        crash_point("code-begun");
        let consumed = sqlx::query(
            "UPDATE codes SET consumed_at = $2
             WHERE code_hash = $1 AND consumed_at IS NULL AND expires_at > $2
             RETURNING grant_id",
        )
        .bind(code.hash())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        crash_point("code-consumed");
        let Some(consumed) = consumed else {
            return Ok(false);
        };
        let grant_id: &str = consumed.try_get("grant_id")?;
        if !refresh_tokens::begin(&mut transaction, grant_id, first, now).await? {
            return Ok(false);
        }
        crash_point("code-refresh-kept");
        transaction.commit().await?;
        crash_point("code-committed");
        Ok(true)
    }
}
