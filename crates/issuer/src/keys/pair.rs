//! A key pair: made, read from PKCS #8, and signing.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use shukuba_model::SigningAlgorithm;
use shukuba_model::jose::Jwk;
use shukuba_store::{KeyState, SigningKey};
use zeroize::Zeroizing;

use super::public;
use crate::IssuerError;

/// A key pair ready to sign.
pub(crate) struct Key {
    pair: Pair,
    jwk: Jwk,
    kid: String,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl Key {
    /// The RFC 7638 thumbprint that names the key.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, as it is published.
    pub(super) fn jwk(&self) -> &Jwk {
        &self.jwk
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

    /// Reads a stored key.
    pub(super) fn read(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, IssuerError> {
        let fail = |reason: String| key_error(algorithm, "read", reason);
        let pair = match algorithm {
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8)
                .map(|pair| Pair::Rsa(Box::new(pair)))
                .map_err(|error| fail(error.to_string()))?,
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
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

/// A new key for `algorithm`, to be stored. It signs from the start when it is
/// the current one.
pub(super) async fn make(
    algorithm: SigningAlgorithm,
    state: KeyState,
    now: i64,
) -> Result<SigningKey, IssuerError> {
    // An RSA key takes up to a second to find, too long for an async task.
    let made = tokio::task::spawn_blocking(move || {
        let pkcs8 =
            generate(algorithm).map_err(|error| key_error(algorithm, "made", error.to_string()))?;
        let kid = Key::read(algorithm, &pkcs8)?.kid;
        Ok::<_, IssuerError>((kid, pkcs8))
    });
    let (kid, pkcs8) = made
        .await
        .map_err(|error| key_error(algorithm, "made", error.to_string()))??;
    tracing::info!(%kid, algorithm = algorithm.as_str(), state = state.as_str(), "signing key made");
    Ok(SigningKey {
        kid,
        algorithm,
        pkcs8,
        state,
        created_at: now,
        signs_since: (state == KeyState::Current).then_some(now),
        keep_until: None,
    })
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

/// Why a key of `algorithm` is not `action` (`made` or `read`).
pub(super) fn key_error(
    algorithm: SigningAlgorithm,
    action: &'static str,
    reason: String,
) -> IssuerError {
    IssuerError::Key {
        algorithm: algorithm.as_str(),
        action,
        reason,
    }
}
