//! Login sessions: a random value in a cookie, its hash in here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shukuba_model::UserId;
use sqlx::Row as _;

use crate::database::Row;
use crate::{PasswordHash, Secret, Store, StoreError, User, users};

/// How often a session's use is written down, in seconds: reading pages must
/// not cost a write each.
const TOUCH_EVERY: i64 = 60;

/// A session to be.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// The value of the cookie, of which the hash is kept.
    pub session: &'a Secret,
    /// The session of the same browser that it replaces.
    pub replaces: Option<&'a Secret>,
    /// Who logged in.
    pub user: &'a UserId,
    /// Now, which is when they proved who they are; seconds since 1970.
    pub now: i64,
    /// When it ends, used or not, seconds since 1970.
    pub expires_at: i64,
    /// The address it was begun from.
    pub address: &'a str,
    /// What the browser calls itself.
    pub user_agent: &'a str,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it without opening it.
    pub handle: String,
    /// When the person proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// When it was last used, up to a minute ago, seconds since 1970.
    pub last_seen_at: i64,
    /// The address it was begun from.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

impl Store {
    /// Begins a session in place of the browser's earlier one, and forgets all
    /// that ended.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_session(&self, new: &NewSession<'_>) -> Result<(), StoreError> {
        self.insert_session(new, None).await.map(drop)
    }

    /// As [`Store::create_session`], for a person who proved who they are by
    /// `password`. `false`, and no session, when they are kept out or their
    /// password has been changed since it was looked up: whoever changes it
    /// means to end what the old one opens.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_session_by_password(
        &self,
        new: &NewSession<'_>,
        password: &PasswordHash,
    ) -> Result<bool, StoreError> {
        self.insert_session(new, Some(password)).await
    }

    async fn insert_session(
        &self,
        new: &NewSession<'_>,
        password: Option<&PasswordHash>,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1 OR session_hash = $2")
            .bind(new.now)
            .bind(new.replaces.map(Secret::hash))
            .execute(&mut *transaction)
            .await?;
        let inserted = sqlx::query(
            "INSERT INTO sessions (session_hash, user_id, auth_time, created_at, last_seen_at,
                expires_at, address, user_agent)
             SELECT $1, id, $3, $3, $3, $4, $5, $6 FROM users
             WHERE id = $2 AND disabled = FALSE AND ($7 IS NULL OR password_hash = $7)",
        )
        .bind(new.session.hash())
        .bind(new.user.as_str())
        .bind(new.now)
        .bind(new.expires_at)
        .bind(new.address)
        .bind(new.user_agent)
        .bind(password.map(PasswordHash::as_str))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(inserted.rows_affected() > 0)
    }

    /// The session of that cookie and its person, while it lives: not ended, not
    /// older than its term, used within the last `idle` seconds, and the person
    /// not kept out. Its use is written down.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn session(
        &self,
        session: &Secret,
        now: i64,
        idle: i64,
    ) -> Result<Option<(Session, User)>, StoreError> {
        let row = sqlx::query(
            "SELECT s.session_hash, s.auth_time, s.last_seen_at, s.address, s.user_agent,
                u.id, u.name, u.display_name, u.email, u.password_hash, u.disabled, u.role,
                u.created_at
             FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.session_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3
               AND u.disabled = FALSE",
        )
        .bind(session.hash())
        .bind(now)
        .bind(now.saturating_sub(idle))
        .fetch_optional(self.database.reader())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let found = from_row(&row)?;
        if found.last_seen_at <= now.saturating_sub(TOUCH_EVERY) {
            sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE session_hash = $1")
                .bind(session.hash())
                .bind(now)
                .execute(self.database.writer())
                .await?;
        }
        Ok(Some((found, users::from_row(&row)?)))
    }

    /// The living sessions of a person, the last used first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sessions_of_user(
        &self,
        user: &UserId,
        now: i64,
        idle: i64,
    ) -> Result<Vec<Session>, StoreError> {
        sqlx::query(
            "SELECT session_hash, auth_time, last_seen_at, address, user_agent FROM sessions
             WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3
             ORDER BY last_seen_at DESC, created_at DESC",
        )
        .bind(user.as_str())
        .bind(now)
        .bind(now.saturating_sub(idle))
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(from_row)
        .collect()
    }

    /// Ends a session. `false` when it had ended before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_session(&self, session: &Secret) -> Result<bool, StoreError> {
        let ended = sqlx::query("DELETE FROM sessions WHERE session_hash = $1")
            .bind(session.hash())
            .execute(self.database.writer())
            .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Ends the session of a person that `handle` names. `false` when they have
    /// no such session.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_session_of_user(
        &self,
        user: &UserId,
        handle: &str,
    ) -> Result<bool, StoreError> {
        let Ok(hash) = URL_SAFE_NO_PAD.decode(handle) else {
            return Ok(false);
        };
        let ended = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND session_hash = $2")
            .bind(user.as_str())
            .bind(hash)
            .execute(self.database.writer())
            .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// Ends every session of a person; gives how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_sessions_of_user(&self, user: &UserId) -> Result<u64, StoreError> {
        let ended = sqlx::query("DELETE FROM sessions WHERE user_id = $1")
            .bind(user.as_str())
            .execute(self.database.writer())
            .await?;
        Ok(ended.rows_affected())
    }
}

fn from_row(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        handle: URL_SAFE_NO_PAD.encode(row.try_get::<&[u8], _>("session_hash")?),
        auth_time: row.try_get("auth_time")?,
        last_seen_at: row.try_get("last_seen_at")?,
        address: row.try_get("address")?,
        user_agent: row.try_get("user_agent")?,
    })
}
