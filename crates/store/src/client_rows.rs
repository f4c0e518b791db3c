//! How a client lies in its rows.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shukuba_model::{Client, ClientApi, ClientId, ClientSource, NameError};
use sqlx::{Row as _, Transaction};

use crate::StoreError;
use crate::database::{Engine, Row};

/// The columns of a client, and those of one of its APIs or nulls: a client
/// with three APIs is three rows.
pub(crate) const SELECT: &str =
    "SELECT c.client_id, c.name, c.source, c.kind, c.auth_method, c.grant_types, c.redirect_uris,
        c.metadata, c.jwks, c.jwks_uri, c.created_at, c.last_used_at,
        apis.identifier AS api, m.scopes AS api_scopes
     FROM clients c
     LEFT JOIN client_apis m ON m.client_id = c.client_id
     LEFT JOIN apis ON apis.id = m.api_id";

/// Adds the row of a client.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Engine>,
    client: &Client,
    registration_token_hash: Option<Vec<u8>>,
    duplicate_key: Option<&[u8]>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO clients (client_id, name, source, kind, auth_method, grant_types,
            redirect_uris, metadata, jwks, jwks_uri, registration_token_hash, duplicate_key,
            created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
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
    .bind(registration_token_hash)
    .bind(duplicate_key)
    .bind(client.created_at)
    .execute(&mut **transaction)
    .await
    .map_err(|error| {
        StoreError::or_conflict(error, || {
            format!(
                "the name '{}' or the client id '{}' already names another application; choose another name or delete it first",
                client.name, client.id
            )
        })
    })?;
    Ok(())
}

/// Reads the rows of one client; `None` when there are none.
pub(crate) fn one(rows: &[Row]) -> Result<Option<Client>, StoreError> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let id: String = row.try_get("client_id")?;
    let what = format!("client '{id}'");
    let corrupt = |reason: NameError| StoreError::corrupt(what.clone(), reason);
    let source: &str = row.try_get("source")?;
    Ok(Some(Client {
        id: ClientId::try_from(id).map_err(corrupt)?,
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
        apis: apis(rows, &what)?,
        jwks: row
            .try_get::<Option<&str>, _>("jwks")?
            .map(|text| from_json(text, &what))
            .transpose()?,
        jwks_uri: row.try_get("jwks_uri")?,
        metadata: from_json(row.try_get("metadata")?, &what)?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
    }))
}

/// Reads rows in which those of a client lie together.
pub(crate) fn many(rows: &[Row]) -> Result<Vec<Client>, StoreError> {
    fn id(row: &Row) -> Option<&str> {
        row.try_get("client_id").ok()
    }
    rows.chunk_by(|row, next| id(row) == id(next))
        .filter_map(|rows| one(rows).transpose())
        .collect()
}

/// Reads the APIs out of the rows of one client.
pub(crate) fn apis(rows: &[Row], what: &str) -> Result<Vec<ClientApi>, StoreError> {
    let corrupt = |reason: NameError| StoreError::corrupt(what, reason);
    let mut apis = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(identifier) = row.try_get::<Option<&str>, _>("api")? else {
            continue;
        };
        let scopes: Option<&str> = row.try_get("api_scopes")?;
        apis.push(ClientApi {
            identifier: identifier.parse().map_err(corrupt)?,
            scopes: scopes.map(str::parse).transpose().map_err(corrupt)?,
        });
    }
    Ok(apis)
}

/// The text of a JSON column.
pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::corrupt("client", error))
}

fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(what, error))
}
