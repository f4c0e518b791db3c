//! The issuer's signing keys, sealed under the master key.

use shukuba_model::SigningAlgorithm;
use sqlx::{Executor, Row as _};
use zeroize::Zeroizing;

use crate::database::{Engine, Row};
use crate::{Store, StoreError};

const TABLE: &str = "signing_keys";

/// A signing key with its private part in clear.
pub struct SigningKey {
    /// Its id: the RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// The one algorithm it signs with.
    pub algorithm: SigningAlgorithm,
    /// The key pair as PKCS #8 DER.
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// Its part in the rotation.
    pub state: KeyState,
    /// When it was made and published, seconds since 1970.
    pub created_at: i64,
    /// When it became the current key, seconds since 1970; `None` while it is next.
    pub signs_since: Option<i64>,
    /// Until when a previous key is published, seconds since 1970.
    pub keep_until: Option<i64>,
}

/// A step of a change to the keys; see [`Store::change_signing_keys`].
#[derive(Debug)]
pub enum KeyStep {
    /// Keeps a new key.
    Add(SigningKey),
    /// The current key signs no more and is published until `keep_until`.
    Retire {
        /// Its id.
        kid: String,
        /// Seconds since 1970.
        keep_until: i64,
    },
    /// The next key signs from now on.
    Promote {
        /// Its id.
        kid: String,
        /// The time, seconds since 1970.
        now: i64,
    },
    /// Forgets a key for good, its private part too.
    Remove {
        /// Its id.
        kid: String,
        /// The state it is expected in.
        state: KeyState,
    },
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The part of a key in the rotation. All published keys verify; the current
/// one of an algorithm signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published so that caches learn it before it signs.
    Next,
    /// Signs; one for each algorithm.
    Current,
    /// Signed once; published until its last token has expired.
    Previous,
}

impl KeyState {
    /// The word for it in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Previous]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

impl Store {
    /// Every signing key, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a key does not open with the master key.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKey>, StoreError> {
        sqlx::query(
            "SELECT kid, algorithm, sealed_pkcs8, state, created_at, signs_since, keep_until
             FROM signing_keys ORDER BY created_at, kid",
        )
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(|row| self.key_from_row(row))
        .collect()
    }

    /// Takes the steps in their order, all or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a key is not in the state its step
    /// expects, or an algorithm would have two current or two next keys.
    pub async fn change_signing_keys(&self, steps: &[KeyStep]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        for step in steps {
            let (kid, statement) = match step {
                KeyStep::Add(key) => {
                    self.insert_key(&mut *transaction, key).await?;
                    continue;
                }
                KeyStep::Retire { kid, keep_until } => (
                    kid,
                    sqlx::query(
                        "UPDATE signing_keys SET state = 'previous', keep_until = $2
                         WHERE kid = $1 AND state = 'current'",
                    )
                    .bind(kid)
                    .bind(*keep_until),
                ),
                KeyStep::Promote { kid, now } => (
                    kid,
                    sqlx::query(
                        "UPDATE signing_keys SET state = 'current', signs_since = $2
                         WHERE kid = $1 AND state = 'next'",
                    )
                    .bind(kid)
                    .bind(*now),
                ),
                KeyStep::Remove { kid, state } => (
                    kid,
                    sqlx::query("DELETE FROM signing_keys WHERE kid = $1 AND state = $2")
                        .bind(kid)
                        .bind(state.as_str()),
                ),
            };
            let changed = statement
                .execute(&mut *transaction)
                .await
                .map_err(|error| StoreError::or_conflict(error, || changed_meanwhile(kid)))?;
            if changed.rows_affected() != 1 {
                return Err(StoreError::conflict(changed_meanwhile(kid)));
            }
        }
        Ok(transaction.commit().await?)
    }

    async fn insert_key<'c>(
        &self,
        executor: impl Executor<'c, Database = Engine>,
        key: &SigningKey,
    ) -> Result<(), StoreError> {
        let sealed = self.master_key.seal(TABLE, &key.kid, &key.pkcs8);
        sqlx::query(
            "INSERT INTO signing_keys
                (kid, algorithm, sealed_pkcs8, state, created_at, signs_since, keep_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&key.kid)
        .bind(key.algorithm.as_str())
        .bind(sealed)
        .bind(key.state.as_str())
        .bind(key.created_at)
        .bind(key.signs_since)
        .bind(key.keep_until)
        .execute(executor)
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || {
                format!(
                    "the signing key {} exists already, or {} has a {} key",
                    key.kid,
                    key.algorithm.as_str(),
                    key.state.as_str()
                )
            })
        })?;
        Ok(())
    }

    fn key_from_row(&self, row: &Row) -> Result<SigningKey, StoreError> {
        let kid: String = row.try_get("kid")?;
        let what = || format!("signing key {kid}");
        let sealed: &[u8] = row.try_get("sealed_pkcs8")?;
        let state: &str = row.try_get("state")?;
        Ok(SigningKey {
            algorithm: row
                .try_get::<&str, _>("algorithm")?
                .parse()
                .map_err(|error: shukuba_model::NameError| StoreError::corrupt(what(), error))?,
            pkcs8: self
                .master_key
                .open_sealed(TABLE, &kid, sealed)
                .map_err(|error| StoreError::corrupt(what(), error))?,
            state: KeyState::parse(state).ok_or_else(|| {
                StoreError::corrupt(what(), format!("its state '{state}' is unknown"))
            })?,
            created_at: row.try_get("created_at")?,
            signs_since: row.try_get("signs_since")?,
            keep_until: row.try_get("keep_until")?,
            kid,
        })
    }
}

fn changed_meanwhile(kid: &str) -> String {
    format!("the signing key {kid} was changed meanwhile: look at the keys and try again")
}
