//! J: client assertions (RFC 7523).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shukuba_model::{AuthMethod, Client, ClientApi, GrantType};

use super::bed::{Bed, OTHER_API, PUBLIC, client, now};
use super::row::{Ask, Row, encoded, error, row, status};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn jwk(&self) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({"kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y})
    }

    /// The token request of an assertion with that header and those claims.
    fn ask(&self, header: &Value, claims: &str) -> Ask {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!(
            "{}.{}",
            encode(header.to_string().as_bytes()),
            encode(claims.as_bytes())
        );
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes());
        let assertion = format!("{signed}.{}", encode(signature.unwrap().as_ref()));
        let members = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion.as_str()),
        ];
        Ask::form("/oauth/token", encoded(&members))
    }
}

/// Good claims with another value of one of them.
fn claims(id: &str, changed: &str, value: Value) -> String {
    let mut claims = json!({
        "iss": "keyed", "sub": "keyed", "aud": PUBLIC, "exp": now() + 60, "jti": id,
    });
    if !changed.is_empty() {
        claims[changed] = value;
    }
    claims.to_string()
}

fn good(id: &str) -> String {
    claims(id, "", Value::Null)
}

/// The client `keyed`, with that key and one of RSA that is too small.
async fn register(bed: &Bed, key: &Key) {
    let small = json!({"kty": "RSA", "kid": "small", "e": "AQAB", "n": "u".repeat(171)});
    let keys = json!({"keys": [key.jwk(), small]});
    let keyed = Client {
        auth_method: AuthMethod::PrivateKeyJwt,
        grant_types: vec![GrantType::ClientCredentials],
        apis: vec![ClientApi {
            identifier: OTHER_API.parse().unwrap(),
            scopes: None,
        }],
        jwks: Some(serde_json::from_value(keys).unwrap()),
        ..client("keyed", &[])
    };
    bed.store.create_client(&keyed, None).await.unwrap();
}

fn rows(key: &Key, other: &Key) -> Vec<Row> {
    let header = json!({"alg": "ES256", "kid": "k"});
    let refused = || error(401, "invalid_client");
    let alg = |alg: &str| json!({"alg": alg, "kid": "k"});
    let own = json!({"alg": "ES256", "jwk": other.jwk()});
    let critical = json!({"alg": "ES256", "kid": "k", "crit": ["exp"], "exp": 1});
    let twice = good("t").replacen('{', r#"{"sub":"x","#, 1);
    let small = json!({"alg": "RS256", "kid": "small"});
    let mut rows = vec![
        row("J07", key.ask(&header, &good("1")), status(200)),
        row("J07", key.ask(&header, &good("1")), refused()),
        row("J01", key.ask(&alg("none"), &good("2")), refused()),
        row("J02", key.ask(&alg("HS256"), &good("2")), refused()),
        row("J03", key.ask(&alg("RS256"), &good("2")), refused()),
        row("J03", other.ask(&header, &good("2")), refused()),
        row("J10", other.ask(&own, &good("2")), refused()),
        row("J10", key.ask(&critical, &good("2")), refused()),
        row("J11", key.ask(&header, &twice), refused()),
        row("J12", key.ask(&small, &good("2")), refused()),
    ];
    for (number, claim, value) in [
        ("J04", "aud", json!("https://other.example")),
        ("J04", "aud", json!([PUBLIC, "https://other.example"])),
        ("J05", "iss", json!("another")),
        ("J05", "sub", json!("another")),
        ("J06", "exp", json!(now() - 61)),
        ("J06", "exp", json!(now() + 700)),
        ("J06", "iat", json!(now() + 90)),
        ("J06", "nbf", json!(now() + 90)),
        ("J11", "exp", json!((now() + 60).to_string())),
        ("J11", "aud", json!(5)),
    ] {
        let ask = key.ask(&header, &claims("3", claim, value));
        rows.push(row(number, ask, refused()));
    }
    rows
}

#[tokio::test]
async fn an_assertion_proves_a_client_once_when_all_of_it_holds() {
    let bed = Bed::start().await;
    let (key, other) = (Key::new(), Key::new());
    register(&bed, &key).await;
    bed.hold(rows(&key, &other)).await;
    bed.server.shutdown().await;
}
