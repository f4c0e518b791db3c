//! What is dead before its time, for as long as a token it kills could live.

use std::collections::{HashMap, HashSet};

use shukuba_model::TokenLifetime;
use shukuba_model::revocation::Revoked;
use sqlx::{Row as _, Transaction};

use crate::database::Engine;
use crate::{Store, StoreError};

/// The longest that an access token lives, in seconds.
const LONGEST_TOKEN: i64 = TokenLifetime::MAX.cast_signed();

/// What a revocation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RevocationKind {
    /// A grant, by its id.
    Grant,
    /// One access token, by its `jti`.
    Token,
    /// A client, by its id.
    Client,
    /// A person, by their id.
    User,
}

impl RevocationKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Token => "token",
            Self::Client => "client",
            Self::User => "user",
        }
    }
}

impl Store {
    /// Takes one access token back: its `jti`, and when it would have ended,
    /// seconds since 1970. Whoever calls it publishes the revocations next.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_access_token(
        &self,
        jti: &str,
        expires_at: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let ends = Some(expires_at);
        insert(&mut transaction, RevocationKind::Token, jti, now, ends).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Everything that was revoked and could still be alive at `now`, seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn live_revocations(&self, now: i64) -> Result<Revoked, StoreError> {
        let rows =
            sqlx::query("SELECT kind, subject, revoked_at FROM revocations WHERE expires_at > $1")
                .bind(now)
                .fetch_all(self.database.reader())
                .await?;
        let (mut grants, mut tokens) = (HashSet::new(), HashSet::new());
        let (mut clients, mut users) = (HashMap::new(), HashMap::new());
        for row in &rows {
            let subject: String = row.try_get("subject")?;
            let revoked_at: i64 = row.try_get("revoked_at")?;
            match row.try_get::<&str, _>("kind")? {
                "grant" => drop(grants.insert(subject)),
                "token" => drop(tokens.insert(subject)),
                "client" => drop(clients.insert(subject, revoked_at)),
                "user" => drop(users.insert(subject, revoked_at)),
                other => {
                    return Err(StoreError::corrupt(
                        "revocation",
                        format!("its kind '{other}' is unknown"),
                    ));
                }
            }
        }
        Ok(Revoked {
            grants,
            tokens,
            clients,
            users,
        })
    }

    /// Removes what can do nothing any more: codes and device codes a day
    /// after their end, grants that never gave a token or gave their last one,
    /// revocations of dead tokens. Tells how many rows that were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_dead_grants(&self, now: i64) -> Result<u64, StoreError> {
        const DAY: i64 = 86_400;
        let mut transaction = self.database.begin().await?;
        let mut forgotten = 0;
        // A replayed code is to be known as such for a while, so none goes at once.
        for (statement, before) in [
            ("DELETE FROM codes WHERE expires_at <= $1", now - DAY),
            ("DELETE FROM device_codes WHERE expires_at <= $1", now - DAY),
            (
                "DELETE FROM grants WHERE live_until IS NULL AND created_at <= $1",
                now - DAY,
            ),
            (
                "DELETE FROM grants WHERE live_until <= $1",
                now - LONGEST_TOKEN,
            ),
            (
                "DELETE FROM grants WHERE revoked_at IS NOT NULL AND revoked_at <= $1",
                now - LONGEST_TOKEN,
            ),
            ("DELETE FROM revocations WHERE expires_at <= $1", now),
        ] {
            let deleted = sqlx::query(statement)
                .bind(before)
                .execute(&mut *transaction)
                .await?;
            forgotten += deleted.rows_affected();
        }
        transaction.commit().await?;
        Ok(forgotten)
    }
}

/// Lists something as dead, within a transaction. `expires_at` is when the last
/// token it could kill ends; the longest life of one from now when not known.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Engine>,
    kind: RevocationKind,
    subject: &str,
    now: i64,
    expires_at: Option<i64>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO revocations (kind, subject, revoked_at, expires_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind, subject) DO UPDATE
         SET revoked_at = excluded.revoked_at, expires_at = excluded.expires_at",
    )
    .bind(kind.as_str())
    .bind(subject)
    .bind(now)
    .bind(expires_at.unwrap_or_else(|| now.saturating_add(LONGEST_TOKEN)))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
