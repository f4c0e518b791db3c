//! The token endpoint against the signature that each token needs.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::Value;

use crate::bed::Bed;
use crate::client::{Link, post};
use crate::door::{Application, Door, FORM, text};
use crate::journey::{self, Login, RoundTrips, refreshing};
use crate::options::Options;

/// What a token's header and claims usually come to, encoded.
const SIGNED: [u8; 500] = [b'a'; 500];
/// 256 bytes in unpadded base64url.
const MODULUS_LENGTH: usize = 342;

/// What came out.
pub(crate) struct Tokens {
    /// RSA-2048, PKCS #1 v1.5, SHA-256.
    pub(crate) rs256: Rates,
    /// P-256, SHA-256.
    pub(crate) es256: Rates,
    /// Refreshes, whose access tokens are signed with RS256.
    pub(crate) refreshes: Flows,
    /// Requests from a bare address to the first call.
    pub(crate) first_call: RoundTrips,
    /// Requests from an expired token to the next call.
    pub(crate) renewed_call: RoundTrips,
}

/// An algorithm, round by round.
#[derive(Default)]
pub(crate) struct Rates {
    /// Raw signatures per second, one thread.
    pub(crate) signatures: Vec<f64>,
    /// Tokens over one connection, one after the other.
    pub(crate) issued: Flows,
}

/// Answers of the token endpoint, round by round.
#[derive(Default)]
pub(crate) struct Flows {
    /// Per second.
    pub(crate) per_second: Vec<f64>,
    /// Per second of the server's CPU time.
    pub(crate) per_core_second: Vec<f64>,
}

/// Signs and asks in turns.
pub(crate) async fn measure(bed: &Bed, options: &Options) -> anyhow::Result<Tokens> {
    let door = &bed.door;
    same_key_size(&door.keys().await?)?;
    let mut machine = Machine {
        link: Link::open(door.address).await?,
        door,
        period: options.pick(Duration::from_secs(2), Duration::from_millis(300)),
    };
    let people = Door::open_to_people(&door.binary).await?;
    let mut login = journey::log_in(&people).await?;
    let (with_rsa, with_curve) = (
        door.application("tokens").await?,
        door.application_signed("ES256").await?,
    );
    let (rsa, curve) = keys()?;
    let mut tokens = Tokens {
        rs256: Rates::default(),
        es256: Rates::default(),
        refreshes: Flows::default(),
        first_call: login.first,
        renewed_call: login.renewed,
    };
    let random = SystemRandom::new();
    for _ in 0..options.pick(15, 3) {
        let mut signature = vec![0; rsa.public_modulus_len()];
        let rate = per_second(machine.period, || {
            let done = rsa.sign(&RSA_PKCS1_SHA256, &random, &SIGNED, &mut signature);
            done.ok().context("signing failed")
        })?;
        tokens.rs256.signatures.push(rate);
        machine.issue(&with_rsa, &mut tokens.rs256.issued).await?;
        let rate = per_second(machine.period, || {
            let done = curve.sign(&random, &SIGNED);
            done.map(drop).ok().context("signing failed")
        })?;
        tokens.es256.signatures.push(rate);
        machine.issue(&with_curve, &mut tokens.es256.issued).await?;
        refresh(&people, &mut login, machine.period, &mut tokens.refreshes).await?;
    }
    people.program.stop().await?;
    Ok(tokens)
}

/// Asks for an application's tokens.
struct Machine<'a> {
    door: &'a Door,
    link: Link,
    period: Duration,
}

impl Machine<'_> {
    async fn issue(&mut self, application: &Application, flows: &mut Flows) -> anyhow::Result<()> {
        let watch = Watch::begin(self.door)?;
        let mut answered = 0;
        while watch.began.elapsed() < self.period {
            self.door.issue(&mut self.link, application).await?;
            answered += 1;
        }
        watch.end(answered, flows)
    }
}

/// Refreshes a login again and again, each time with the newest token.
async fn refresh(
    door: &Door,
    login: &mut Login,
    period: Duration,
    flows: &mut Flows,
) -> anyhow::Result<()> {
    let mut link = Link::open(door.address).await?;
    let watch = Watch::begin(door)?;
    let mut answered = 0;
    while watch.began.elapsed() < period {
        let form = refreshing(&login.client_id, &login.refresh_token);
        let request = post(door.address, "/oauth/token", FORM, None, form)?;
        let (status, body) = link.exchange(request).await?;
        let tokens: Value = serde_json::from_slice(&body)?;
        ensure!(status.is_success(), "no refresh: {tokens}");
        ensure!(
            tokens.get("id_token").is_none(),
            "two signatures are compared with one"
        );
        login.refresh_token = text(&tokens, "refresh_token")?;
        answered += 1;
    }
    watch.end(answered, flows)
}

/// The clock and the server's CPU time.
struct Watch<'a> {
    door: &'a Door,
    began: Instant,
    cpu: Duration,
}

impl<'a> Watch<'a> {
    fn begin(door: &'a Door) -> anyhow::Result<Self> {
        Ok(Self {
            door,
            cpu: door.program.cpu_time()?,
            began: Instant::now(),
        })
    }

    fn end(self, answered: u32, flows: &mut Flows) -> anyhow::Result<()> {
        let answered = f64::from(answered);
        let elapsed = self.began.elapsed().as_secs_f64();
        flows.per_second.push(answered / elapsed);
        let cpu = self.door.program.cpu_time()?.saturating_sub(self.cpu);
        let cpu = cpu.as_secs_f64().max(f64::EPSILON);
        flows.per_core_second.push(answered / cpu);
        Ok(())
    }
}

fn keys() -> anyhow::Result<(RsaKeyPair, EcdsaKeyPair)> {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048);
    let curve = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
    Ok((
        rsa.ok().context("no RSA key was made")?,
        curve.ok().context("no P-256 key was made")?,
    ))
}

/// How often something is done in a second.
fn per_second(
    period: Duration,
    mut work: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < period {
        work()?;
        done += 1;
    }
    Ok(f64::from(done) / began.elapsed().as_secs_f64())
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
