//! The signing keys: made on the first start, kept sealed in the store,
//! published as a JWK Set.

mod public;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use shukuba_model::jose::{Jwk, JwkSet};
use shukuba_model::{Clock, SigningAlgorithm};
use shukuba_store::{KeyState, SigningKey, Store};
use zeroize::Zeroizing;

use crate::IssuerError;

/// Every key, of which the current one of each algorithm signs.
pub(crate) struct KeyRing {
    keys: Vec<Key>,
}

/// A key pair ready to sign.
pub(crate) struct Key {
    algorithm: SigningAlgorithm,
    state: KeyState,
    pair: Pair,
    jwk: Jwk,
    kid: String,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl KeyRing {
    /// Reads the keys and makes a current one for each algorithm that has none.
    pub(crate) async fn open(store: &Store, clock: &Clock) -> Result<Self, IssuerError> {
        let mut keys = Vec::new();
        for stored in store.signing_keys().await? {
            keys.push(Key::read(&stored)?);
        }
        for algorithm in SigningAlgorithm::ALL {
            let current = |key: &Key| key.algorithm == algorithm && key.state == KeyState::Current;
            if !keys.iter().any(current) {
                keys.push(make_and_keep(algorithm, store, clock).await?);
            }
        }
        // The published set reads the same after a restart, whatever order the
        // keys were stored in; RS256 first, for readers that take the first.
        keys.sort_by_key(|key| (key.algorithm != SigningAlgorithm::Rs256, key.kid.clone()));
        Ok(Self { keys })
    }

    /// The key that signs with `algorithm` now. One is there for each
    /// algorithm from [`KeyRing::open`] on.
    pub(crate) fn current(&self, algorithm: SigningAlgorithm) -> Option<&Key> {
        self.keys
            .iter()
            .find(|key| key.algorithm == algorithm && key.state == KeyState::Current)
    }

    /// The public halves of all keys.
    pub(crate) fn published(&self) -> JwkSet {
        JwkSet {
            keys: self.keys.iter().map(|key| key.jwk.clone()).collect(),
        }
    }
}

impl Key {
    /// The RFC 7638 thumbprint that names the key.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs as RFC 7518 wants it: PKCS #1 v1.5 for RS256 (section 3.3),
    /// the 64 bytes of r and s for ES256 (section 3.4).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
        }
    }

    fn read(stored: &SigningKey) -> Result<Self, IssuerError> {
        let algorithm = stored.algorithm;
        let fail = |reason: String| key_error(algorithm, "read", reason);
        let pair = match algorithm {
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(&stored.pkcs8)
                .map(|pair| Pair::Rsa(Box::new(pair)))
                .map_err(|error| fail(error.to_string()))?,
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &stored.pkcs8)
                    .map(|pair| Pair::Ec(Box::new(pair)))
                    .map_err(|error| fail(error.to_string()))?
            }
        };
        let public = match &pair {
            Pair::Rsa(pair) => public::rsa(pair.public_key().as_ref()),
            Pair::Ec(pair) => public::p256(pair.public_key().as_ref()),
        };
        let jwk = public.ok_or_else(|| fail("its public half has an unknown form".to_owned()))?;
        let kid = public::thumbprint(&jwk);
        Ok(Self {
            algorithm,
            state: stored.state,
            pair,
            jwk: Jwk {
                kid: Some(kid.clone()),
                usage: Some("sig".to_owned()),
                alg: Some(algorithm.as_str().to_owned()),
                ..jwk
            },
            kid,
        })
    }
}

async fn make_and_keep(
    algorithm: SigningAlgorithm,
    store: &Store,
    clock: &Clock,
) -> Result<Key, IssuerError> {
    // An RSA key takes up to a second to find, too long for an async task.
    let pkcs8 = tokio::task::spawn_blocking(move || generate(algorithm))
        .await
        .map_err(|error| key_error(algorithm, "made", error.to_string()))?
        .map_err(|error| key_error(algorithm, "made", error.to_string()))?;
    let mut stored = SigningKey {
        kid: String::new(),
        algorithm,
        pkcs8,
        state: KeyState::Current,
        created_at: clock.now(),
    };
    let key = Key::read(&stored)?;
    key.kid.clone_into(&mut stored.kid);
    store.add_signing_key(&stored).await?;
    tracing::info!(kid = %key.kid, algorithm = algorithm.as_str(), "signing key made");
    Ok(key)
}

/// A new key pair as PKCS #8.
fn generate(
    algorithm: SigningAlgorithm,
) -> Result<Zeroizing<Vec<u8>>, aws_lc_rs::error::Unspecified> {
    let pkcs8 = match algorithm {
        SigningAlgorithm::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
            AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)?.as_ref().to_vec()
        }
        SigningAlgorithm::Es256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?
                .as_ref()
                .to_vec()
        }
    };
    Ok(Zeroizing::new(pkcs8))
}

fn key_error(algorithm: SigningAlgorithm, action: &'static str, reason: String) -> IssuerError {
    IssuerError::Key {
        algorithm: algorithm.as_str(),
        action,
        reason,
    }
}
