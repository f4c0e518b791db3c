//! Signed JWTs, as assertions of clients and as bearer tokens are read: as text,
//! and as the header, the claims and the signature on three lines. Any text is
//! answered, a signature is good for one text only, and what counts keeps the
//! rules.
#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shukuba_model::jose::{Jwk, JwkSet};
use shukuba_verify::{ClientAssertion, Signature};

const NOW: i64 = 1_000_000;
const ISSUER: &str = "https://as.example";
const HEADER: &str = r#"{"alg":"ES256"}"#;
const CLAIMS: &str = r#"{"iss":"c","sub":"c","aud":"https://as.example","exp":1000060,"jti":"1"}"#;

static SIGNED: LazyLock<Signed> = LazyLock::new(Signed::new);

/// The one thing that was ever signed with the key.
struct Signed {
    keys: JwkSet,
    text: String,
    signature: String,
}

fuzz_target!(|data: &str| {
    judge(data);
    let mut lines = data.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let text = format!("{}.{}", encoded(line()), encoded(line()));
    judge(&format!("{text}.{}", line()));
    judge(&format!("{text}.{}", SIGNED.signature));
});

fn judge(token: &str) {
    let Ok(assertion) = ClientAssertion::parse(token) else {
        return;
    };
    assert_eq!(token.split('.').count(), 3);
    assert_ne!(assertion.verify(&JwkSet::default()), Signature::Verified);
    if assertion.verify(&SIGNED.keys) == Signature::Verified {
        assert!(token.starts_with(&format!("{}.", SIGNED.text)));
    }
    let Ok(used) = assertion.judge("c", &[ISSUER], NOW) else {
        return;
    };
    let claims = claims(token);
    assert_eq!((&claims["iss"], &claims["sub"]), (&"c".into(), &"c".into()));
    assert_eq!(claims["jti"], used.jti);
    assert!(claims["aud"] == ISSUER || claims["aud"] == serde_json::json!([ISSUER]));
    assert!((NOW..=NOW + 660).contains(&used.remember_until));
    assert!(
        claims["exp"]
            .as_f64()
            .is_some_and(|exp| exp > NOW as f64 - 60.0)
    );
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("it was parsed");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("it was parsed");
    serde_json::from_slice(&bytes).expect("it was parsed")
}

fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

impl Signed {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let text = format!("{}.{}", encoded(HEADER), encoded(CLAIMS));
        let signature = pair.sign(&SystemRandom::new(), text.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.expect("a signature"));
        // An uncompressed point: 4, then both coordinates.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let key = Jwk {
            kty: "EC".to_owned(),
            kid: None,
            usage: None,
            alg: None,
            n: None,
            e: None,
            crv: Some("P-256".to_owned()),
            x: Some(URL_SAFE_NO_PAD.encode(x)),
            y: Some(URL_SAFE_NO_PAD.encode(y)),
        };
        let keys = JwkSet { keys: vec![key] };
        let token = format!("{text}.{signature}");
        let assertion = ClientAssertion::parse(&token).expect("it was made so");
        assert_eq!(assertion.verify(&keys), Signature::Verified);
        assert!(assertion.judge("c", &[ISSUER], NOW).is_ok());
        Self {
            keys,
            text,
            signature,
        }
    }
}
