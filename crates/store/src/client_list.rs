//! Clients page by page, whatever way they came.

#[cfg(test)]
mod plan;

use shukuba_model::{ApiIdentifier, Client, ClientSource};
use sqlx::{QueryBuilder, Row as _};

use crate::database::Engine;
use crate::{ClientDocument, Store, StoreError, client_documents, client_rows};

/// Which clients with a row of their own are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientFilter<'a> {
    /// Of this source only; [`ClientSource::Document`] names none of them.
    pub source: Option<ClientSource>,
    /// Only those whose name or client id holds this text; upper and lower case
    /// of ASCII letters are one.
    pub search: Option<&'a str>,
    /// Only those after the client of that id, the last one of the page before.
    pub after: Option<&'a str>,
    /// How many at most.
    pub limit: u32,
}

impl ClientFilter<'_> {
    /// The rows of the page after that place. Only what is asked stands in the
    /// statement, so that an index serves it.
    fn query(&self, after: Option<(i64, String)>) -> QueryBuilder<Engine> {
        let mut query = QueryBuilder::new(client_rows::SELECT);
        query.push(" WHERE c.client_id IN (SELECT client_id FROM clients WHERE 1 = 1");
        if let Some(source) = self.source {
            query.push(" AND source = ").push_bind(source.as_str());
        }
        if let (Some((created_at, name)), Some(id)) = (after, self.after) {
            query.push(" AND (created_at, name, client_id) > (");
            let mut place = query.separated(", ");
            place.push_bind(created_at).push_bind(name);
            place.push_bind(id.to_owned()).push_unseparated(")");
        }
        if let Some(text) = self.search {
            let pattern = holding(text);
            query.push(" AND (name LIKE ").push_bind(pattern.clone());
            query.push(" ESCAPE '\\' OR client_id LIKE ");
            query.push_bind(pattern).push(" ESCAPE '\\')");
        }
        query.push(" ORDER BY created_at, name, client_id LIMIT ");
        query.push_bind(i64::from(self.limit));
        query.push(") ORDER BY c.created_at, c.name, c.client_id, m.position");
        query
    }
}

/// The rows of the operator's clients that were not given an API.
fn without_api(api: &ApiIdentifier, limit: u32) -> QueryBuilder<Engine> {
    let mut query = QueryBuilder::new(client_rows::SELECT);
    query.push(
        " WHERE c.client_id IN (SELECT other.client_id FROM clients other
            WHERE other.source = 'registered' AND NOT EXISTS (
                SELECT 1 FROM client_apis given WHERE given.client_id = other.client_id
                AND given.api_id = (SELECT id FROM apis WHERE identifier = ",
    );
    query.push_bind(api.as_str().to_owned());
    query.push(")) ORDER BY other.created_at, other.name, other.client_id LIMIT ");
    query.push_bind(i64::from(limit));
    query.push(") ORDER BY c.created_at, c.name, c.client_id, m.position");
    query
}

/// The `LIKE` pattern, with `\` as its escape, of what holds a text.
pub(crate) fn holding(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
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
        let mut query = filter.query(after);
        let rows = query.build().fetch_all(self.database.reader()).await?;
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

    /// The operator's clients that were not given an API, oldest first, at most
    /// `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn clients_without_api(
        &self,
        api: &ApiIdentifier,
        limit: u32,
    ) -> Result<Vec<Client>, StoreError> {
        let mut query = without_api(api, limit);
        let rows = query.build().fetch_all(self.database.reader()).await?;
        client_rows::many(&rows)
    }

    /// Kept metadata documents by their address: those after `after` whose
    /// address holds `search`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn client_documents(
        &self,
        after: Option<&str>,
        search: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ClientDocument>, StoreError> {
        let mut query = QueryBuilder::<Engine>::new(client_documents::SELECT);
        query.push(" WHERE client_id > ");
        query.push_bind(after.unwrap_or_default());
        if let Some(text) = search {
            query.push(" AND client_id LIKE ").push_bind(holding(text));
            query.push(" ESCAPE '\\'");
        }
        query.push(" ORDER BY client_id LIMIT ");
        query.push_bind(i64::from(limit));
        let rows = query.build().fetch_all(self.database.reader()).await?;
        rows.iter().map(client_documents::from_row).collect()
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
