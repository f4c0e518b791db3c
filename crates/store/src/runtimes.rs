//! Runtimes, their versions and the endpoints that point to them.

mod list;

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use shukuba_model::route::{Command, Lifecycle, Version};
use shukuba_model::session::SessionMode;
use shukuba_model::wire::{AuthorizerSettings, Tool};
use shukuba_model::{LoginAllow, Qualifier, RuntimeArn, RuntimeId, RuntimeName};
use sqlx::{Row as _, Transaction};

use crate::database::{Engine, Row};
use crate::{Store, StoreError};

pub use list::{RuntimeFilter, StoredRuntime};

/// A runtime as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeRecord {
    /// The name, unique.
    pub name: RuntimeName,
    /// The id.
    pub id: RuntimeId,
    /// The ARN; never changed.
    pub arn: RuntimeArn,
    /// The inbound rules, as the project file spells them.
    pub authorizer: AuthorizerSettings,
    /// The issuer that protected resource metadata names.
    pub authorization_server: String,
    /// Whether people may log in.
    pub login: bool,
    /// Which people, where they may.
    pub login_allow: LoginAllow,
    /// When instances end.
    pub lifecycle: Lifecycle,
    /// When it was first launched, seconds since 1970.
    pub created_at: i64,
}

/// A version of a runtime.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRecord {
    /// What runs.
    pub version: Version,
    /// What its server offers, as told at the smoke start.
    pub tools: Vec<Tool>,
    /// How long the smoke start took, in milliseconds.
    pub start_ms: u64,
    /// When it was launched, seconds since 1970.
    pub created_at: i64,
}

/// A version that has no number yet.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVersion {
    /// SHA-256 of the build, lower-case hex.
    pub digest: String,
    /// How an instance is started.
    pub command: Command,
    /// Whether its sessions have state.
    pub sessions: SessionMode,
    /// What its server offers.
    pub tools: Vec<Tool>,
    /// How long the smoke start took, in milliseconds.
    pub start_ms: u64,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// A runtime and its newest version, to be stored together.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// The runtime. Where its id is known, only `authorizer`,
    /// `authorization_server`, `login` and `login_allow` are taken from here.
    pub runtime: RuntimeRecord,
    /// The version to add.
    pub version: NewVersion,
}

impl Store {
    /// Adds a version and moves the endpoint `DEFAULT` to it, creating the
    /// runtime when its id is new: all of it or nothing. Gives the version's number.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another runtime has the name.
    pub async fn launch(&self, launch: &Launch) -> Result<u32, StoreError> {
        let mut transaction = self.database.begin().await?;
        let known = update_runtime(&mut transaction, &launch.runtime).await?;
        if !known {
            insert_runtime(&mut transaction, &launch.runtime).await?;
        }
        let id = &launch.runtime.id;
        let number = add_version(&mut transaction, id, &launch.version).await?;
        sqlx::query(
            "INSERT INTO endpoints (runtime_id, qualifier, version) VALUES ($1, $2, $3)
             ON CONFLICT (runtime_id, qualifier) DO UPDATE SET version = excluded.version",
        )
        .bind(id.as_str())
        .bind(Qualifier::DEFAULT)
        .bind(number)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        number_from_sql(number, id)
    }

