//! Grants: what a person allowed an installation of a client.

use shukuba_model::{ApiIdentifier, ClientId, NameError, Scopes, UserId};
use sqlx::{Row as _, Transaction};

use crate::database::{Engine, Row};
use crate::revocations::{self, RevocationKind};
use crate::{Store, StoreError};

/// A grant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// Its id, of [`crate::new_grant_id`]; the `grant_id` claim of its tokens.
    pub id: String,
    /// Who allowed it.
    pub user_id: UserId,
    /// Who was allowed.
    pub client_id: ClientId,
    /// What the client was called then.
    pub client_name: String,
    /// The API its tokens are for.
    pub api: ApiIdentifier,
    /// The address that was asked about, when the API was named by one.
    pub resource: Option<String>,
    /// What was allowed.
    pub scope: Scopes,
    /// When the person last proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// Seconds since 1970.
    pub created_at: i64,
    /// When its last refresh token ends whatever happens, seconds since 1970.
    pub expires_at: i64,
}

/// A grant as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id; the `grant_id` claim of its tokens.
    pub id: String,
    /// Who allowed it.
    pub user_id: UserId,
    /// Who was allowed.
    pub client_id: ClientId,
    /// What the client was called when it was allowed.
    pub client_name: String,
    /// The API its tokens are for.
    pub api: ApiIdentifier,
    /// The address that was asked about, when the API was named by one.
    pub resource: Option<String>,
    /// What was allowed.
    pub scope: Scopes,
    /// When the person last proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// Seconds since 1970.
    pub created_at: i64,
    /// When it last gave a token, seconds since 1970.
    pub last_used_at: i64,
    /// When it ends whatever happens, seconds since 1970.
    pub expires_at: i64,
    /// When it was taken back, seconds since 1970.
    pub revoked_at: Option<i64>,
}

impl Grant {
    /// Whether it still gives tokens at `now`, seconds since 1970.
    pub fn is_live(&self, now: i64) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Which grants are listed: those of which a token lives.
#[derive(Debug, Clone, Copy, Default)]
pub struct GrantFilter<'a> {
    /// Of this person only.
    pub user_id: Option<&'a UserId>,
    /// Of this client only.
    pub client_id: Option<&'a ClientId>,
    /// Only those after the grant of that id, the last one of the page before.
    pub after: Option<&'a str>,
    /// How many at most.
    pub limit: u32,
}

impl GrantFilter<'_> {
    /// How many grants a page has when nobody asks for another number.
    pub const PAGE: u32 = 100;
}

