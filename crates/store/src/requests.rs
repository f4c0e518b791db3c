//! Authorization requests that wait for their answer.

use sqlx::Row as _;

use crate::{Secret, Store, StoreError};

/// Requests that wait at once. Whoever opens the address makes one, so beyond
/// this the oldest go.
const MOST_WAITING: i64 = 10_000;

/// A request to be kept.
#[derive(Debug)]
pub struct NewAuthorizationRequest<'a> {
    /// Its random id, of which the hash is kept.
    pub id: &'a Secret,
    /// The browser that sent it: no other may answer it.
    pub browser: &'a Secret,
    /// The request, parsed, as JSON. Nothing changes it.
    pub request: &'a str,
    /// Seconds since 1970.
    pub created_at: i64,
    /// When it is forgotten, seconds since 1970.
    pub expires_at: i64,
}

/// A request that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAuthorizationRequest {
    /// The request, as JSON.
    pub request: String,
    /// When it came, seconds since 1970.
    pub created_at: i64,
    /// Whether it was answered, which it can be once.
    pub answered: bool,
    browser_hash: Vec<u8>,
}

impl StoredAuthorizationRequest {
    /// Whether `browser` is the one that sent it.
    pub fn belongs_to(&self, browser: &Secret) -> bool {
        self.browser_hash == browser.hash()
    }
}

impl Store {
    /// Keeps a request, forgetting those that expired and, when too many wait,
    /// the oldest.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_authorization_request(
        &self,
        new: &NewAuthorizationRequest<'_>,
    ) -> Result<(), StoreError> {
        self.create_request_among(new, MOST_WAITING).await
    }

    async fn create_request_among(
        &self,
        new: &NewAuthorizationRequest<'_>,
        most: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM authorization_requests WHERE expires_at <= $1")
            .bind(new.created_at)
            .execute(&mut *transaction)
            .await?;
        let waiting: i64 = sqlx::query("SELECT COUNT(*) AS waiting FROM authorization_requests")
            .fetch_one(&mut *transaction)
            .await?
            .try_get("waiting")?;
        if waiting >= most {
            sqlx::query(
                "DELETE FROM authorization_requests WHERE request_hash IN (
                    SELECT request_hash FROM authorization_requests
                    ORDER BY expires_at, created_at LIMIT $1)",
            )
            .bind(waiting - most + 1)
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "INSERT INTO authorization_requests
                (request_hash, browser_hash, request, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(new.id.hash())
        .bind(new.browser.hash())
        .bind(new.request)
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The request of that id while it lives, answered or not. `now` is seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn authorization_request(
        &self,
        id: &Secret,
        now: i64,
    ) -> Result<Option<StoredAuthorizationRequest>, StoreError> {
        let row = sqlx::query(
            "SELECT browser_hash, request, created_at, answered_at FROM authorization_requests
             WHERE request_hash = $1 AND expires_at > $2",
        )
        .bind(id.hash())
        .bind(now)
        .fetch_optional(self.database.reader())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(StoredAuthorizationRequest {
            request: row.try_get("request")?,
            created_at: row.try_get("created_at")?,
            answered: row.try_get::<Option<i64>, _>("answered_at")?.is_some(),
            browser_hash: row.try_get("browser_hash")?,
        }))
    }

    /// Marks a request as answered by its browser. `false` when it was answered
    /// before, expired or is another browser's: then nothing may be issued.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn answer_authorization_request(
        &self,
        id: &Secret,
        browser: &Secret,
        now: i64,
    ) -> Result<bool, StoreError> {
        let answered = sqlx::query(
            "UPDATE authorization_requests SET answered_at = $3
             WHERE request_hash = $1 AND browser_hash = $2
                AND answered_at IS NULL AND expires_at > $3
             RETURNING created_at",
        )
        .bind(id.hash())
        .bind(browser.hash())
        .bind(now)
        .fetch_optional(self.database.writer())
        .await?;
        Ok(answered.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MasterKey;

    #[tokio::test]
    async fn when_too_many_wait_the_oldest_goes() {
        let directory = tempfile::tempdir().unwrap();
        let key = MasterKey::open(&directory.path().join("master.key")).unwrap();
        let store = Store::open(&directory.path().join("shukuba.db"), key)
            .await
            .unwrap();
        let browser = Secret::generate("skw_");
        let ids: Vec<Secret> = (0..5).map(|_| Secret::generate("skq_")).collect();
        for (created_at, id) in (100..).zip(&ids) {
            let new = NewAuthorizationRequest {
                id,
                browser: &browser,
                request: "{}",
                created_at,
                expires_at: created_at + 900,
            };
            store.create_request_among(&new, 3).await.unwrap();
        }
        let mut waiting = Vec::new();
        for id in &ids {
            waiting.push(
                store
                    .authorization_request(id, 200)
                    .await
                    .unwrap()
                    .is_some(),
            );
        }
        assert_eq!(waiting, [false, false, true, true, true]);
    }
}