    /// Every runtime, by name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn runtimes(&self) -> Result<Vec<RuntimeRecord>, StoreError> {
        sqlx::query(
            "SELECT id, name, arn, authorizer, authorization_server, login, login_allow, idle_timeout, max_lifetime, created_at
             FROM runtimes ORDER BY name",
        )
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(runtime_from_row)
        .collect()
    }

    /// The runtime of that name or id; the two cannot be mistaken for each
    /// other, since only an id has a hyphen.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn runtime(&self, name_or_id: &str) -> Result<Option<RuntimeRecord>, StoreError> {
        sqlx::query(
            "SELECT id, name, arn, authorizer, authorization_server, login, login_allow, idle_timeout, max_lifetime, created_at
             FROM runtimes WHERE name = $1 OR id = $1",
        )
        .bind(name_or_id)
        .fetch_optional(self.database.reader())
        .await?
        .as_ref()
        .map(runtime_from_row)
        .transpose()
    }

    /// The versions of a runtime, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn versions(&self, id: &RuntimeId) -> Result<Vec<VersionRecord>, StoreError> {
        sqlx::query(
            "SELECT number, digest, command, sessions, tools, start_ms, created_at
             FROM versions WHERE runtime_id = $1 ORDER BY number",
        )
        .bind(id.as_str())
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(|row| version_from_row(row, id))
        .collect()
    }

    /// The endpoints of a runtime: which qualifier points to which version.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn endpoints(&self, id: &RuntimeId) -> Result<BTreeMap<Qualifier, u32>, StoreError> {
        sqlx::query("SELECT qualifier, version FROM endpoints WHERE runtime_id = $1")
            .bind(id.as_str())
            .fetch_all(self.database.reader())
            .await?
            .iter()
            .map(|row| endpoint_from_row(row, id))
            .collect()
    }

    /// Moves the endpoint `DEFAULT` of a runtime to a version it has.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such runtime or version.
    pub async fn serve_version(&self, id: &RuntimeId, number: u32) -> Result<(), StoreError> {
        let moved = sqlx::query(
            "UPDATE endpoints SET version = $3 WHERE runtime_id = $1 AND qualifier = $2
             AND EXISTS (SELECT 1 FROM versions WHERE runtime_id = $1 AND number = $3)",
        )
        .bind(id.as_str())
        .bind(Qualifier::DEFAULT)
        .bind(i64::from(number))
        .execute(self.database.writer())
        .await?;
        match moved.rows_affected() {
            0 => Err(StoreError::not_found(
                "version",
                format!("{number} of {id}"),
            )),
            _ => Ok(()),
        }
    }

    /// Replaces who may call a runtime: `authorizer`, `authorization_server`,
    /// `login` and `login_allow` of the record, together.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no runtime of its id any more.
    pub async fn set_rules(&self, runtime: &RuntimeRecord) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        if !update_runtime(&mut transaction, runtime).await? {
            return Err(StoreError::not_found("runtime", &runtime.id));
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes a runtime with its versions and endpoints.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such runtime.
    pub async fn delete_runtime(&self, id: &RuntimeId) -> Result<(), StoreError> {
        let deleted = sqlx::query("DELETE FROM runtimes WHERE id = $1")
            .bind(id.as_str())
            .execute(self.database.writer())
            .await?;
        match deleted.rows_affected() {
            0 => Err(StoreError::not_found("runtime", id)),
            _ => Ok(()),
        }
    }
}

/// Whether the runtime was there to be updated.
async fn update_runtime(
    transaction: &mut Transaction<'_, Engine>,
    runtime: &RuntimeRecord,
) -> Result<bool, StoreError> {
    let updated = sqlx::query(
        "UPDATE runtimes SET authorizer = $2, authorization_server = $3, login = $4, login_allow = $5
         WHERE id = $1",
    )
    .bind(runtime.id.as_str())
    .bind(to_json(&runtime.authorizer, &runtime.id)?)
    .bind(&runtime.authorization_server)
    .bind(runtime.login)
    .bind(to_json(&runtime.login_allow, &runtime.id)?)
    .execute(&mut **transaction)
    .await?;
    Ok(updated.rows_affected() > 0)
}

