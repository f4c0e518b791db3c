//! The scopes of an API (RFC 6749 section 3.3): what its tokens can allow.

use shukuba_model::{ApiIdentifier, ApiScope, Scopes};
use sqlx::Row as _;

use crate::{Store, StoreError};

impl Store {
    /// The scopes of an API, in the order they were given; none for an API that
    /// does not exist.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn api_scopes(&self, api: &ApiIdentifier) -> Result<Vec<ApiScope>, StoreError> {
        let row = sqlx::query("SELECT scopes FROM apis WHERE identifier = $1")
            .bind(api.as_str())
            .fetch_optional(self.database.reader())
            .await?;
        match row {
            Some(row) => parse(row.try_get("scopes")?),
            None => Ok(Vec::new()),
        }
    }

    /// The scopes of every API together.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn all_api_scopes(&self) -> Result<Scopes, StoreError> {
        let rows = sqlx::query("SELECT scopes FROM apis ORDER BY created_at, identifier")
            .fetch_all(self.database.reader())
            .await?;
        let mut names = Vec::new();
        for row in &rows {
            names.extend(
                parse(row.try_get("scopes")?)?
                    .into_iter()
                    .map(|scope| scope.name().to_owned()),
            );
        }
        Ok(names.into_iter().collect())
    }
}

/// The text of the column.
pub(crate) fn to_sql(scopes: &[ApiScope]) -> Result<String, StoreError> {
    serde_json::to_string(scopes).map_err(|error| StoreError::corrupt("list of scopes", error))
}

/// Reads the column.
pub(crate) fn parse(text: &str) -> Result<Vec<ApiScope>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt("list of scopes", error))
}
