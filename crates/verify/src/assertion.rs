//! Client assertions: how a client proves itself with a key (RFC 7523 section
//! 2.2), judged as strictly as tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use shukuba_model::jose::JwkSet;

use crate::jws::Jws;
use crate::keys::{Algorithm, KeyMatch, KeySet};

/// What clocks may differ by, in seconds.
const LEEWAY: i64 = 60;
/// How far ahead an assertion may expire, in seconds: each is remembered until then.
const LONGEST: i64 = 600;
/// The longest `jti`, in bytes.
const LONGEST_ID: usize = 512;

/// The algorithms of client assertions, for
/// `token_endpoint_auth_signing_alg_values_supported` (RFC 8414 section 2).
pub const ASSERTION_ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// An assertion that was read and is not believed yet.
#[derive(Debug)]
pub struct ClientAssertion<'a> {
    jws: Jws<'a>,
    algorithm: Algorithm,
    jti: Option<String>,
}

/// Why an assertion proves nothing, as a whole sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AssertionError(String);

/// The use of an assertion whose claims hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionUse {
    /// Its id, which counts once (RFC 7523 section 3).
    pub jti: String,
    /// Until when the id must be remembered, seconds since 1970.
    pub remember_until: i64,
}

/// What a client's keys say to a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// One of them made it.
    Verified,
    /// None of them is the named one: newer keys may know it.
    UnknownKey,
    /// It is not theirs; a sentence.
    Refused(String),
}

impl<'a> ClientAssertion<'a> {
    /// Reads an assertion.
    ///
    /// # Errors
    /// When it is no signed JWT, a claim has the wrong type, or its algorithm
    /// is none of [`ASSERTION_ALGORITHMS`].
    pub fn parse(text: &'a str) -> Result<Self, AssertionError> {
        let jws = Jws::parse(text).map_err(|error| AssertionError(error.detail))?;
        let algorithm = Algorithm::parse(&jws.header.alg)
            .ok()
            .filter(|known| ASSERTION_ALGORITHMS.contains(&known.as_str()))
            .ok_or_else(|| {
                AssertionError(format!(
                    "It must be signed with {}.",
                    ASSERTION_ALGORITHMS.join(", ")
                ))
            })?;
        Ok(Self {
            jti: jti(text),
            jws,
            algorithm,
        })
    }

    /// Whom it speaks for; nothing is proven by that.
    pub fn subject(&self) -> Option<&str> {
        self.jws.claims.sub.as_deref()
    }

    /// Judges every claim: that the client speaks for itself, to one of
    /// `audiences` and nobody else, now.
    ///
    /// # Errors
    /// Says which claim does not hold.
    pub fn judge(
        &self,
        client_id: &str,
        audiences: &[&str],
        now: i64,
    ) -> Result<AssertionUse, AssertionError> {
        let fail = |text: String| Err(AssertionError(text));
        let claims = &self.jws.claims;
        if claims.iss.as_deref() != Some(client_id) || claims.sub.as_deref() != Some(client_id) {
            return fail("Its 'iss' and 'sub' must both be the client id.".to_owned());
        }
        // One audience: with two, the other one could use it here (RFC 7523bis).
        match claims.aud.as_deref() {
            Some([one]) if audiences.contains(&one.as_str()) => {}
            _ => {
                return fail(format!(
                    "Its 'aud' must be one value: '{}'.",
                    audiences.first().copied().unwrap_or_default()
                ));
            }
        }
        let Some(exp) = claims.exp else {
            return fail("It has no 'exp'.".to_owned());
        };
        if exp.saturating_add(LEEWAY) <= now {
            return fail("It has expired.".to_owned());
        }
        if exp > now.saturating_add(LONGEST) {
            return fail(format!("Its 'exp' is more than {LONGEST} s ahead."));
        }
        let ahead = |date: Option<i64>| date.is_some_and(|date| date > now.saturating_add(LEEWAY));
        if ahead(claims.nbf) || ahead(claims.iat) {
            return fail(
                "It begins in the future ('nbf' or 'iat'); check the client's clock.".to_owned(),
            );
        }
        match &self.jti {
            Some(jti) if !jti.is_empty() && jti.len() <= LONGEST_ID => Ok(AssertionUse {
                jti: jti.clone(),
                remember_until: exp.saturating_add(LEEWAY),
            }),
            _ => fail(format!(
                "It needs a 'jti', a text of 1 to {LONGEST_ID} bytes that is new each time."
            )),
        }
    }

    /// Checks its signature. The keys decide what algorithm they are for.
    pub fn verify(&self, keys: &JwkSet) -> Signature {
        let kid = self.jws.header.kid.as_deref();
        let (signed, signature) = (self.jws.signed, &self.jws.signature);
        match KeySet::new(&keys.keys).verify(kid, self.algorithm, signed, signature) {
            KeyMatch::Verified => Signature::Verified,
            KeyMatch::Unknown => Signature::UnknownKey,
            KeyMatch::Forged => {
                Signature::Refused("Its signature is not by the client's key.".to_owned())
            }
            KeyMatch::OtherAlgorithm(usable) => Signature::Refused(format!(
                "It is signed with {}, but the client's key is for {usable}.",
                self.algorithm.as_str()
            )),
        }
    }
}

