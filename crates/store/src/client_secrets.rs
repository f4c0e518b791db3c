//! The secrets of clients: two at most, so that one can be replaced without a
//! gap.

mod unused;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use shukuba_model::ClientId;
use sqlx::{Row as _, Transaction};

use crate::clients::USE_GRAIN;
use crate::database::Engine;
use crate::{Secret, Store, StoreError, random};
pub use unused::{UnusedSecret, UnusedSecrets};

/// How many secrets of a client work at a time.
const MOST: i64 = 2;

/// A client secret in clear. It is shown once and then only its hash is kept.
#[derive(Clone, Debug)]
pub struct ClientSecret(Secret);

impl ClientSecret {
    /// The fewest characters a secret may have: a plain SHA-256 protects only
    /// what cannot be guessed.
    pub const MIN_LENGTH: usize = 32;

    /// A new random secret: 258 bits behind a prefix that secret scanners can find.
    pub fn generate() -> Self {
        Self(Secret::generate("skb_"))
    }

    /// The secret itself, to be shown or sent.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl AsRef<Secret> for ClientSecret {
    fn as_ref(&self) -> &Secret {
        &self.0
    }
}

impl TryFrom<String> for ClientSecret {
    type Error = StoreError;
    fn try_from(text: String) -> Result<Self, StoreError> {
        let length = text.chars().count();
        if length < Self::MIN_LENGTH {
            return Err(StoreError::WeakSecret { length });
        }
        Ok(Self(Secret::presented(&text)))
    }
}

/// What may be told of a client's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecretFacts {
    /// What it is removed by.
    pub id: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// When it last proved the client, to the minute; seconds since 1970.
    pub last_used_at: Option<i64>,
}

impl Store {
    /// Gives a client another secret, and tells its id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when two live already, naming them;
    /// [`StoreError::NotFound`] when there is no such client.
    pub async fn add_client_secret(
        &self,
        client_id: &ClientId,
        secret: &ClientSecret,
        now: i64,
    ) -> Result<String, StoreError> {
        let id = new_id();
        let added = sqlx::query(
            "INSERT INTO client_secrets (id, client_id, secret_hash, created_at)
             SELECT $1, client_id, $3, $4 FROM clients
             WHERE client_id = $2
             AND (SELECT COUNT(*) FROM client_secrets WHERE client_id = $2) < $5",
        )
        .bind(&id)
        .bind(client_id.as_str())
        .bind(secret.as_ref().hash())
        .bind(now)
        .bind(MOST)
        .execute(self.database.writer())
        .await?;
        if added.rows_affected() == 1 {
            return Ok(id);
        }
        let live = self.client_secrets(client_id).await?;
        let Some(oldest) = live.first() else {
            return Err(StoreError::not_found("application", client_id));
        };
        let ids: Vec<&str> = live.iter().map(|secret| secret.id.as_str()).collect();
        Err(StoreError::conflict(format!(
            "the application '{client_id}' has two secrets already ({}): remove one first; '{}' is the older",
            ids.join(", "),
            oldest.id
        )))
    }

    /// Ends a secret at once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the client has no such secret,
    /// [`StoreError::Conflict`] when it is its last one.
    pub async fn remove_client_secret(
        &self,
        client_id: &ClientId,
        secret_id: &str,
    ) -> Result<(), StoreError> {
        let removed = sqlx::query(
            "DELETE FROM client_secrets WHERE id = $1 AND client_id = $2
             AND EXISTS (SELECT 1 FROM client_secrets other
                         WHERE other.client_id = $2 AND other.id <> $1)",
        )
        .bind(secret_id)
        .bind(client_id.as_str())
        .execute(self.database.writer())
        .await?;
        if removed.rows_affected() == 1 {
            return Ok(());
        }
        let live = self.client_secrets(client_id).await?;
        if live.iter().any(|secret| secret.id == secret_id) {
            return Err(StoreError::conflict(format!(
                "'{secret_id}' is the only secret of the application '{client_id}': add another one first, or delete the application"
            )));
        }
        Err(StoreError::not_found("secret", secret_id))
    }

    /// The secrets of a client, oldest first; of those of one second, in the
    /// order they were made.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn client_secrets(
        &self,
        client_id: &ClientId,
    ) -> Result<Vec<ClientSecretFacts>, StoreError> {
        sqlx::query(
            "SELECT id, created_at, last_used_at FROM client_secrets
             WHERE client_id = $1 ORDER BY created_at, rowid",
        )
        .bind(client_id.as_str())
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(|row| {
            Ok(ClientSecretFacts {
                id: row.try_get("id")?,
                created_at: row.try_get("created_at")?,
                last_used_at: row.try_get("last_used_at")?,
            })
        })
        .collect()
    }

    /// Whether `presented` is one of the client's secrets, which then counts
    /// as used. Takes the same time whichever it is.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn check_client_secret(
        &self,
        client_id: &ClientId,
        presented: &Secret,
        now: i64,
    ) -> Result<bool, StoreError> {
        let rows = sqlx::query(
            "SELECT id, secret_hash, last_used_at FROM client_secrets WHERE client_id = $1",
        )
        .bind(client_id.as_str())
        .fetch_all(self.database.reader())
        .await?;
        let hash = presented.hash();
        let mut found = None;
        for row in &rows {
            let kept: &[u8] = row.try_get("secret_hash")?;
            if verify_slices_are_equal(kept, &hash).is_ok() {
                found = Some(row);
            }
        }
        let Some(row) = found else {
            return Ok(false);
        };
        let last_used_at: Option<i64> = row.try_get("last_used_at")?;
        if last_used_at.is_none_or(|last| last <= now.saturating_sub(USE_GRAIN)) {
            sqlx::query("UPDATE client_secrets SET last_used_at = $2 WHERE id = $1")
                .bind(row.try_get::<&str, _>("id")?)
                .bind(now)
                .execute(self.database.writer())
                .await?;
        }
        Ok(true)
    }
}

/// Adds the first secret of a client that is being made.
pub(crate) async fn insert_first(
    transaction: &mut Transaction<'_, Engine>,
    client_id: &ClientId,
    secret: &Secret,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO client_secrets (id, client_id, secret_hash, created_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(new_id())
    .bind(client_id.as_str())
    .bind(secret.hash())
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Short enough to be typed; it opens nothing.
fn new_id() -> String {
    format!("sec_{}", random::letters_and_digits(10))
}
