//! Clients that registered themselves (RFC 7591), and what they may change of
//! themselves (RFC 7592).

use shukuba_model::{Client, ClientId};
use sqlx::Row as _;

use crate::{Secret, Store, StoreError, client_rows, client_secrets};

/// A client that registers itself.
#[derive(Debug)]
pub struct NewRegistration<'a> {
    /// The client to be.
    pub client: &'a Client,
    /// Its secret, where its method has one.
    pub secret: Option<&'a Secret>,
    /// What it manages itself with.
    pub management_token: &'a Secret,
    /// The hash of what makes two registrations the same client; `None` for
    /// one that is never the same as another.
    pub duplicate_key: Option<Vec<u8>>,
    /// The most unused registrations there may be.
    pub most_unused: i64,
    /// Unused ones from before then count no more, seconds since 1970.
    pub unused_since: i64,
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It is a new client.
    New,
    /// The same was registered before, under this id.
    Known(ClientId),
    /// There are too many unused registrations.
    Full,
}

impl Store {
    /// Registers a client, or finds the one that registered the same before.
    /// A registration that is shared like that can no longer be managed: what
    /// one of its owners changed would hit the others.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn register_client(
        &self,
        new: &NewRegistration<'_>,
    ) -> Result<Registered, StoreError> {
        let mut transaction = self.database.begin().await?;
        let known = sqlx::query(
            "UPDATE clients SET
                registration_token_hash = NULL,
                created_at = CASE WHEN last_used_at IS NULL THEN $2 ELSE created_at END
             WHERE duplicate_key = $1
             RETURNING client_id",
        )
        .bind(&new.duplicate_key)
        .bind(new.client.created_at)
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(row) = known {
            let id: String = row.try_get("client_id")?;
            transaction.commit().await?;
            let corrupt = |reason| StoreError::corrupt(format!("client '{id}'"), reason);
            return Ok(Registered::Known(id.parse().map_err(corrupt)?));
        }
        let unused: i64 = sqlx::query(
            "SELECT COUNT(*) AS unused FROM clients
             WHERE source = 'dynamic' AND last_used_at IS NULL AND created_at >= $1",
        )
        .bind(new.unused_since)
        .fetch_one(&mut *transaction)
        .await?
        .try_get("unused")?;
        if unused >= new.most_unused {
            return Ok(Registered::Full);
        }
        let token = Some(new.management_token.hash());
        let key = new.duplicate_key.as_deref();
        client_rows::insert(&mut transaction, new.client, token, key).await?;
        if let Some(secret) = new.secret {
            let (id, now) = (&new.client.id, new.client.created_at);
            client_secrets::insert_first(&mut transaction, id, secret, now).await?;
        }
        transaction.commit().await?;
        Ok(Registered::New)
    }

    /// The client of that id that registered itself and is managed with that
    /// token (RFC 7592 section 3).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn managed_client(
        &self,
        client_id: &str,
        token: &Secret,
    ) -> Result<Option<Client>, StoreError> {
        let found = sqlx::query(
            "SELECT client_id FROM clients
             WHERE client_id = $1 AND registration_token_hash = $2 AND source = 'dynamic'",
        )
        .bind(client_id)
        .bind(token.hash())
        .fetch_optional(self.database.reader())
        .await?;
        match found {
            Some(_) => self.client(client_id).await,
            None => Ok(None),
        }
    }

    /// Replaces what a client said of itself (RFC 7592 section 2.2); `secret`
    /// is its first one when its method has one now and had none before, and
    /// secrets go when it has none any more. From then on it is no client that
    /// another registration could share.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the token no longer manages the client.
    pub async fn replace_registration(
        &self,
        client: &Client,
        token: &Secret,
        secret: Option<&Secret>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let replaced = sqlx::query(
            "UPDATE clients SET name = $3, kind = $4, auth_method = $5, grant_types = $6,
                redirect_uris = $7, metadata = $8, jwks = $9, jwks_uri = $10,
                duplicate_key = NULL
             WHERE client_id = $1 AND registration_token_hash = $2",
        )
        .bind(client.id.as_str())
        .bind(token.hash())
        .bind(&client.name)
        .bind(client.kind.as_str())
        .bind(client.auth_method.as_str())
        .bind(client_rows::json(&client.grant_types)?)
        .bind(client_rows::json(&client.redirect_uris)?)
        .bind(client_rows::json(&client.metadata)?)
        .bind(client.jwks.as_ref().map(client_rows::json).transpose()?)
        .bind(&client.jwks_uri)
        .execute(&mut *transaction)
        .await?;
        if replaced.rows_affected() == 0 {
            return Err(StoreError::not_found("client", &client.id));
        }
        if !client.auth_method.has_secret() {
            sqlx::query("DELETE FROM client_secrets WHERE client_id = $1")
                .bind(client.id.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        if let Some(secret) = secret {
            client_secrets::insert_first(&mut transaction, &client.id, secret, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes the clients that registered themselves before `unused_since`
    /// and never got a token; how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_unused_clients(&self, unused_since: i64) -> Result<u64, StoreError> {
        let deleted = sqlx::query(
            "DELETE FROM clients
             WHERE source = 'dynamic' AND last_used_at IS NULL AND created_at < $1",
        )
        .bind(unused_since)
        .execute(self.database.writer())
        .await?;
        Ok(deleted.rows_affected())
    }
}
