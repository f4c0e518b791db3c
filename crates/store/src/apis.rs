//! APIs (resource servers) the issuer mints tokens for.

use shukuba_model::wire::{ApiCreate, ApiUpdate};
use shukuba_model::{ApiIdentifier, ApiScope, SigningAlgorithm, TokenLifetime, TokenProfile};
use sqlx::Row as _;

use crate::database::Row;
use crate::{Store, StoreError, api_scopes, random};

/// A registered API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// Its id, random; names it where its identifier would be unhandy.
    pub id: String,
    /// A name for people; not unique.
    pub name: String,
    /// The `aud` of its tokens; unique, byte for byte, and never changed.
    pub identifier: ApiIdentifier,
    /// The shape of its tokens.
    pub profile: TokenProfile,
    /// What its tokens are signed with.
    pub signing_algorithm: SigningAlgorithm,
    /// How long its tokens live.
    pub token_lifetime: TokenLifetime,
    /// What its tokens can allow, in the order it was written.
    pub scopes: Vec<ApiScope>,
    /// When it was registered, seconds since 1970.
    pub created_at: i64,
}

impl Store {
    /// Registers an API; `now` is seconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the identifier is taken.
    pub async fn create_api(&self, new: &ApiCreate, now: i64) -> Result<Api, StoreError> {
        let api = Api {
            id: random::url_safe(16),
            name: new.name.clone(),
            identifier: new.identifier.clone(),
            profile: new.profile,
            signing_algorithm: new.signing_algorithm,
            token_lifetime: new.token_lifetime,
            scopes: new.scopes.clone(),
            created_at: now,
        };
        sqlx::query(
            "INSERT INTO apis (id, name, identifier, profile, signing_algorithm, token_lifetime, scopes, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&api.id)
        .bind(&api.name)
        .bind(api.identifier.as_str())
        .bind(api.profile.as_str())
        .bind(api.signing_algorithm.as_str())
        .bind(lifetime_to_sql(api.token_lifetime))
        .bind(api_scopes::to_sql(&api.scopes)?)
        .bind(api.created_at)
        .execute(self.database.writer())
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || {
                format!(
                    "an API with the identifier '{}' exists already; change it with 'shukuba api update'",
                    new.identifier
                )
            })
        })?;
        Ok(api)
    }

    /// Every API, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn apis(&self) -> Result<Vec<Api>, StoreError> {
        sqlx::query(
            "SELECT id, name, identifier, profile, signing_algorithm, token_lifetime, scopes, created_at
             FROM apis ORDER BY created_at, identifier",
        )
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(api_from_row)
        .collect()
    }

    /// The API with that identifier, byte for byte.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn api(&self, identifier: &ApiIdentifier) -> Result<Option<Api>, StoreError> {
        sqlx::query(
            "SELECT id, name, identifier, profile, signing_algorithm, token_lifetime, scopes, created_at
             FROM apis WHERE identifier = $1",
        )
        .bind(identifier.as_str())
        .fetch_optional(self.database.reader())
        .await?
        .as_ref()
        .map(api_from_row)
        .transpose()
    }

    /// Changes what `update` names, for tokens issued from now on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such API.
    pub async fn update_api(
        &self,
        identifier: &ApiIdentifier,
        update: &ApiUpdate,
    ) -> Result<Api, StoreError> {
        let scopes = update.scopes.as_deref().map(api_scopes::to_sql);
        sqlx::query(
            "UPDATE apis SET
                name = COALESCE($2, name),
                profile = COALESCE($3, profile),
                signing_algorithm = COALESCE($4, signing_algorithm),
                token_lifetime = COALESCE($5, token_lifetime),
                scopes = COALESCE($6, scopes)
             WHERE identifier = $1
             RETURNING id, name, identifier, profile, signing_algorithm, token_lifetime, scopes, created_at",
        )
        .bind(identifier.as_str())
        .bind(update.name.as_deref())
        .bind(update.profile.map(TokenProfile::as_str))
        .bind(update.signing_algorithm.map(SigningAlgorithm::as_str))
        .bind(update.token_lifetime.map(lifetime_to_sql))
        .bind(scopes.transpose()?)
        .fetch_optional(self.database.writer())
        .await?
        .as_ref()
        .map_or_else(
            || Err(StoreError::not_found("API", identifier)),
            api_from_row,
        )
    }

    /// Removes an API. Tokens already issued for it stay valid until they expire.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::Conflict`] while an
    /// application may get tokens for it.
    pub async fn delete_api(&self, identifier: &ApiIdentifier) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let users = sqlx::query(
            "SELECT clients.name FROM clients
             JOIN client_apis ON client_apis.client_id = clients.client_id
             JOIN apis ON apis.id = client_apis.api_id
             WHERE apis.identifier = $1 ORDER BY clients.name",
        )
        .bind(identifier.as_str())
        .fetch_all(&mut *transaction)
        .await?
        .iter()
        .map(|row| row.try_get::<String, _>("name"))
        .collect::<Result<Vec<_>, _>>()?;
        if !users.is_empty() {
            return Err(StoreError::conflict(format!(
                "the API '{identifier}' is in use: take it from the applications that get tokens for it first, or delete them ({})",
                users.join(", ")
            )));
        }
        let deleted = sqlx::query("DELETE FROM apis WHERE identifier = $1")
            .bind(identifier.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        match deleted.rows_affected() {
            0 => Err(StoreError::not_found("API", identifier)),
            _ => Ok(()),
        }
    }
}

/// SQL has no unsigned integers; a lifetime is at most thirty days.
fn lifetime_to_sql(lifetime: TokenLifetime) -> i64 {
    i64::try_from(lifetime.seconds()).unwrap_or(i64::MAX)
}

fn api_from_row(row: &Row) -> Result<Api, StoreError> {
    let id: String = row.try_get("id")?;
    let corrupt =
        |reason: shukuba_model::NameError| StoreError::corrupt(format!("API {id}"), reason);
    let lifetime: i64 = row.try_get("token_lifetime")?;
    Ok(Api {
        name: row.try_get("name")?,
        identifier: row
            .try_get::<String, _>("identifier")?
            .parse()
            .map_err(corrupt)?,
        profile: row
            .try_get::<&str, _>("profile")?
            .parse()
            .map_err(corrupt)?,
        signing_algorithm: row
            .try_get::<&str, _>("signing_algorithm")?
            .parse()
            .map_err(corrupt)?,
        token_lifetime: u64::try_from(lifetime)
            .unwrap_or_default()
            .try_into()
            .map_err(corrupt)?,
        scopes: api_scopes::parse(row.try_get("scopes")?)?,
        created_at: row.try_get("created_at")?,
        id,
    })
}