impl Store {
    /// The live grants that a filter names, newest first; `now` is seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn grants(
        &self,
        filter: &GrantFilter<'_>,
        now: i64,
    ) -> Result<Vec<Grant>, StoreError> {
        sqlx::query(
            "SELECT * FROM grants
             WHERE live_until > $1 AND revoked_at IS NULL AND expires_at > $1
                AND ($2 IS NULL OR user_id = $2)
                AND ($3 IS NULL OR client_id = $3)
                AND ($4 IS NULL OR (created_at, id) <
                    (SELECT created_at, id FROM grants WHERE id = $4))
             ORDER BY created_at DESC, id DESC LIMIT $5",
        )
        .bind(now)
        .bind(filter.user_id.map(UserId::as_str))
        .bind(filter.client_id.map(ClientId::as_str))
        .bind(filter.after)
        .bind(i64::from(filter.limit))
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(from_row)
        .collect()
    }

    /// Every live grant of a person, the last used first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn grants_of_user(
        &self,
        user_id: &UserId,
        now: i64,
    ) -> Result<Vec<Grant>, StoreError> {
        let filter = GrantFilter {
            user_id: Some(user_id),
            limit: u32::MAX,
            ..GrantFilter::default()
        };
        let mut grants = self.grants(&filter, now).await?;
        grants.sort_by_key(|grant| std::cmp::Reverse(grant.last_used_at));
        Ok(grants)
    }

    /// The grant of that id, live or not.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn grant(&self, id: &str) -> Result<Option<Grant>, StoreError> {
        sqlx::query("SELECT * FROM grants WHERE id = $1")
            .bind(id)
            .fetch_optional(self.database.reader())
            .await?
            .as_ref()
            .map(from_row)
            .transpose()
    }

    /// Takes a grant back with all its tokens, and tells whether it was still
    /// given. Whoever calls it publishes the revocations next.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_grant(&self, id: &str, reason: &str, now: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let revoked = sqlx::query(
            "UPDATE grants SET revoked_at = $2, revoked_reason = $3
             WHERE id = $1 AND revoked_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .bind(reason)
        .execute(&mut *transaction)
        .await?;
        if revoked.rows_affected() == 0 {
            return Ok(false);
        }
        revocations::insert(&mut transaction, RevocationKind::Grant, id, now, None).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes back the grants that a person gave one client beyond the `most`
    /// last used ones, and tells their ids. Whoever calls it publishes the
    /// revocations next.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_surplus_grants(
        &self,
        most: u32,
        reason: &str,
        now: i64,
    ) -> Result<Vec<String>, StoreError> {
        let mut transaction = self.database.begin().await?;
        let rows = sqlx::query(
            "UPDATE grants SET revoked_at = $2, revoked_reason = $3
             WHERE id IN (
                SELECT id FROM (
                    SELECT id, ROW_NUMBER() OVER (
                        PARTITION BY user_id, client_id
                        ORDER BY last_used_at DESC, created_at DESC, id DESC) AS place
                    FROM grants
                    WHERE live_until > $2 AND revoked_at IS NULL AND expires_at > $2
                ) AS placed WHERE place > $1)
             RETURNING id",
        )
        .bind(i64::from(most))
        .bind(now)
        .bind(reason)
        .fetch_all(&mut *transaction)
        .await?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: String = row.try_get("id")?;
            revocations::insert(&mut transaction, RevocationKind::Grant, &id, now, None).await?;
            ids.push(id);
        }
        transaction.commit().await?;
        Ok(ids)
    }

    /// Takes back every grant of a client and every token it got until now,
    /// and tells how many grants that were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_client(
        &self,
        client_id: &ClientId,
        reason: &str,
        now: i64,
    ) -> Result<u64, StoreError> {
        let statement = "UPDATE grants SET revoked_at = $2, revoked_reason = $3
             WHERE client_id = $1 AND revoked_at IS NULL";
        self.revoke_all(
            statement,
            RevocationKind::Client,
            client_id.as_str(),
            reason,
            now,
        )
        .await
    }

    /// Takes back every grant of a person and every token of theirs until now,
    /// and tells how many grants that were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_user(
        &self,
        user_id: &UserId,
        reason: &str,
        now: i64,
    ) -> Result<u64, StoreError> {
        let statement = "UPDATE grants SET revoked_at = $2, revoked_reason = $3
             WHERE user_id = $1 AND revoked_at IS NULL";
        self.revoke_all(
            statement,
            RevocationKind::User,
            user_id.as_str(),
            reason,
            now,
        )
        .await
    }

    async fn revoke_all(
        &self,
        statement: &'static str,
        kind: RevocationKind,
        subject: &str,
        reason: &str,
        now: i64,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.database.begin().await?;
        let revoked = sqlx::query(statement)
            .bind(subject)
            .bind(now)
            .bind(reason)
            .execute(&mut *transaction)
            .await?;
        revocations::insert(&mut transaction, kind, subject, now, None).await?;
        transaction.commit().await?;
        Ok(revoked.rows_affected())
    }
}

/// Adds a grant within a transaction.
pub(crate) async fn insert(
    transaction: &mut Transaction<'_, Engine>,
    grant: &NewGrant,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO grants (id, user_id, client_id, client_name, api, resource, scope,
            auth_time, created_at, last_used_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
    )
    .bind(&grant.id)
    .bind(grant.user_id.as_str())
    .bind(grant.client_id.as_str())
    .bind(&grant.client_name)
    .bind(grant.api.as_str())
    .bind(&grant.resource)
    .bind(grant.scope.to_string())
    .bind(grant.auth_time)
    .bind(grant.created_at)
    .bind(grant.expires_at)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Notes that a grant gave tokens, of which the last ends at `live_until`,
/// within a transaction; `false` when it no longer gives any.
pub(crate) async fn used(
    transaction: &mut Transaction<'_, Engine>,
    id: &str,
    live_until: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let used = sqlx::query(
        "UPDATE grants SET last_used_at = $2, live_until = $3
         WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2",
    )
    .bind(id)
    .bind(now)
    .bind(live_until)
    .execute(&mut **transaction)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Reads a row that holds every column of `grants`.
pub(crate) fn from_row(row: &Row) -> Result<Grant, StoreError> {
    let id: String = row.try_get("id")?;
    let corrupt = |reason: NameError| StoreError::corrupt(format!("grant '{id}'"), reason);
    Ok(Grant {
        user_id: row
            .try_get::<&str, _>("user_id")?
            .parse()
            .map_err(corrupt)?,
        client_id: row
            .try_get::<&str, _>("client_id")?
            .parse()
            .map_err(corrupt)?,
        client_name: row.try_get("client_name")?,
        api: row.try_get::<&str, _>("api")?.parse().map_err(corrupt)?,
        resource: row.try_get("resource")?,
        scope: row.try_get::<&str, _>("scope")?.parse().map_err(corrupt)?,
        auth_time: row.try_get("auth_time")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
        expires_at: row.try_get("expires_at")?,
        revoked_at: row.try_get("revoked_at")?,
        id,
    })
}