/// The `jti` of an assertion that was parsed before, when it is a text.
fn jti(text: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims.get("jti")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_000_000;
    const ISSUER: &str = "https://as.example";

    fn text(header: &Value, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let header = encode(&header.to_string());
        format!("{header}.{}.{}", encode(claims), encode("sig"))
    }

    fn judged(change: impl FnOnce(&mut Value)) -> Result<AssertionUse, AssertionError> {
        let mut claims = json!({
            "iss": "c", "sub": "c", "aud": ISSUER, "exp": NOW + 60, "jti": "1",
        });
        change(&mut claims);
        let text = text(&json!({"alg": "ES256"}), &claims.to_string());
        ClientAssertion::parse(&text)?.judge("c", &[ISSUER, "https://as.example/"], NOW)
    }

    #[test]
    fn j01_j03_j10_only_known_signatures_and_no_critical_extension() {
        for header in [
            json!({"alg": "none"}),
            json!({"alg": "NoNe"}),
            json!({"alg": "HS256"}),
            json!({"alg": "RS512"}),
            json!({"alg": "ES256", "crit": ["x"], "x": 1}),
            json!({}),
        ] {
            let refused = ClientAssertion::parse(&text(&header, "{}")).map(|_| ());
            assert!(refused.is_err(), "{header}");
        }
    }

    #[test]
    fn j04_one_audience_and_it_is_ours() {
        for good in [json!(ISSUER), json!([ISSUER]), json!("https://as.example/")] {
            assert!(
                judged(|claims| claims["aud"] = good.clone()).is_ok(),
                "{good}"
            );
        }
        for bad in [
            json!("https://other.example"),
            json!([ISSUER, "https://other.example"]),
            json!([ISSUER, ISSUER]),
            json!([]),
            json!(5),
            json!(null),
        ] {
            assert!(
                judged(|claims| claims["aud"] = bad.clone()).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn j05_a_client_speaks_for_itself() {
        assert!(judged(|claims| claims["iss"] = json!("d")).is_err());
        assert!(judged(|claims| claims["sub"] = json!("d")).is_err());
        assert!(judged(|claims| claims["sub"] = json!(null)).is_err());
    }

    #[test]
    fn j06_an_assertion_is_short_lived_and_of_now() {
        let exp = |exp: i64| judged(|claims| claims["exp"] = json!(exp));
        assert!(exp(NOW + LONGEST).is_ok());
        assert!(exp(NOW + LONGEST + 1).is_err());
        assert!(exp(NOW - LEEWAY + 1).is_ok());
        assert!(exp(NOW - LEEWAY).is_err());
        for name in ["iat", "nbf"] {
            assert!(judged(|claims| claims[name] = json!(NOW + LEEWAY)).is_ok());
            assert!(judged(|claims| claims[name] = json!(NOW + LEEWAY + 1)).is_err());
        }
        assert!(judged(|claims| drop(claims.as_object_mut().unwrap().remove("exp"))).is_err());
    }

    #[test]
    fn j07_the_id_is_remembered_for_as_long_as_the_assertion_lives() {
        let used = judged(|_| ()).unwrap();
        assert_eq!(used.jti, "1");
        assert_eq!(used.remember_until, NOW + 60 + LEEWAY);
        for bad in [json!(""), json!(7), json!("x".repeat(513)), json!(null)] {
            assert!(
                judged(|claims| claims["jti"] = bad.clone()).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn j11_a_claim_of_the_wrong_type_never_counts_as_absent() {
        assert!(judged(|claims| claims["exp"] = json!("1000060")).is_err());
        assert!(judged(|claims| claims["nbf"] = json!("0")).is_err());
        let twice = r#"{"iss":"c","sub":"c","sub":"d"}"#;
        let text = text(&json!({"alg": "ES256"}), twice);
        assert!(ClientAssertion::parse(&text).is_err());
    }

    proptest! {
        #[test]
        fn what_counts_is_of_the_client_for_us_and_of_now(
            iss in "[cd]", sub in "[cd]", ours in any::<bool>(),
            exp in NOW - 100..NOW + 700, nbf in NOW - 100..NOW + 100, jti in "[a-z]{0,3}",
        ) {
            let aud = if ours { ISSUER } else { "https://other.example" };
            let used = judged(|claims| {
                *claims = json!({
                    "iss": iss, "sub": sub, "aud": aud, "exp": exp, "nbf": nbf, "jti": jti,
                });
            });
            let holds = iss == "c" && sub == "c" && ours && !jti.is_empty()
                && (NOW - LEEWAY + 1..=NOW + LONGEST).contains(&exp) && nbf <= NOW + LEEWAY;
            prop_assert_eq!(used.is_ok(), holds);
        }

        #[test]
        fn no_text_is_verified_by_no_key(header in "[{}:,\"a-zA-Z0-9]{0,40}", claims in "[{}:,\"a-z0-9]{0,40}") {
            let text = format!("{}.{}.QQ", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            if let Ok(assertion) = ClientAssertion::parse(&text) {
                prop_assert_ne!(assertion.verify(&JwkSet::default()), Signature::Verified);
            }
        }
    }
}
