//! What is in a token, without judging it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::shown::Time;
use super::texts::TokenTexts;

/// A token's header and claims.
pub(super) struct Decoded {
    pub(super) header: String,
    pub(super) claims: String,
    /// When it ends, and how long that is from now.
    pub(super) ends: Option<Ends>,
    /// Its `iss`.
    pub(super) issuer: String,
    /// Its `aud`.
    pub(super) audiences: Vec<String>,
    /// Its `client_id`.
    pub(super) client: Option<String>,
}

/// The end of a token.
pub(super) struct Ends {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) time: Time,
    /// How long it lives from now on, in words.
    pub(super) left: String,
}

impl Decoded {
    /// The parts of a signed JWT; `None` where it is none. `now` is seconds
    /// since 1970.
    pub(super) fn of(t: &TokenTexts, token: &str, now: i64) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, claims) = (json(parts.next()?)?, json(parts.next()?)?);
        let (Some(_signature), None) = (parts.next(), parts.next()) else {
            return None;
        };
        let ends = claims.get("exp").and_then(Value::as_i64).map(|at| Ends {
            at,
            time: Time::of_millis(at.saturating_mul(1000)),
            left: left(t, at.saturating_sub(now)),
        });
        Some(Self {
            header: serde_json::to_string_pretty(&header).ok()?,
            ends,
            issuer: texts(claims.get("iss")).pop().unwrap_or_default(),
            audiences: texts(claims.get("aud")),
            client: texts(claims.get("client_id")).pop(),
            claims: serde_json::to_string_pretty(&claims).ok()?,
        })
    }
}

fn json(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.is_object().then_some(value)
}

fn texts(claim: Option<&Value>) -> Vec<String> {
    let of = |value: &Value| value.as_str().map(str::to_owned);
    match claim {
        Some(Value::Array(several)) => several.iter().filter_map(of).collect(),
        Some(one) => of(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A span of seconds as a clock shows it; the script goes on with it.
fn left(t: &TokenTexts, seconds: i64) -> String {
    if seconds <= 0 {
        return t.ended.to_owned();
    }
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (days, hours) = (hours / 24, hours % 24);
    let clock = format!("{hours:02}:{minutes:02}:{seconds:02}");
    match days {
        0 => clock,
        days => format!("{days} {} {clock}", t.day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::texts;
    use shukuba_pages::Language;

    #[test]
    fn a_signed_jwt_is_decoded_and_nothing_else() {
        let t = texts::tokens(Language::English);
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let header = encode(r#"{"alg":"RS256"}"#);
        let claims = encode(r#"{"iss":"i","aud":["a","b"],"exp":90061}"#);
        let token = format!("{header}.{claims}.c2ln");
        let decoded = Decoded::of(t, &token, 0).unwrap();
        assert_eq!((decoded.issuer.as_str(), decoded.audiences.len()), ("i", 2));
        assert_eq!(decoded.ends.unwrap().left, "1 d 01:01:01");
        for other in [
            "opaque".to_owned(),
            format!("{header}.{claims}"),
            format!("{token}.x.y"),
            format!("{header}.{}.c2ln", encode("[]")),
        ] {
            assert!(Decoded::of(t, &other, 0).is_none(), "{other}");
        }
    }
}
