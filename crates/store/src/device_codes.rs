//! Device codes (RFC 8628): asked by a program without a browser, answered by
//! a person in another one, given once.

use shukuba_model::{ApiIdentifier, ClientId, NameError, Scopes};
use sqlx::Row as _;

use crate::database::Row;
use crate::grants::{self, NewGrant};
use crate::refresh_tokens::{self, FirstTokens};
use crate::{Secret, Store, StoreError, crash_point};

/// How many seconds a client that polls too fast must wait longer (RFC 8628
/// section 3.5).
const SLOW_DOWN: i64 = 5;

/// A device code to be.
#[derive(Debug)]
pub struct NewDeviceCode {
    /// What the program polls with; the hash is kept.
    pub device_code: Secret,
    /// What the person types, without its dash; the hash is kept.
    pub user_code: Secret,
    /// Who asks.
    pub client_id: ClientId,
    /// What the client is called.
    pub client_name: String,
    /// The API its tokens will be for.
    pub api: ApiIdentifier,
    /// The address that was asked about, when the API was named by one.
    pub resource: Option<String>,
    /// What is asked for.
    pub scope: Scopes,
    /// How many seconds lie between two polls.
    pub interval: i64,
    /// The network address of the program.
    pub address: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub expires_at: i64,
}

/// A device code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDeviceCode {
    /// Who asks.
    pub client_id: ClientId,
    /// What the client is called.
    pub client_name: String,
    /// The API its tokens will be for.
    pub api: ApiIdentifier,
    /// The address that was asked about, when the API was named by one.
    pub resource: Option<String>,
    /// What is asked for.
    pub scope: Scopes,
    /// What the person said.
    pub answer: DeviceAnswer,
    /// The network address of the program.
    pub address: String,
    /// Seconds since 1970.
    pub expires_at: i64,
    /// When its tokens were given, seconds since 1970.
    pub consumed_at: Option<i64>,
}

/// What a person said to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceAnswer {
    /// Nothing yet.
    Pending,
    /// Yes: the id of the grant.
    Allowed(String),
    /// No.
    Denied,
}

/// A poll, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// It came in time.
    InTime,
    /// It came too soon, and the interval is longer from now on.
    TooSoon,
}

impl Store {
    /// Keeps a device code.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user code is in use.
    pub async fn create_device_code(&self, new: &NewDeviceCode) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO device_codes (device_hash, user_code_hash, client_id, client_name, api,
                resource, scope, state, interval, address, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, $10, $11)",
        )
        .bind(new.device_code.hash())
        .bind(new.user_code.hash())
        .bind(new.client_id.as_str())
        .bind(&new.client_name)
        .bind(new.api.as_str())
        .bind(&new.resource)
        .bind(new.scope.to_string())
        .bind(new.interval)
        .bind(&new.address)
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(self.database.writer())
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || "the user code is in use; make another".to_owned())
        })?;
        Ok(())
    }

    /// How many device codes wait for an answer at `now`, seconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn waiting_device_codes(&self, now: i64) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS waiting FROM device_codes WHERE expires_at > $1")
            .bind(now)
            .fetch_one(self.database.reader())
            .await?;
        Ok(row.try_get("waiting")?)
    }

    /// The device code a program polls with.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn device_code(
        &self,
        device_code: &Secret,
    ) -> Result<Option<StoredDeviceCode>, StoreError> {
        sqlx::query("SELECT * FROM device_codes WHERE device_hash = $1")
            .bind(device_code.hash())
            .fetch_optional(self.database.reader())
            .await?
            .as_ref()
            .map(from_row)
            .transpose()
    }

    /// The device code that a typed user code names.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn device_code_of(
        &self,
        user_code: &Secret,
    ) -> Result<Option<StoredDeviceCode>, StoreError> {
        sqlx::query("SELECT * FROM device_codes WHERE user_code_hash = $1")
            .bind(user_code.hash())
            .fetch_optional(self.database.reader())
            .await?
            .as_ref()
            .map(from_row)
            .transpose()
    }

    /// Keeps a person's answer, with the grant when it is yes; `false` when
    /// there was one already or the time is over.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn answer_device(
        &self,
        user_code: &Secret,
        allowed: Option<&NewGrant>,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let answered = sqlx::query(
            "UPDATE device_codes SET state = $2, grant_id = $3
             WHERE user_code_hash = $1 AND state = 'pending' AND expires_at > $4",
        )
        .bind(user_code.hash())
        .bind(if allowed.is_some() {
            "allowed"
        } else {
            "denied"
        })
        .bind(allowed.map(|grant| grant.id.as_str()))
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        if answered.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(grant) = allowed {
            grants::insert(&mut transaction, grant).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Counts a poll that found no answer yet.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn poll_device(&self, device_code: &Secret, now: i64) -> Result<Poll, StoreError> {
        let mut transaction = self.database.begin().await?;
        let too_soon = sqlx::query(
            "UPDATE device_codes SET interval = interval + $3
             WHERE device_hash = $1 AND last_polled_at + interval > $2",
        )
        .bind(device_code.hash())
        .bind(now)
        .bind(SLOW_DOWN)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE device_codes SET last_polled_at = $2 WHERE device_hash = $1")
            .bind(device_code.hash())
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(match too_soon.rows_affected() {
            0 => Poll::InTime,
            _ => Poll::TooSoon,
        })
    }

    /// Redeems an allowed device code: consumes it and keeps the first refresh
    /// token of its grant, together; `false` when it cannot be redeemed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn redeem_device(
        &self,
        device_code: &Secret,
        first: &FirstTokens,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        crash_point("device-begun");
        let consumed = sqlx::query(
            "UPDATE device_codes SET consumed_at = $2
             WHERE device_hash = $1 AND consumed_at IS NULL AND state = 'allowed'
                AND expires_at > $2
             RETURNING grant_id",
        )
        .bind(device_code.hash())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        crash_point("device-consumed");
        let Some(consumed) = consumed else {
            return Ok(false);
        };
        let grant_id: &str = consumed.try_get("grant_id")?;
        if !refresh_tokens::begin(&mut transaction, grant_id, first, now).await? {
            return Ok(false);
        }
        crash_point("device-refresh-kept");
        transaction.commit().await?;
        crash_point("device-committed");
        Ok(true)
    }
}

fn from_row(row: &Row) -> Result<StoredDeviceCode, StoreError> {
    let corrupt = |reason: NameError| StoreError::corrupt("device code", reason);
    let unknown =
        |state: &str| StoreError::corrupt("device code", format!("its state '{state}' is unknown"));
    let grant_id: Option<String> = row.try_get("grant_id")?;
    let answer = match (row.try_get::<&str, _>("state")?, grant_id) {
        ("pending", _) => DeviceAnswer::Pending,
        ("denied", _) => DeviceAnswer::Denied,
        ("allowed", Some(grant_id)) => DeviceAnswer::Allowed(grant_id),
        (other, _) => return Err(unknown(other)),
    };
    Ok(StoredDeviceCode {
        client_id: row
            .try_get::<&str, _>("client_id")?
            .parse()
            .map_err(corrupt)?,
        client_name: row.try_get("client_name")?,
        api: row.try_get::<&str, _>("api")?.parse().map_err(corrupt)?,
        resource: row.try_get("resource")?,
        scope: row.try_get::<&str, _>("scope")?.parse().map_err(corrupt)?,
        answer,
        address: row.try_get("address")?,
        expires_at: row.try_get("expires_at")?,
        consumed_at: row.try_get("consumed_at")?,
    })
}
