//! Public keys: what a JWK may verify, decided by the key and not by the token.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize as _;
use serde_json::Value;
use shukuba_model::jose::Jwk;

/// The most keys that are used of one set.
const MAX_KEYS: usize = 64;

/// An algorithm this server verifies (RFC 7518 section 3.1, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

/// Why an `alg` is not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlgorithmError {
    /// `none`, in whatever case.
    Unsigned,
    /// `HS…`: who can check such a token can make one.
    Symmetric,
    /// Anything else.
    Unknown,
}

impl Algorithm {
    /// Every algorithm.
    pub(crate) const ALL: [Self; 7] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// The JOSE name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads an `alg`.
    pub(crate) fn parse(name: &str) -> Result<Self, AlgorithmError> {
        if let Some(known) = Self::ALL.into_iter().find(|known| known.as_str() == name) {
            return Ok(known);
        }
        if name.eq_ignore_ascii_case("none") {
            return Err(AlgorithmError::Unsigned);
        }
        match name.as_bytes() {
            [b'H' | b'h', b'S' | b's', ..] => Err(AlgorithmError::Symmetric),
            _ => Err(AlgorithmError::Unknown),
        }
    }

    /// What a JWK of this type may verify, by key type and curve.
    fn of_key(jwk: &Jwk) -> &'static [Self] {
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => &[Self::Rs256, Self::Rs384, Self::Rs512, Self::Ps256],
            ("EC", Some("P-256")) => &[Self::Es256],
            ("EC", Some("P-384")) => &[Self::Es384],
            ("OKP", Some("Ed25519")) => &[Self::EdDsa],
            _ => &[],
        }
    }

    fn rsa_parameters(self) -> Option<&'static RsaParameters> {
        match self {
            Self::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
            Self::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
            Self::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
            Self::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
            Self::Es256 | Self::Es384 | Self::EdDsa => None,
        }
    }
}

/// What became of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyMatch {
    /// A key of the set made it.
    Verified,
    /// The named key did not make it.
    Forged,
    /// The named key is for other algorithms.
    OtherAlgorithm(String),
    /// The set has no such key.
    Unknown,
}

/// The usable keys of one issuer, parsed.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<VerifyingKey>,
}

#[derive(Debug)]
struct VerifyingKey {
    kid: Option<String>,
    uses: Vec<(Algorithm, ParsedPublicKey)>,
}

impl KeySet {
    /// Takes the keys that can be used and leaves out the others: a provider
    /// may publish keys for other purposes beside them.
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> Self {
        Self {
            keys: keys
                .into_iter()
                .filter_map(VerifyingKey::new)
                .take(MAX_KEYS)
                .collect(),
        }
    }

    /// Reads a JWK Set, leaving out what is no key.
    pub(crate) fn parse(document: &Value) -> Self {
        let keys: Vec<Jwk> = document
            .get("keys")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|key| Jwk::deserialize(key).ok())
            .collect();
        Self::new(&keys)
    }

    /// Whether no signature can be checked with this set.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Checks a signature with the keys that `kid` names; with all when the
    /// token names none.
    pub(crate) fn verify(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        signed: &[u8],
        signature: &[u8],
    ) -> KeyMatch {
        let named = || {
            self.keys
                .iter()
                .filter(|key| kid.is_none() || key.kid.is_none() || key.kid.as_deref() == kid)
        };
        let suited: Vec<&ParsedPublicKey> = named()
            .flat_map(|key| &key.uses)
            .filter(|(usable, _)| *usable == algorithm)
            .map(|(_, key)| key)
            .collect();
        if suited.is_empty() {
            let others: Vec<&str> = named()
                .flat_map(|key| &key.uses)
                .map(|(usable, _)| usable.as_str())
                .collect();
            return if others.is_empty() {
                KeyMatch::Unknown
            } else {
                KeyMatch::OtherAlgorithm(others.join(", "))
            };
        }
        if suited
            .iter()
            .any(|key| key.verify_sig(signed, signature).is_ok())
        {
            KeyMatch::Verified
        } else {
            KeyMatch::Forged
        }
    }
}

impl VerifyingKey {
    fn new(jwk: &Jwk) -> Option<Self> {
        if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let uses: Vec<_> = Algorithm::of_key(jwk)
            .iter()
            .copied()
            .filter(|algorithm| {
                jwk.alg
                    .as_deref()
                    .is_none_or(|alg| alg == algorithm.as_str())
            })
            .filter_map(|algorithm| Some((algorithm, parse_key(jwk, algorithm)?)))
            .collect();
        (!uses.is_empty()).then(|| Self {
            kid: jwk.kid.clone(),
            uses,
        })
    }
}

fn parse_key(jwk: &Jwk, algorithm: Algorithm) -> Option<ParsedPublicKey> {
    match algorithm {
        Algorithm::Es256 => parse_point(jwk, &ECDSA_P256_SHA256_FIXED, 32),
        Algorithm::Es384 => parse_point(jwk, &ECDSA_P384_SHA384_FIXED, 48),
        Algorithm::EdDsa => {
            let x = decode(jwk.x.as_deref()?)?;
            ParsedPublicKey::new(&ED25519, x).ok()
        }
        rsa => parse_rsa(jwk, rsa.rsa_parameters()?),
    }
}

