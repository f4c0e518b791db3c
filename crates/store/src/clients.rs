//! OAuth clients with a row of their own: registered by the operator or by
//! themselves.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shukuba_model::{Client, ClientApi, ClientId, ClientSource};
use sqlx::Row as _;

use crate::database::Row;
use crate::{Secret, Store, StoreError, random};

impl Store {
    /// Registers a client, with a first secret where it has one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken, [`StoreError::NotFound`]
    /// when one of its APIs does not exist.
    pub async fn create_client(
        &self,
        client: &Client,
        secret: Option<&Secret>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query(
            "INSERT INTO clients (client_id, name, source, kind, auth_method, grant_types,
                redirect_uris, metadata, jwks, jwks_uri, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(client.id.as_str())
        .bind(&client.name)
        .bind(client.source.as_str())
        .bind(client.kind.as_str())
        .bind(client.auth_method.as_str())
        .bind(json(&client.grant_types)?)
        .bind(json(&client.redirect_uris)?)
        .bind(json(&client.metadata)?)
        .bind(client.jwks.as_ref().map(json).transpose()?)
        .bind(&client.jwks_uri)
        .bind(client.created_at)
        .execute(&mut *transaction)
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || {
                format!("a client with the id '{}' exists already", client.id)
            })
        })?;
        for (position, api) in (0_i64..).zip(&client.apis) {
            let linked = sqlx::query(
                "INSERT INTO client_apis (client_id, api_id, position, scopes)
                 SELECT $1, id, $3, $4 FROM apis WHERE identifier = $2",
            )
            .bind(client.id.as_str())
            .bind(api.identifier.as_str())
            .bind(position)
            .bind(api.scopes.as_ref().map(ToString::to_string))
            .execute(&mut *transaction)
            .await?;
            if linked.rows_affected() == 0 {
                return Err(StoreError::not_found("API", &api.identifier));
            }
        }
        if let Some(secret) = secret {
            sqlx::query(
                "INSERT INTO client_secrets (id, client_id, secret_hash, created_at)
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(random::url_safe(12))
            .bind(client.id.as_str())
            .bind(secret.hash())
            .bind(client.created_at)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The client with that id.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn client(&self, client_id: &str) -> Result<Option<Client>, StoreError> {
        let row = sqlx::query("SELECT * FROM clients WHERE client_id = $1")
            .bind(client_id)
            .fetch_optional(self.database.reader())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let apis = sqlx::query(
            "SELECT apis.identifier, m.scopes FROM client_apis m
             JOIN apis ON apis.id = m.api_id WHERE m.client_id = $1 ORDER BY m.position",
        )
        .bind(client_id)
        .fetch_all(self.database.reader())
        .await?;
        from_rows(&row, &apis).map(Some)
    }

    /// Notes that a client got a token (the clients room's version replaces it).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn client_used(&self, client_id: &ClientId, now: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE clients SET last_used_at = $2 WHERE client_id = $1")
            .bind(client_id.as_str())
            .bind(now)
            .execute(self.database.writer())
            .await?;
        Ok(())
    }

    /// Whether `presented` is one of the client's secrets (the clients room's
    /// version replaces it).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn check_client_secret(
        &self,
        client_id: &ClientId,
        presented: &Secret,
        _now: i64,
    ) -> Result<bool, StoreError> {
        let found =
            sqlx::query("SELECT id FROM client_secrets WHERE client_id = $1 AND secret_hash = $2")
                .bind(client_id.as_str())
                .bind(presented.hash())
                .fetch_optional(self.database.reader())
                .await?;
        Ok(found.is_some())
    }
}

fn from_rows(row: &Row, apis: &[Row]) -> Result<Client, StoreError> {
    let id: String = row.try_get("client_id")?;
    let what = format!("client '{id}'");
    let corrupt = |reason: shukuba_model::NameError| StoreError::corrupt(what.clone(), reason);
    let source: &str = row.try_get("source")?;
    let mut given = Vec::with_capacity(apis.len());
    for api in apis {
        let scopes: Option<&str> = api.try_get("scopes")?;
        given.push(ClientApi {
            identifier: api
                .try_get::<&str, _>("identifier")?
                .parse()
                .map_err(corrupt)?,
            scopes: scopes.map(str::parse).transpose().map_err(corrupt)?,
        });
    }
    Ok(Client {
        id: ClientId::try_from(id.clone()).map_err(corrupt)?,
        name: row.try_get("name")?,
        source: ClientSource::ALL
            .into_iter()
            .find(|known| known.as_str() == source)
            .ok_or_else(|| StoreError::corrupt(what.clone(), format!("source '{source}'")))?,
        kind: row.try_get::<&str, _>("kind")?.parse().map_err(corrupt)?,
        auth_method: row
            .try_get::<&str, _>("auth_method")?
            .parse()
            .map_err(corrupt)?,
        grant_types: from_json(row.try_get("grant_types")?, &what)?,
        redirect_uris: from_json(row.try_get("redirect_uris")?, &what)?,
        apis: given,
        jwks: row
            .try_get::<Option<&str>, _>("jwks")?
            .map(|text| from_json(text, &what))
            .transpose()?,
        jwks_uri: row.try_get("jwks_uri")?,
        metadata: from_json(row.try_get("metadata")?, &what)?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
    })
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::corrupt("client", error))
}

fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(what, error))
}
