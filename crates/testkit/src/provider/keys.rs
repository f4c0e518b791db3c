//! RSA keys, and signing whatever a test asks for.

use std::ops::Deref;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// Pairs that nobody uses any more. To make one is the slowest part of most tests.
static UNUSED: Mutex<Vec<RsaKeyPair>> = Mutex::new(Vec::new());

/// A key pair with its name.
#[derive(Debug)]
pub(super) struct SigningKey {
    pub(super) kid: String,
    pair: Arc<Pair>,
}

/// A pair that is nobody else's while it is used.
#[derive(Debug)]
struct Pair(Option<RsaKeyPair>);

impl Pair {
    fn take() -> Self {
        let unused = UNUSED.lock().pop();
        Self(Some(unused.unwrap_or_else(|| {
            RsaKeyPair::generate(KeySize::Rsa2048).expect("key generation works")
        })))
    }
}

impl Deref for Pair {
    type Target = RsaKeyPair;

    fn deref(&self) -> &RsaKeyPair {
        self.0.as_ref().expect("it is given back when dropped")
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        UNUSED.lock().extend(self.0.take());
    }
}

impl SigningKey {
    pub(super) fn generate() -> Self {
        Self {
            kid: random_word(21),
            pair: Arc::new(Pair::take()),
        }
    }

    pub(super) fn renamed(&self, kid: &str) -> Self {
        Self {
            kid: kid.to_owned(),
            pair: Arc::clone(&self.pair),
        }
    }

    /// The public key as a JWK.
    pub(super) fn jwk(&self) -> Value {
        let (n, e) = modulus_and_exponent(self.pair.public_key().as_ref());
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(n),
            "e": URL_SAFE_NO_PAD.encode(e),
        })
    }

    /// Signs with RS256, whatever the header says.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = signing_input(header, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                input.as_bytes(),
                &mut signature,
            )
            .expect("signing works");
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Signs with HS256 and each form of the public key as the secret.
    pub(super) fn sign_with_public_key(&self, claims: &Value) -> Vec<String> {
        let der: PublicKeyX509Der<'_> =
            AsDer::as_der(self.pair.public_key()).expect("a public key has a DER form");
        let pem = pem(der.as_ref());
        let secrets = [
            pem.trim_end().as_bytes().to_vec(),
            pem.into_bytes(),
            der.as_ref().to_vec(),
            self.jwk().to_string().into_bytes(),
        ];
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": self.kid});
        secrets
            .iter()
            .map(|secret| {
                let input = signing_input(&header, claims);
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                let tag = hmac::sign(&key, input.as_bytes());
                format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))
            })
            .collect()
    }
}

/// An unsigned token.
pub(super) fn unsigned(claims: &Value) -> String {
    let header = json!({"alg": "none", "typ": "at+jwt"});
    format!("{}.", signing_input(&header, claims))
}

/// `length` random letters and digits.
pub(super) fn random_word(length: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyzABCDEF23";
    let mut bytes = vec![0; length];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("random bytes are to be had");
    bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// A random identifier in the form of a UUID.
pub(super) fn random_id() -> String {
    let bytes: [u8; 16] = rand::generate(&SystemRandom::new())
        .expect("random bytes are to be had")
        .expose();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut id = hex;
    for position in [20, 16, 12, 8] {
        id.insert(position, '-');
    }
    id
}

fn signing_input(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (position, c) in text.chars().enumerate() {
        if position > 0 && position % 64 == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    pem.push_str("\n-----END PUBLIC KEY-----\n");
    pem
}

/// Reads `RSAPublicKey ::= SEQUENCE { INTEGER n, INTEGER e }` (RFC 8017 appendix A.1.1).
fn modulus_and_exponent(der: &[u8]) -> (&[u8], &[u8]) {
    let (sequence, _) = element(der);
    let (n, rest) = element(sequence);
    let (e, _) = element(rest);
    (unsigned_integer(n), unsigned_integer(e))
}

/// The content of the first DER element, and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (head, rest) = der.split_at(2);
    let short = head.last().copied().map_or(0, usize::from);
    let (length, rest) = if short < 0x80 {
        (short, rest)
    } else {
        let (bytes, rest) = rest.split_at(short & 0x7f);
        let length = bytes
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        (length, rest)
    };
    rest.split_at(length)
}

fn unsigned_integer(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0]).unwrap_or(bytes)
}
