//! `private_key_jwt` at the token endpoint (RFC 7523): the J cases.

use std::collections::HashMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shukuba_model::jose::JwkSet;
use shukuba_model::{AuthMethod, Client};
use shukuba_testkit::tls::{CannedServer, PrivateCa};
use shukuba_verify::fetch::PublicClient;

use crate::{API, Answer, Fixture, GRANT, ISSUER, machine, open_with, settings};

const TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
const HOST: &str = "client.example";
const KEYS: &str = "https://client.example/jwks";

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// A key of a client.
struct Key {
    pair: Pair,
    kid: &'static str,
    alg: &'static str,
}

impl Key {
    fn ec(kid: &'static str) -> Self {
        Self::curve(kid, "ES256", &ECDSA_P256_SHA256_FIXED_SIGNING)
    }

    fn curve(kid: &'static str, alg: &'static str, curve: &'static EcdsaSigningAlgorithm) -> Self {
        let pair = Pair::Ec(EcdsaKeyPair::generate(curve).unwrap());
        Self { pair, kid, alg }
    }

    fn ed(kid: &'static str) -> Self {
        let pair = Pair::Ed(Ed25519KeyPair::generate().unwrap());
        Self {
            pair,
            kid,
            alg: "EdDSA",
        }
    }

    fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Ed(pair) => json!({
                "kty": "OKP", "crv": "Ed25519", "kid": self.kid,
                "x": encode(pair.public_key().as_ref()),
            }),
            Pair::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let crv = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"kty": "EC", "crv": crv, "kid": self.kid, "x": encode(x), "y": encode(y)})
            }
        }
    }

    fn sign(&self, header: &Value, claims: &str) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let header = encode(header.to_string().as_bytes());
        let signed = format!("{header}.{}", encode(claims.as_bytes()));
        let signature = match &self.pair {
            Pair::Ec(pair) => pair
                .sign(&SystemRandom::new(), signed.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Pair::Ed(pair) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
        };
        format!("{signed}.{}", encode(&signature))
    }

    fn header(&self) -> Value {
        json!({"alg": self.alg, "kid": self.kid})
    }
}

fn jwks(keys: &[&Key]) -> Value {
    let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
    json!({ "keys": keys })
}

/// A client with a key, over a server that publishes keys.
struct Bed {
    fixture: Fixture,
    client: Client,
    server: CannedServer,
    next: std::cell::Cell<u32>,
}

impl Bed {
    /// A client that has these keys inline, or publishes them where `None`.
    async fn new(inline: Option<Value>) -> Self {
        let mut fixture = Fixture::new().await;
        let ca = PrivateCa::new();
        let server = CannedServer::start(&ca, &[HOST]).await;
        let hosts = HashMap::from([(HOST.to_owned(), server.address())]);
        let public = PublicClient::for_tests("own.example", &ca.certificate(), hosts).unwrap();
        let mut settings = settings();
        settings.public_client = Some(public);
        fixture.issuer = open_with(settings, &fixture.store, &fixture.clock).await;
        let client = Client {
            auth_method: AuthMethod::PrivateKeyJwt,
            jwks_uri: inline.is_none().then(|| KEYS.to_owned()),
            jwks: inline.map(|keys| serde_json::from_value::<JwkSet>(keys).unwrap()),
            ..machine("keyed", &[API])
        };
        fixture.store.create_client(&client, None).await.unwrap();
        Self {
            fixture,
            client,
            server,
            next: 0.into(),
        }
    }

    fn publish(&self, document: &Value) {
        let json = [("Content-Type", "application/json")];
        self.server
            .respond("/jwks", 200, &json, document.to_string().as_bytes());
    }

    /// The claims of a good assertion, new each time.
    fn claims(&self) -> Value {
        self.next.set(self.next.get() + 1);
        json!({
            "iss": self.client.id, "sub": self.client.id, "aud": ISSUER,
            "exp": self.fixture.clock.now() + 60, "jti": self.next.get().to_string(),
        })
    }

    async fn present(&self, assertion: &str) -> Answer {
        let body = format!("{GRANT}&client_assertion_type={TYPE}&client_assertion={assertion}");
        self.fixture.post_alone(body).await
    }

    async fn signed(&self, key: &Key) -> Answer {
        let claims = self.claims().to_string();
        self.present(&key.sign(&key.header(), &claims)).await
    }

    async fn with_claims(&self, key: &Key, change: impl FnOnce(&mut Value)) -> Answer {
        let mut claims = self.claims();
        change(&mut claims);
        self.present(&key.sign(&key.header(), &claims.to_string()))
            .await
    }
}

