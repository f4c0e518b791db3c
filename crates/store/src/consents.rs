//! What people allowed clients to have, so that they are not asked again.

use shukuba_model::{ClientId, UserId};

use crate::{Secret, Store, StoreError};

/// A person's consent. The same one is found again only when all of it is the
/// same.
#[derive(Debug, Clone, Copy)]
pub struct Consent<'a> {
    /// Who allows.
    pub user_id: &'a UserId,
    /// Who is allowed.
    pub client_id: &'a ClientId,
    /// The browser it was given in: what one browser allowed, another is asked.
    pub browser: &'a Secret,
    /// All that was shown, as text, of which the hash is kept.
    pub what: &'a str,
}

impl Store {
    /// Whether that consent was given before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn has_consent(&self, consent: Consent<'_>) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT created_at FROM consents
             WHERE user_id = $1 AND client_id = $2 AND browser_hash = $3 AND what_hash = $4",
        )
        .bind(consent.user_id.as_str())
        .bind(consent.client_id.as_str())
        .bind(consent.browser.hash())
        .bind(Secret::presented(consent.what).hash())
        .fetch_optional(self.database.reader())
        .await?;
        Ok(found.is_some())
    }

    /// Remembers a consent; `now` is seconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remember_consent(&self, consent: Consent<'_>, now: i64) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO consents (user_id, client_id, browser_hash, what_hash, created_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id, client_id, browser_hash, what_hash)
             DO UPDATE SET created_at = excluded.created_at",
        )
        .bind(consent.user_id.as_str())
        .bind(consent.client_id.as_str())
        .bind(consent.browser.hash())
        .bind(Secret::presented(consent.what).hash())
        .bind(now)
        .execute(self.database.writer())
        .await?;
        Ok(())
    }

    /// Forgets what a person allowed a client, in every browser: they are asked
    /// at its next login.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_consents(
        &self,
        user_id: &UserId,
        client_id: &ClientId,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM consents WHERE user_id = $1 AND client_id = $2")
            .bind(user_id.as_str())
            .bind(client_id.as_str())
            .execute(self.database.writer())
            .await?;
        Ok(())
    }
}
