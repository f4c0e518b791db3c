//! Client id metadata documents, as they were fetched.

use shukuba_model::ClientId;
use sqlx::Row as _;

use crate::database::Row;
use crate::{Store, StoreError};

/// Every column.
pub(crate) const SELECT: &str =
    "SELECT client_id, document, etag, last_modified, imported, fetched_at, fresh_until,
        last_used_at
     FROM client_documents";

/// A kept document. It was valid when it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientDocument {
    /// Its address, which is the client's id.
    pub client_id: ClientId,
    /// The document as it came.
    pub document: String,
    /// Its validator (RFC 9110 section 8.8.3).
    pub etag: Option<String>,
    /// Its other validator (RFC 9110 section 8.8.2).
    pub last_modified: Option<String>,
    /// Whether the operator gave it, so that it is never fetched.
    pub imported: bool,
    /// When its address last answered for it, seconds since 1970.
    pub fetched_at: i64,
    /// Until when it is used without asking again, seconds since 1970.
    pub fresh_until: i64,
    /// When its client last got a token, seconds since 1970.
    pub last_used_at: Option<i64>,
}

impl Store {
    /// The kept document of that address.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn client_document(
        &self,
        client_id: &str,
    ) -> Result<Option<ClientDocument>, StoreError> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} WHERE client_id = $1"
        )))
        .bind(client_id)
        .fetch_optional(self.database.reader())
        .await?
        .as_ref()
        .map(from_row)
        .transpose()
    }

    /// Keeps a document in place of an earlier one; when its client was last
    /// used stays. A fetched one never replaces one that the operator gave.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_client_document(&self, document: &ClientDocument) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO client_documents (client_id, document, etag, last_modified, imported,
                fetched_at, fresh_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (client_id) DO UPDATE SET
                document = excluded.document, etag = excluded.etag,
                last_modified = excluded.last_modified, imported = excluded.imported,
                fetched_at = excluded.fetched_at, fresh_until = excluded.fresh_until
             WHERE excluded.imported OR NOT client_documents.imported",
        )
        .bind(document.client_id.as_str())
        .bind(&document.document)
        .bind(&document.etag)
        .bind(&document.last_modified)
        .bind(document.imported)
        .bind(document.fetched_at)
        .bind(document.fresh_until)
        .execute(self.database.writer())
        .await?;
        Ok(())
    }

    /// Removes the fetched documents that were last asked about before
    /// `fetched_before` and whose clients never got a token; how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_unused_documents(&self, fetched_before: i64) -> Result<u64, StoreError> {
        let deleted = sqlx::query(
            "DELETE FROM client_documents
             WHERE last_used_at IS NULL AND imported = $2 AND fetched_at < $1",
        )
        .bind(fetched_before)
        .bind(false)
        .execute(self.database.writer())
        .await?;
        Ok(deleted.rows_affected())
    }
}

pub(crate) fn from_row(row: &Row) -> Result<ClientDocument, StoreError> {
    let client_id: &str = row.try_get("client_id")?;
    let corrupt = |reason| StoreError::corrupt(format!("document of '{client_id}'"), reason);
    Ok(ClientDocument {
        client_id: client_id.parse().map_err(corrupt)?,
        document: row.try_get("document")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        imported: row.try_get("imported")?,
        fetched_at: row.try_get("fetched_at")?,
        fresh_until: row.try_get("fresh_until")?,
        last_used_at: row.try_get("last_used_at")?,
    })
}