async fn insert_runtime(
    transaction: &mut Transaction<'_, Engine>,
    runtime: &RuntimeRecord,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO runtimes (id, name, arn, authorizer, authorization_server, login, login_allow, idle_timeout, max_lifetime, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(runtime.id.as_str())
    .bind(runtime.name.as_str())
    .bind(runtime.arn.to_string())
    .bind(to_json(&runtime.authorizer, &runtime.id)?)
    .bind(&runtime.authorization_server)
    .bind(runtime.login)
    .bind(to_json(&runtime.login_allow, &runtime.id)?)
    .bind(saturated(runtime.lifecycle.idle_timeout))
    .bind(saturated(runtime.lifecycle.max_lifetime))
    .bind(runtime.created_at)
    .execute(&mut **transaction)
    .await
    .map_err(|error| {
        StoreError::or_conflict(error, || {
            format!(
                "a runtime named '{}' exists already under another id; choose another name, or name its agent_id",
                runtime.name
            )
        })
    })?;
    Ok(())
}

/// Adds a version under the next number.
async fn add_version(
    transaction: &mut Transaction<'_, Engine>,
    id: &RuntimeId,
    version: &NewVersion,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "INSERT INTO versions (runtime_id, number, digest, command, sessions, tools, start_ms, created_at)
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6, $7
         FROM versions WHERE runtime_id = $1
         RETURNING number",
    )
    .bind(id.as_str())
    .bind(&version.digest)
    .bind(to_json(&version.command, id)?)
    .bind(sessions_to_sql(version.sessions))
    .bind(to_json(&version.tools, id)?)
    .bind(saturated(version.start_ms))
    .bind(version.created_at)
    .fetch_one(&mut **transaction)
    .await?;
    Ok(row.try_get("number")?)
}

fn runtime_from_row(row: &Row) -> Result<RuntimeRecord, StoreError> {
    let id: String = row.try_get("id")?;
    let what = format!("runtime '{id}'");
    let corrupt = |error: shukuba_model::NameError| StoreError::corrupt(&what, error);
    Ok(RuntimeRecord {
        name: row.try_get::<&str, _>("name")?.parse().map_err(corrupt)?,
        id: id.parse().map_err(corrupt)?,
        arn: row.try_get::<&str, _>("arn")?.parse().map_err(corrupt)?,
        authorizer: from_json(row.try_get("authorizer")?, &what)?,
        authorization_server: row.try_get("authorization_server")?,
        login: row.try_get("login")?,
        login_allow: from_json(row.try_get("login_allow")?, &what)?,
        lifecycle: Lifecycle {
            idle_timeout: unsigned(row.try_get("idle_timeout")?),
            max_lifetime: unsigned(row.try_get("max_lifetime")?),
        },
        created_at: row.try_get("created_at")?,
    })
}

fn endpoint_from_row(row: &Row, id: &RuntimeId) -> Result<(Qualifier, u32), StoreError> {
    let qualifier = row
        .try_get::<String, _>("qualifier")?
        .try_into()
        .map_err(|error| StoreError::corrupt(format!("endpoint of {id}"), error))?;
    Ok((qualifier, number_from_sql(row.try_get("version")?, id)?))
}

fn version_from_row(row: &Row, id: &RuntimeId) -> Result<VersionRecord, StoreError> {
    let number = number_from_sql(row.try_get("number")?, id)?;
    let what = format!("version {number} of '{id}'");
    let sessions: &str = row.try_get("sessions")?;
    Ok(VersionRecord {
        version: Version {
            number,
            digest: row.try_get("digest")?,
            command: from_json(row.try_get("command")?, &what)?,
            sessions: sessions_from_sql(sessions).ok_or_else(|| {
                StoreError::corrupt(&what, format!("its session mode '{sessions}' is unknown"))
            })?,
        },
        tools: from_json(row.try_get("tools")?, &what)?,
        start_ms: unsigned(row.try_get("start_ms")?),
        created_at: row.try_get("created_at")?,
    })
}

fn sessions_to_sql(mode: SessionMode) -> &'static str {
    match mode {
        SessionMode::Stateful => "stateful",
        SessionMode::Stateless => "stateless",
    }
}

fn sessions_from_sql(text: &str) -> Option<SessionMode> {
    [SessionMode::Stateful, SessionMode::Stateless]
        .into_iter()
        .find(|mode| sessions_to_sql(*mode) == text)
}

fn to_json<T: Serialize>(value: &T, id: &RuntimeId) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::corrupt(format!("launch of '{id}'"), error))
}

fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::corrupt(what, error))
}

fn number_from_sql(number: i64, id: &RuntimeId) -> Result<u32, StoreError> {
    u32::try_from(number)
        .map_err(|error| StoreError::corrupt(format!("version {number} of '{id}'"), error))
}

/// SQL has no unsigned integers; no duration here comes near the limit.
fn saturated(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
