//! OAuth clients with a row of their own: registered by the operator or by
//! themselves.

use shukuba_model::{Client, ClientId, ClientSource};
use sqlx::Transaction;

use crate::database::Engine;
use crate::revocations::{self, RevocationKind};
use crate::{Secret, Store, StoreError, client_apis, client_rows, client_secrets};

/// How exactly it is known when a client or a secret was last used, in
/// seconds: a busy client must not cost a write per token.
pub(crate) const USE_GRAIN: i64 = 60;

/// Whether the client's last use, as it was read with it, need not be noted
/// again at `now`, seconds since 1970: [`Store::client_used`] would change nothing.
pub fn use_is_noted(client: &Client, now: i64) -> bool {
    client
        .last_used_at
        .is_some_and(|last| last > now.saturating_sub(USE_GRAIN))
}

impl Store {
    /// Registers a client, with a first secret where it has one. An API that
    /// is named twice counts once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken, or the name of an
    /// operator's client; [`StoreError::NotFound`] when one of its APIs does
    /// not exist.
    pub async fn create_client(
        &self,
        client: &Client,
        secret: Option<&Secret>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        client_rows::insert(&mut transaction, client, None, None).await?;
        if client.source == ClientSource::Registered {
            refuse_confusion(&mut transaction, client).await?;
        }
        client_apis::link(&mut transaction, &client.id, &client.apis).await?;
        if let Some(secret) = secret {
            let now = client.created_at;
            client_secrets::insert_first(&mut transaction, &client.id, secret, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The client with that id.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn client(&self, client_id: &str) -> Result<Option<Client>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{} WHERE c.client_id = $1 ORDER BY m.position",
            client_rows::SELECT
        )))
        .bind(client_id)
        .fetch_all(self.database.reader())
        .await?;
        client_rows::one(&rows)
    }

    /// The operator's client with that id, else with that name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn registered_client(
        &self,
        name_or_client_id: &str,
    ) -> Result<Option<Client>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{} WHERE c.client_id = COALESCE(
                (SELECT client_id FROM clients WHERE client_id = $1 AND source = 'registered'),
                (SELECT client_id FROM clients WHERE name = $1 AND source = 'registered'))
             ORDER BY m.position",
            client_rows::SELECT
        )))
        .bind(name_or_client_id)
        .fetch_all(self.database.reader())
        .await?;
        client_rows::one(&rows)
    }

    /// Notes that a client got a token, to the minute; a client that ever got
    /// one is never removed as unused. An id nobody has changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn client_used(&self, client_id: &ClientId, now: i64) -> Result<(), StoreError> {
        let statement = if client_id.as_str().starts_with("https://") {
            "UPDATE client_documents SET last_used_at = $2
             WHERE client_id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)"
        } else {
            "UPDATE clients SET last_used_at = $2
             WHERE client_id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)"
        };
        sqlx::query(statement)
            .bind(client_id.as_str())
            .bind(now)
            .bind(now.saturating_sub(USE_GRAIN))
            .execute(self.database.writer())
            .await?;
        Ok(())
    }

    /// Removes a client, whatever way it came, and, with it in one transaction,
    /// ends everything people granted it: its grants, codes and refresh tokens
    /// are dead at once, and its access tokens are listed as revoked. A client
    /// with a document may come back, with nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such client.
    pub async fn delete_client(&self, client_id: &ClientId, now: i64) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let mut deleted = 0;
        for statement in [
            "DELETE FROM clients WHERE client_id = $1",
            "DELETE FROM client_documents WHERE client_id = $1",
        ] {
            let rows = sqlx::query(statement)
                .bind(client_id.as_str())
                .execute(&mut *transaction)
                .await?;
            deleted += rows.rows_affected();
        }
        if deleted == 0 {
            return Err(StoreError::not_found("application", client_id));
        }
        revoke_all(&mut transaction, client_id, now).await?;
        transaction.commit().await?;
        Ok(())
    }
}

async fn revoke_all(
    transaction: &mut Transaction<'_, Engine>,
    client_id: &ClientId,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE grants SET revoked_at = $2, revoked_reason = 'client deleted'
         WHERE client_id = $1 AND revoked_at IS NULL",
    )
    .bind(client_id.as_str())
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    sqlx::query("UPDATE codes SET consumed_at = $2 WHERE client_id = $1 AND consumed_at IS NULL")
        .bind(client_id.as_str())
        .bind(now)
        .execute(&mut **transaction)
        .await?;
    for statement in [
        "DELETE FROM device_codes WHERE client_id = $1",
        "DELETE FROM consents WHERE client_id = $1",
    ] {
        sqlx::query(statement)
            .bind(client_id.as_str())
            .execute(&mut **transaction)
            .await?;
    }
    let id = client_id.as_str();
    revocations::insert(transaction, RevocationKind::Client, id, now, None).await
}

/// A name that reads like another application's id would let one be deleted
/// in place of the other.
async fn refuse_confusion(
    transaction: &mut Transaction<'_, Engine>,
    client: &Client,
) -> Result<(), StoreError> {
    let clash = sqlx::query(
        "SELECT name FROM clients
         WHERE source = 'registered' AND client_id <> $2 AND (client_id = $1 OR name = $2)",
    )
    .bind(&client.name)
    .bind(client.id.as_str())
    .fetch_optional(&mut **transaction)
    .await?;
    match clash {
        Some(_) => Err(StoreError::conflict(format!(
            "the name '{}' or the client id '{}' already names another application; choose another name or delete it first",
            client.name, client.id
        ))),
        None => Ok(()),
    }
}