#[tokio::test]
async fn a_signed_assertion_proves_a_client_with_any_audience_seen_in_the_wild() {
    let (ec, ed) = (Key::ec("ec"), Key::ed("ed"));
    let bed = Bed::new(Some(jwks(&[&ec, &ed]))).await;
    for key in [&ec, &ed] {
        for aud in [
            json!(ISSUER),
            json!(format!("{ISSUER}/")),
            json!(format!("{ISSUER}/oauth/token")),
            json!([ISSUER]),
        ] {
            let answer = bed
                .with_claims(key, |claims| claims["aud"] = aud.clone())
                .await;
            assert_eq!(answer.status, 200, "{aud}: {}", answer.text);
        }
    }
    let without_kid = ec.sign(&json!({"alg": "ES256"}), &bed.claims().to_string());
    assert_eq!(bed.present(&without_kid).await.status, 200);
}

#[tokio::test]
async fn j01_j02_j03_j12_only_the_clients_own_algorithm_with_its_own_key_counts() {
    let key = Key::ec("k");
    let other = Key::ec("k");
    let p384 = Key::curve("p384", "ES384", &ECDSA_P384_SHA384_FIXED_SIGNING);
    let small = json!({"kty": "RSA", "kid": "small", "e": "AQAB", "n": "u".repeat(171)});
    let mut keys = jwks(&[&key, &p384]);
    keys["keys"].as_array_mut().unwrap().push(small);
    let bed = Bed::new(Some(keys)).await;
    let claims = || bed.claims().to_string();
    for assertion in [
        key.sign(&json!({"alg": "none", "kid": "k"}), &claims()),
        key.sign(&json!({"alg": "HS256", "kid": "k"}), &claims()),
        key.sign(&json!({"alg": "RS256", "kid": "k"}), &claims()),
        key.sign(&json!({"alg": "EdDSA", "kid": "k"}), &claims()),
        key.sign(&json!({"alg": "RS256", "kid": "small"}), &claims()),
        p384.sign(&json!({"alg": "ES256", "kid": "p384"}), &claims()),
        p384.sign(&json!({"alg": "ES384", "kid": "p384"}), &claims()),
        other.sign(&other.header(), &claims()),
        other.sign(&json!({"alg": "ES256"}), &claims()),
        "a.b.c".to_owned(),
        "x".to_owned(),
        String::new(),
    ] {
        let answer = bed.present(&assertion).await;
        answer.refused(401, "invalid_client");
    }
}