fn parse_rsa(jwk: &Jwk, parameters: &'static RsaParameters) -> Option<ParsedPublicKey> {
    let modulus = decode(jwk.n.as_deref()?)?;
    let exponent = decode(jwk.e.as_deref()?)?;
    let n = without_leading_zeros(&modulus);
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    if !(2048..=8192).contains(&bits) {
        return None;
    }
    RsaPublicKeyComponents {
        n,
        e: without_leading_zeros(&exponent),
    }
    .to_parsed_public_key(parameters)
    .ok()
}

fn parse_point(
    jwk: &Jwk,
    algorithm: &'static aws_lc_rs::signature::EcdsaVerificationAlgorithm,
    length: usize,
) -> Option<ParsedPublicKey> {
    let (x, y) = (decode(jwk.x.as_deref()?)?, decode(jwk.y.as_deref()?)?);
    if x.len() != length || y.len() != length {
        return None;
    }
    // The uncompressed form of a point (SEC 1 section 2.3.3).
    let point: Vec<u8> = std::iter::once(4).chain(x).chain(y).collect();
    ParsedPublicKey::new(algorithm, point).ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
    };
    use serde_json::json;

    use super::*;

    const SIGNED: &[u8] = b"header.payload";

    fn set(keys: Value) -> KeySet {
        KeySet::parse(&json!({ "keys": keys }))
    }

    fn encode(bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn elliptic(crv: &str, algorithm: &'static EcdsaSigningAlgorithm) -> (Value, Vec<u8>) {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let jwk = json!({"kty": "EC", "crv": crv, "kid": crv, "x": encode(x), "y": encode(y)});
        let signature = pair.sign(&SystemRandom::new(), SIGNED).unwrap();
        (jwk, signature.as_ref().to_vec())
    }

    #[test]
    fn elliptic_and_edwards_keys_verify_what_they_signed_and_nothing_else() {
        let (p256, by_p256) = elliptic("P-256", &ECDSA_P256_SHA256_FIXED_SIGNING);
        let (p384, by_p384) = elliptic("P-384", &ECDSA_P384_SHA384_FIXED_SIGNING);
        let edwards = Ed25519KeyPair::generate().unwrap();
        let x = encode(edwards.public_key().as_ref());
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "kid": "Ed25519", "x": x});
        let by_ed = edwards.sign(SIGNED).as_ref().to_vec();
        let keys = set(json!([p256, p384, ed]));
        for (kid, algorithm, signature) in [
            ("P-256", Algorithm::Es256, &by_p256),
            ("P-384", Algorithm::Es384, &by_p384),
            ("Ed25519", Algorithm::EdDsa, &by_ed),
        ] {
            let verify = |signed: &[u8]| keys.verify(Some(kid), algorithm, signed, signature);
            assert_eq!(verify(SIGNED), KeyMatch::Verified, "{kid}");
            assert_eq!(verify(b"header.payloae"), KeyMatch::Forged, "{kid}");
            let without_kid = keys.verify(None, algorithm, SIGNED, signature);
            assert_eq!(without_kid, KeyMatch::Verified, "{kid}");
        }
        let crossed = keys.verify(Some("P-256"), Algorithm::Es384, SIGNED, &by_p384);
        assert_eq!(crossed, KeyMatch::OtherAlgorithm("ES256".to_owned()));
        let unknown = keys.verify(Some("x"), Algorithm::Es256, SIGNED, &by_p256);
        assert_eq!(unknown, KeyMatch::Unknown);
    }

    #[test]
    fn keys_that_cannot_or_must_not_verify_are_left_out() {
        let (good, _) = elliptic("P-256", &ECDSA_P256_SHA256_FIXED_SIGNING);
        let mut for_encryption = good.clone();
        for_encryption["use"] = json!("enc");
        let mut for_another_algorithm = good.clone();
        for_another_algorithm["alg"] = json!("ES384");
        let mut off_the_curve = good.clone();
        off_the_curve["y"] = json!(encode(&[7; 32]));
        let mut short = good.clone();
        short["x"] = json!(encode(&[7; 31]));
        for bad in [
            for_encryption,
            for_another_algorithm,
            off_the_curve,
            short,
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"kty": "RSA", "n": encode(&[0xff; 128]), "e": "AQAB"}),
            json!({"kty": "RSA", "n": encode(&[0xff; 256])}),
            json!({"kty": "RSA", "n": "", "e": ""}),
            json!({"kty": "OKP", "crv": "X25519", "x": encode(&[9; 32])}),
            json!({"kid": "no type"}),
            json!("no object"),
        ] {
            assert!(set(json!([bad])).is_empty(), "{bad}");
            assert!(!set(json!([bad, good])).is_empty(), "beside {bad}");
        }
        for document in [json!({}), json!([]), json!({"keys": {}}), json!(null)] {
            assert!(KeySet::parse(&document).is_empty());
        }
    }

    #[test]
    fn algorithms_are_known_by_their_exact_names() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.as_str()), Ok(algorithm));
        }
        for (name, error) in [
            ("none", AlgorithmError::Unsigned),
            ("NoNe", AlgorithmError::Unsigned),
            ("HS256", AlgorithmError::Symmetric),
            ("hs512", AlgorithmError::Symmetric),
            ("rs256", AlgorithmError::Unknown),
            ("", AlgorithmError::Unknown),
        ] {
            assert_eq!(Algorithm::parse(name), Err(error), "{name}");
        }
    }
}
