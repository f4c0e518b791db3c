//! The token endpoint against the signature that each token needs.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::Value;

use crate::client::Link;
use crate::door::Door;
use crate::options::Options;

/// What a token's header and claims usually come to, encoded.
const SIGNED: [u8; 500] = [b'a'; 500];
/// 256 bytes in unpadded base64url.
const MODULUS_LENGTH: usize = 342;

/// Per second, round by round.
#[derive(Default)]
pub(crate) struct Tokens {
    /// Raw signatures: RSA-2048, PKCS #1 v1.5, SHA-256, one thread.
    pub(crate) signatures: Vec<f64>,
    /// Tokens over one connection, one after the other.
    pub(crate) issued: Vec<f64>,
    /// Tokens per second of the server's CPU time.
    pub(crate) issued_per_core_second: Vec<f64>,
}

/// Signs and asks in turns.
pub(crate) async fn measure(door: &Door, options: &Options) -> anyhow::Result<Tokens> {
    same_key_size(&door.keys().await?)?;
    let application = door.application("tokens").await?;
    let mut link = Link::open(door.address).await?;
    let key = RsaKeyPair::generate(KeySize::Rsa2048)
        .ok()
        .context("no RSA key was made")?;
    let (rounds, period) =
        options.pick((9, Duration::from_secs(2)), (3, Duration::from_millis(300)));
    let mut tokens = Tokens::default();
    for _ in 0..rounds {
        tokens.signatures.push(sign(&key, period)?);
        let cpu_before = door.program.cpu_time()?;
        let (began, mut issued) = (Instant::now(), 0_u32);
        while began.elapsed() < period {
            door.issue(&mut link, &application).await?;
            issued += 1;
        }
        tokens
            .issued
            .push(f64::from(issued) / began.elapsed().as_secs_f64());
        let cpu = door.program.cpu_time()?.saturating_sub(cpu_before);
        let cpu = cpu.as_secs_f64().max(f64::EPSILON);
        tokens.issued_per_core_second.push(f64::from(issued) / cpu);
    }
    Ok(tokens)
}

fn sign(key: &RsaKeyPair, period: Duration) -> anyhow::Result<f64> {
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    let (began, mut signed) = (Instant::now(), 0_u32);
    while began.elapsed() < period {
        let done = key.sign(&RSA_PKCS1_SHA256, &random, &SIGNED, &mut signature);
        done.ok().context("signing failed")?;
        signed += 1;
    }
    Ok(f64::from(signed) / began.elapsed().as_secs_f64())
}

/// The comparison means nothing with keys of different sizes.
fn same_key_size(keys: &Value) -> anyhow::Result<()> {
    let keys = keys
        .get("keys")
        .and_then(Value::as_array)
        .context("no key set")?;
    let moduli: Vec<&str> = keys
        .iter()
        .filter_map(|key| key.get("n")?.as_str())
        .collect();
    ensure!(
        !moduli.is_empty() && moduli.iter().all(|modulus| modulus.len() == MODULUS_LENGTH),
        "the issuer's RSA keys are not of 2048 bits"
    );
    Ok(())
}