#[tokio::test]
async fn j04_j05_j06_j11_every_claim_must_hold() {
    let key = Key::ec("k");
    let bed = Bed::new(Some(jwks(&[&key]))).await;
    let now = bed.fixture.clock.now();
    for (claim, value) in [
        ("aud", json!("https://other.example")),
        ("aud", json!([ISSUER, "https://other.example"])),
        ("aud", json!(5)),
        ("aud", json!(null)),
        ("iss", json!("another")),
        ("sub", json!("another")),
        ("exp", json!(now - 61)),
        ("exp", json!(now + 601)),
        ("exp", json!((now + 60).to_string())),
        ("iat", json!(now + 61)),
        ("nbf", json!(now + 61)),
        ("jti", json!(null)),
    ] {
        let answer = bed
            .with_claims(&key, |claims| claims[claim] = value.clone())
            .await;
        answer.refused(401, "invalid_client");
    }
    let twice = bed.claims().to_string().replacen('{', r#"{"sub":"x","#, 1);
    let answer = bed.present(&key.sign(&key.header(), &twice)).await;
    answer.refused(401, "invalid_client");
}

#[tokio::test]
async fn j07_an_assertion_counts_once_also_after_a_restart() {
    let key = Key::ec("k");
    let mut bed = Bed::new(Some(jwks(&[&key]))).await;
    let assertion = key.sign(&key.header(), &bed.claims().to_string());
    assert_eq!(bed.present(&assertion).await.status, 200);
    bed.present(&assertion).await.refused(401, "invalid_client");
    let (store, clock) = (&bed.fixture.store, &bed.fixture.clock);
    bed.fixture.issuer = open_with(settings(), store, clock).await;
    bed.present(&assertion).await.refused(401, "invalid_client");
    let foreign = Key::ec("k");
    let mut claims = bed.claims();
    claims["jti"] = json!("mine");
    let forged = foreign.sign(&foreign.header(), &claims.to_string());
    bed.present(&forged).await.refused(401, "invalid_client");
    let answer = bed
        .with_claims(&key, |claims| claims["jti"] = json!("mine"))
        .await;
    assert_eq!(answer.status, 200, "a forged one uses nothing up");
}

#[tokio::test]
async fn j08_an_unknown_key_is_asked_for_once_a_minute() {
    let (old, new) = (Key::ec("old"), Key::ec("new"));
    let bed = Bed::new(None).await;
    bed.publish(&jwks(&[&old]));
    assert_eq!(bed.signed(&old).await.status, 200);
    assert_eq!(bed.signed(&old).await.status, 200);
    assert_eq!(bed.server.connections(), 1, "kept");
    bed.publish(&jwks(&[&old, &new]));
    for _ in 0..5 {
        bed.signed(&new).await.refused(401, "invalid_client");
    }
    assert_eq!(bed.server.connections(), 1, "just fetched");
    bed.fixture.clock.advance(60);
    assert_eq!(bed.signed(&new).await.status, 200);
    assert_eq!(bed.server.connections(), 2);
    for _ in 0..5 {
        bed.signed(&Key::ec("made up"))
            .await
            .refused(401, "invalid_client");
    }
    assert_eq!(bed.server.connections(), 2);
}

#[tokio::test]
async fn j09_a_key_set_that_breaks_a_rule_is_no_key_set() {
    let key = Key::ec("k");
    let bed = Bed::new(None).await;
    let mut private = key.jwk();
    private["d"] = json!("secret");
    let large = json!({"keys": [key.jwk()], "x": "x".repeat(12 * 1024)});
    for document in [
        json!({"keys": [private]}),
        json!({"keys": vec![key.jwk(); 21]}),
        large,
        json!([]),
    ] {
        bed.publish(&document);
        bed.signed(&key).await.refused(401, "invalid_client");
        bed.fixture.clock.advance(60);
    }
    let redirect = [("Location", "https://client.example/elsewhere")];
    bed.server.respond("/jwks", 302, &redirect, b"");
    bed.signed(&key).await.refused(401, "invalid_client");
    bed.fixture.clock.advance(60);
    bed.publish(&jwks(&[&key]));
    assert_eq!(bed.signed(&key).await.status, 200, "no failure is kept");
}

#[tokio::test]
async fn keys_serve_on_while_their_address_is_down_but_not_for_ever() {
    let key = Key::ec("k");
    let bed = Bed::new(None).await;
    bed.publish(&jwks(&[&key]));
    assert_eq!(bed.signed(&key).await.status, 200);
    bed.server.respond("/jwks", 503, &[], b"");
    bed.fixture.clock.advance(86_400);
    assert_eq!(bed.signed(&key).await.status, 200);
    bed.fixture.clock.advance(7 * 86_400);
    bed.signed(&key).await.refused(401, "invalid_client");
}

#[tokio::test]
async fn j10_an_assertion_never_brings_its_own_key() {
    let (key, own) = (Key::ec("k"), Key::ec("own"));
    let bed = Bed::new(Some(jwks(&[&key]))).await;
    for header in [
        json!({"alg": "ES256", "jwk": own.jwk()}),
        json!({"alg": "ES256", "kid": "own", "jku": KEYS}),
        json!({"alg": "ES256", "kid": "own", "x5u": KEYS}),
        json!({"alg": "ES256", "kid": "k", "x5c": ["AAAA"]}),
    ] {
        let answer = bed
            .present(&own.sign(&header, &bed.claims().to_string()))
            .await;
        answer.refused(401, "invalid_client");
    }
    let critical = json!({"alg": "ES256", "kid": "k", "crit": ["exp"], "exp": 1});
    let answer = bed
        .present(&key.sign(&critical, &bed.claims().to_string()))
        .await;
    answer.refused(401, "invalid_client");
    assert_eq!(bed.server.connections(), 0);
}

#[tokio::test]
async fn t07_t11_an_assertion_comes_alone_and_from_a_client_that_is_registered_so() {
    let key = Key::ec("k");
    let bed = Bed::new(Some(jwks(&[&key]))).await;
    let good = || key.sign(&key.header(), &bed.claims().to_string());
    let assertion = |text: &str| format!("client_assertion_type={TYPE}&client_assertion={text}");
    let both = format!("{GRANT}&{}&client_secret=x", assertion(&good()));
    let answer = bed.fixture.post_alone(both).await;
    answer.refused(400, "invalid_request");
    let answer = bed
        .fixture
        .post(format!("{GRANT}&{}", assertion(&good())))
        .await;
    answer.refused(400, "invalid_request");
    let untyped = format!("{GRANT}&client_assertion={}", good());
    let answer = bed.fixture.post_alone(untyped).await;
    answer.refused(401, "invalid_client");
    let another = format!("{GRANT}&client_id=another&{}", assertion(&good()));
    let answer = bed.fixture.post_alone(another).await;
    answer.refused(401, "invalid_client");
    let named = format!("{GRANT}&client_id={}&{}", bed.client.id, assertion(&good()));
    let answer = bed.fixture.post_alone(named).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let id = bed.fixture.client_id().to_owned();
    let answer = bed
        .with_claims(&key, |claims| {
            claims["iss"] = json!(id);
            claims["sub"] = json!(id);
        })
        .await;
    answer.refused(401, "invalid_client");
    let alone = format!("{GRANT}&client_id={}", bed.client.id);
    let answer = bed.fixture.post_alone(alone).await;
    answer.refused(401, "invalid_client");
}
