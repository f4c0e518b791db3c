//! The public keys of a client, as strangers send them (RFC 7517).

use serde::Deserialize as _;
use serde_json::Value;
use shukuba_model::jose::{Jwk, JwkSet};

/// The most keys of a client.
const MOST_KEYS: usize = 20;

/// Members that only private or symmetric keys have (RFC 7518 section 6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Reads a client's key set. What is wrong with it comes back as the end of a
/// sentence that begins with its name.
pub(crate) fn parse(document: &Value) -> Result<JwkSet, &'static str> {
    let keys = document
        .get("keys")
        .and_then(Value::as_array)
        .ok_or("is no JWK Set (RFC 7517 section 5)")?;
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err("must hold 1 to 20 keys");
    }
    let private = |key: &Value| PRIVATE.iter().any(|member| key.get(member).is_some());
    if keys.iter().any(private) {
        return Err(
            "holds a private or symmetric key: publish public keys only, and replace this one",
        );
    }
    // A kind of key that is not known is left out; its owner may have others.
    let keys: Vec<Jwk> = keys
        .iter()
        .filter_map(|key| Jwk::deserialize(key).ok())
        .collect();
    if keys.is_empty() {
        return Err("holds no key that can be read");
    }
    Ok(JwkSet { keys })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn j09_private_symmetric_and_too_many_keys_are_refused() {
        let good = json!({"kty": "EC", "crv": "P-256", "x": "a", "y": "b"});
        assert!(parse(&json!({"keys": [good]})).is_ok());
        for member in PRIVATE {
            let mut key = good.clone();
            key[member] = json!("secret");
            assert!(parse(&json!({"keys": [good, key]})).is_err(), "{member}");
        }
        for bad in [
            json!({"keys": []}),
            json!({"keys": vec![good; 21]}),
            json!({"keys": "x"}),
            json!([]),
            json!({"keys": [5]}),
        ] {
            assert!(parse(&bad).is_err(), "{bad}");
        }
    }
}
