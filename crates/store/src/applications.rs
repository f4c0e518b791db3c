//! Applications: OAuth clients that a person registered.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use shukuba_model::wire::ApplicationCreate;
use shukuba_model::{ApiIdentifier, ApplicationKind, ClientId};
use sqlx::{Row as _, Transaction};
use zeroize::Zeroizing;

use crate::database::{Engine, Row};
use crate::{Store, StoreError, random};

/// A registered application. What its secret hashes to stays in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// A name for people, unique.
    pub name: String,
    /// Its OAuth client id.
    pub client_id: ClientId,
    /// What it is for.
    pub kind: ApplicationKind,
    /// The APIs it may get tokens for; the first is its default.
    pub apis: Vec<ApiIdentifier>,
    /// When it was registered, seconds since 1970.
    pub created_at: i64,
}

/// A client secret in clear. It is shown once and then only its hash is kept.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// The fewest characters a secret may have: a plain SHA-256 protects only
    /// what cannot be guessed.
    pub const MIN_LENGTH: usize = 32;

    /// A new random secret: 258 bits behind a prefix that secret scanners can find.
    pub fn generate() -> Self {
        Self(Zeroizing::new(format!("skb_{}", random::url_safe(43))))
    }

    /// The secret itself, to be shown or sent.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientSecret {
    type Error = StoreError;
    fn try_from(text: String) -> Result<Self, StoreError> {
        let length = text.chars().count();
        if length < Self::MIN_LENGTH {
            return Err(StoreError::WeakSecret { length });
        }
        Ok(Self(Zeroizing::new(text)))
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(..)")
    }
}

impl Store {
    /// Registers an application under a given id and secret; `now` is seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the name or the id is taken,
    /// [`StoreError::NotFound`] when one of its APIs does not exist.
    pub async fn create_application(
        &self,
        new: &ApplicationCreate,
        client_id: &ClientId,
        secret: &ClientSecret,
        now: i64,
    ) -> Result<Application, StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query(
            "INSERT INTO applications (client_id, name, kind, secret_hash, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(client_id.as_str())
        .bind(&new.name)
        .bind(new.kind.as_str())
        .bind(hash(secret.reveal()))
        .bind(now)
        .execute(&mut *transaction)
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || {
                format!(
                    "an application named '{}' exists already; choose another name or delete it first",
                    new.name
                )
            })
        })?;
        refuse_confusion(&mut transaction, &new.name, client_id).await?;
        let apis = link_apis(&mut transaction, client_id, &new.apis).await?;
        transaction.commit().await?;
        Ok(Application {
            name: new.name.clone(),
            client_id: client_id.clone(),
            kind: new.kind,
            apis,
            created_at: now,
        })
    }

    /// Every application, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn applications(&self) -> Result<Vec<Application>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.name, a.client_id, a.kind, a.created_at, apis.identifier AS api
             FROM applications a
             LEFT JOIN application_apis m ON m.client_id = a.client_id
             LEFT JOIN apis ON apis.id = m.api_id
             ORDER BY a.created_at, a.name, m.position",
        )
        .fetch_all(self.database.reader())
        .await?;
        rows.chunk_by(|one, next| client_id_of(one) == client_id_of(next))
            .filter_map(|rows| application_from_rows(rows).transpose())
            .collect()
    }

    /// The application with that client id, else with that name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn application(
        &self,
        name_or_client_id: &str,
    ) -> Result<Option<Application>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.name, a.client_id, a.kind, a.created_at, apis.identifier AS api
             FROM applications a
             LEFT JOIN application_apis m ON m.client_id = a.client_id
             LEFT JOIN apis ON apis.id = m.api_id
             WHERE a.client_id = COALESCE(
                (SELECT client_id FROM applications WHERE client_id = $1),
                (SELECT client_id FROM applications WHERE name = $1))
             ORDER BY m.position",
        )
        .bind(name_or_client_id)
        .fetch_all(self.database.reader())
        .await?;
        application_from_rows(&rows)
    }

    /// The application, when the presented secret is its own. The comparison
    /// takes the same time wherever the two differ.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn authenticate(
        &self,
        client_id: &str,
        presented_secret: &str,
    ) -> Result<Option<Application>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.name, a.client_id, a.kind, a.created_at, a.secret_hash, apis.identifier AS api
             FROM applications a
             LEFT JOIN application_apis m ON m.client_id = a.client_id
             LEFT JOIN apis ON apis.id = m.api_id
             WHERE a.client_id = $1 ORDER BY m.position",
        )
        .bind(client_id)
        .fetch_all(self.database.reader())
        .await?;
        // An unknown id costs a hash as well, so that time does not tell it apart.
        let presented = hash(presented_secret);
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let kept: &[u8] = first.try_get("secret_hash")?;
        if verify_slices_are_equal(kept, &presented).is_err() {
            return Ok(None);
        }
        application_from_rows(&rows)
    }

    /// Gives an application another secret; the old one stops working at once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such application.
    pub async fn replace_secret(
        &self,
        client_id: &ClientId,
        secret: &ClientSecret,
    ) -> Result<(), StoreError> {
        let updated = sqlx::query("UPDATE applications SET secret_hash = $2 WHERE client_id = $1")
            .bind(client_id.as_str())
            .bind(hash(secret.reveal()))
            .execute(self.database.writer())
            .await?;
        found(updated.rows_affected(), client_id)
    }

    /// Removes an application. Tokens already issued to it stay valid until they expire.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such application.
    pub async fn delete_application(&self, client_id: &ClientId) -> Result<(), StoreError> {
        let deleted = sqlx::query("DELETE FROM applications WHERE client_id = $1")
            .bind(client_id.as_str())
            .execute(self.database.writer())
            .await?;
        found(deleted.rows_affected(), client_id)
    }
}

