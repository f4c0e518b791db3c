//! The scopes of an API (RFC 6749 section 3.3): what its tokens can allow.

use serde::{Deserialize, Serialize};
use shukuba_model::{ApiIdentifier, Scopes};
use sqlx::Row as _;

use crate::{Store, StoreError};

/// A scope and what it means to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiScope {
    /// Its name on the wire.
    pub name: String,
    /// What a consent page says of it; empty where nothing was written.
    #[serde(default)]
    pub description: String,
}

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
                    .map(|scope| scope.name),
            );
        }
        Ok(names.into_iter().collect())
    }

    /// Gives an API these scopes instead of those it had.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such API.
    pub async fn set_api_scopes(
        &self,
        api: &ApiIdentifier,
        scopes: &[ApiScope],
    ) -> Result<(), StoreError> {
        let text =
            serde_json::to_string(scopes).map_err(|error| StoreError::corrupt("scope", error))?;
        let changed = sqlx::query("UPDATE apis SET scopes = $2 WHERE identifier = $1")
            .bind(api.as_str())
            .bind(text)
            .execute(self.database.writer())
            .await?;
        match changed.rows_affected() {
            0 => Err(StoreError::not_found("API", api)),
            _ => Ok(()),
        }
    }
}

fn parse(text: &str) -> Result<Vec<ApiScope>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt("list of scopes", error))
}
