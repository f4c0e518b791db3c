//! The issuer's signing keys, sealed under the master key.

use shukuba_model::SigningAlgorithm;
use sqlx::Row as _;
use zeroize::Zeroizing;

use crate::database::Row;
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
    /// When it was made, seconds since 1970.
    pub created_at: i64,
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
    fn as_str(self) -> &'static str {
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
            "SELECT kid, algorithm, sealed_pkcs8, state, created_at
             FROM signing_keys ORDER BY created_at, kid",
        )
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(|row| self.key_from_row(row))
        .collect()
    }

    /// Keeps a new signing key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the key is there already, or its
    /// algorithm has a current key.
    pub async fn add_signing_key(&self, key: &SigningKey) -> Result<(), StoreError> {
        let sealed = self.master_key.seal(TABLE, &key.kid, &key.pkcs8);
        sqlx::query(
            "INSERT INTO signing_keys (kid, algorithm, sealed_pkcs8, state, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&key.kid)
        .bind(key.algorithm.as_str())
        .bind(sealed)
        .bind(key.state.as_str())
        .bind(key.created_at)
        .execute(self.database.writer())
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || {
                format!(
                    "the signing key {} exists already, or {} has a current key",
                    key.kid,
                    key.algorithm.as_str()
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
            kid,
        })
    }
}
