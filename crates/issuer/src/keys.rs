//! The signing keys: made on the first start, kept sealed in the store,
//! published as a JWK Set, replaced in time.

mod life;
mod pair;
mod public;

use shukuba_model::SigningAlgorithm;
use shukuba_model::jose::JwkSet;
use shukuba_store::{KeyState, SigningKey, Store};

use crate::IssuerError;
pub use life::KeyChangeError;
pub(crate) use pair::Key;

/// Every key as the store holds it at one moment, of which the current one of
/// each algorithm signs.
pub(crate) struct KeyRing {
    // The current key of an algorithm before its next and its previous ones,
    // for readers that take the first.
    keys: Vec<(KeyFacts, Key)>,
}

/// What an operator may know of a signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its id, the RFC 7638 thumbprint.
    pub kid: String,
    /// The algorithm it signs with.
    pub algorithm: SigningAlgorithm,
    /// Its part in the rotation.
    pub state: KeyState,
    /// When it was made and published, seconds since 1970.
    pub created_at: i64,
    /// When it began to sign, seconds since 1970; `None` while it is next.
    pub signs_since: Option<i64>,
    /// Until when a previous key is published, seconds since 1970.
    pub keep_until: Option<i64>,
}

impl KeyRing {
    /// Reads the keys, making those that are missing: a current and a next
    /// one for each algorithm.
    pub(crate) async fn open(store: &Store, now: i64) -> Result<Self, IssuerError> {
        let ring = Self::read(store).await?;
        match life::complete(&ring, now).await? {
            steps if steps.is_empty() => Ok(ring),
            steps => {
                store.change_signing_keys(&steps).await?;
                Self::read(store).await
            }
        }
    }

    async fn read(store: &Store) -> Result<Self, IssuerError> {
        let mut keys = Vec::new();
        for stored in store.signing_keys().await? {
            let key = Key::read(stored.algorithm, &stored.pkcs8)?;
            keys.push((KeyFacts::of(stored), key));
        }
        keys.sort_by_key(|(facts, _)| {
            let rank = match facts.state {
                KeyState::Current => 0,
                KeyState::Next => 1,
                KeyState::Previous => 2,
            };
            let rsa_first = facts.algorithm != SigningAlgorithm::Rs256;
            (rsa_first, rank, facts.kid.clone())
        });
        Ok(Self { keys })
    }

    /// The key that signs with `algorithm` now. One is there for each
    /// algorithm from [`KeyRing::open`] on.
    pub(crate) fn current(&self, algorithm: SigningAlgorithm) -> Option<&Key> {
        self.keys
            .iter()
            .find(|(facts, _)| facts.algorithm == algorithm && facts.state == KeyState::Current)
            .map(|(_, key)| key)
    }

    /// The public halves of all keys.
    pub(crate) fn published(&self) -> JwkSet {
        JwkSet {
            keys: self.keys.iter().map(|(_, key)| key.jwk().clone()).collect(),
        }
    }

    fn facts(&self) -> impl Iterator<Item = &KeyFacts> {
        self.keys.iter().map(|(facts, _)| facts)
    }

    fn find(&self, algorithm: SigningAlgorithm, state: KeyState) -> Option<&KeyFacts> {
        self.facts()
            .find(|facts| facts.algorithm == algorithm && facts.state == state)
    }
}

impl KeyFacts {
    fn of(stored: SigningKey) -> Self {
        Self {
            kid: stored.kid,
            algorithm: stored.algorithm,
            state: stored.state,
            created_at: stored.created_at,
            signs_since: stored.signs_since,
            keep_until: stored.keep_until,
        }
    }
}