/// A name that reads like another application's id would let one be deleted
/// in place of the other.
async fn refuse_confusion(
    transaction: &mut Transaction<'_, Engine>,
    name: &str,
    client_id: &ClientId,
) -> Result<(), StoreError> {
    let clash = sqlx::query(
        "SELECT name FROM applications
         WHERE (client_id = $1 AND client_id <> $2) OR (name = $2 AND client_id <> $2)",
    )
    .bind(name)
    .bind(client_id.as_str())
    .fetch_optional(&mut **transaction)
    .await?;
    match clash {
        Some(_) => Err(StoreError::conflict(format!(
            "the name '{name}' or the client id '{client_id}' already names another application"
        ))),
        None => Ok(()),
    }
}

/// Lists the APIs of a new application, the default first, each once.
async fn link_apis(
    transaction: &mut Transaction<'_, Engine>,
    client_id: &ClientId,
    wanted: &[ApiIdentifier],
) -> Result<Vec<ApiIdentifier>, StoreError> {
    let mut apis: Vec<ApiIdentifier> = Vec::with_capacity(wanted.len());
    for identifier in wanted {
        if apis.contains(identifier) {
            continue;
        }
        let position = i64::try_from(apis.len()).unwrap_or(i64::MAX);
        let linked = sqlx::query(
            "INSERT INTO application_apis (client_id, api_id, position)
             SELECT $1, id, $3 FROM apis WHERE identifier = $2",
        )
        .bind(client_id.as_str())
        .bind(identifier.as_str())
        .bind(position)
        .execute(&mut **transaction)
        .await?;
        if linked.rows_affected() == 0 {
            return Err(StoreError::not_found("API", identifier));
        }
        apis.push(identifier.clone());
    }
    Ok(apis)
}

fn found(rows: u64, client_id: &ClientId) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::not_found("application", client_id)),
        _ => Ok(()),
    }
}

fn hash(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}

fn client_id_of(row: &Row) -> Option<&str> {
    row.try_get("client_id").ok()
}

/// Reads the rows of one application; `None` when there are none.
fn application_from_rows(rows: &[Row]) -> Result<Option<Application>, StoreError> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let name: String = first.try_get("name")?;
    let corrupt = |reason: shukuba_model::NameError| {
        StoreError::corrupt(format!("application '{name}'"), reason)
    };
    let mut apis = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(identifier) = row.try_get::<Option<&str>, _>("api")? {
            apis.push(identifier.parse().map_err(corrupt)?);
        }
    }
    Ok(Some(Application {
        client_id: first
            .try_get::<&str, _>("client_id")?
            .parse()
            .map_err(corrupt)?,
        kind: first.try_get::<&str, _>("kind")?.parse().map_err(corrupt)?,
        apis,
        created_at: first.try_get("created_at")?,
        name,
    }))
}
