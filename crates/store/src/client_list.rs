//! Clients page by page, whatever way they came.

use shukuba_model::{ApiIdentifier, Client, ClientSource};
use sqlx::Row as _;

use crate::{ClientDocument, Store, StoreError, client_documents, client_rows};

/// Which clients with a row of their own are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientFilter<'a> {
    /// Of this source only; [`ClientSource::Document`] names none of them.
    pub source: Option<ClientSource>,
    /// Only those after the client of that id, the last one of the page before.
    pub after: Option<&'a str>,
    /// How many at most.
    pub limit: u32,
}

impl Store {
    /// The clients that a filter names, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the client to go on after is gone: what
    /// follows it cannot be told.
    pub async fn clients(&self, filter: &ClientFilter<'_>) -> Result<Vec<Client>, StoreError> {
        let after = match filter.after {
            Some(id) => Some(self.place(id).await?),
            None => None,
        };
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{} WHERE c.client_id IN (
                SELECT client_id FROM clients
                WHERE ($1 IS NULL OR source = $1)
                    AND ($2 IS NULL OR (created_at, name, client_id) > ($2, $3, $4))
                ORDER BY created_at, name, client_id LIMIT $5)
             ORDER BY c.created_at, c.name, c.client_id, m.position",
            client_rows::SELECT
        )))
        .bind(filter.source.map(ClientSource::as_str))
        .bind(after.as_ref().map(|(created_at, _)| *created_at))
        .bind(after.as_ref().map(|(_, name)| name))
        .bind(filter.after)
        .bind(i64::from(filter.limit))
        .fetch_all(self.database.reader())
        .await?;
        client_rows::many(&rows)
    }

    /// The clients that were given an API, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn clients_of_api(
        &self,
        api: &ApiIdentifier,
        limit: u32,
    ) -> Result<Vec<Client>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{} WHERE c.client_id IN (
                SELECT of_api.client_id FROM client_apis of_api
                JOIN apis named ON named.id = of_api.api_id
                JOIN clients given ON given.client_id = of_api.client_id
                WHERE named.identifier = $1
                ORDER BY given.created_at, given.name, given.client_id LIMIT $2)
             ORDER BY c.created_at, c.name, c.client_id, m.position",
            client_rows::SELECT
        )))
        .bind(api.as_str())
        .bind(i64::from(limit))
        .fetch_all(self.database.reader())
        .await?;
        client_rows::many(&rows)
    }

    /// Kept metadata documents by their address: those after `after`, at most
    /// `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn client_documents(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ClientDocument>, StoreError> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "{} WHERE $1 IS NULL OR client_id > $1 ORDER BY client_id LIMIT $2",
            client_documents::SELECT
        )))
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(client_documents::from_row)
        .collect()
    }

    /// Where a client stands in the list.
    async fn place(&self, client_id: &str) -> Result<(i64, String), StoreError> {
        let row = sqlx::query("SELECT created_at, name FROM clients WHERE client_id = $1")
            .bind(client_id)
            .fetch_optional(self.database.reader())
            .await?;
        match row {
            Some(row) => Ok((row.try_get("created_at")?, row.try_get("name")?)),
            None => Err(StoreError::not_found("client to list on after", client_id)),
        }
    }
}
