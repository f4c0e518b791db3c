//! JWS in compact form, strictly (RFC 7515, RFC 8725): parsing says what a
//! token claims and believes none of it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::claims::Claims;

/// The longest token that is looked at, in bytes.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;

/// Why a text is no token, as a whole sentence, and a fix where one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatError {
    /// What is wrong.
    pub(crate) detail: String,
    /// What to do.
    pub(crate) fix: Option<&'static str>,
}

impl FormatError {
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            fix: None,
        }
    }
}

/// A parsed, unverified token.
#[derive(Debug)]
pub(crate) struct Jws<'a> {
    /// The bytes the signature covers.
    pub(crate) signed: &'a [u8],
    /// The signature.
    pub(crate) signature: Vec<u8>,
    /// The header.
    pub(crate) header: Header,
    /// The claims.
    pub(crate) claims: Claims,
}

/// What is used of a JOSE header. `jwk`, `jku` and `x5u` are not: a token does
/// not choose the key it is checked with (RFC 8725 section 3.10).
#[derive(Debug)]
pub(crate) struct Header {
    /// `alg`.
    pub(crate) alg: String,
    /// `kid`.
    pub(crate) kid: Option<String>,
    /// `typ`.
    pub(crate) typ: Option<String>,
}

impl<'a> Jws<'a> {
    /// Parses three base64url segments: a JSON header, JSON claims, a signature.
    pub(crate) fn parse(token: &'a str) -> Result<Self, FormatError> {
        if token.len() > MAX_TOKEN {
            return Err(FormatError::new(format!(
                "It is {} bytes long; at most {MAX_TOKEN} are looked at.",
                token.len()
            )));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(opaque)?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| {
            FormatError::new("It has 2 segments; a signed JWT has 3, separated by full stops.")
        })?;
        if payload.contains('.') {
            return Err(too_many_segments(token));
        }
        Ok(Self {
            signed: signed.as_bytes(),
            header: Header::parse(&object("header", header)?)?,
            claims: Claims::parse(&object("payload", payload)?)?,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| FormatError::new("Its signature is not base64url without padding."))?,
        })
    }
}

impl Header {
    fn parse(members: &Map<String, Value>) -> Result<Self, FormatError> {
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(FormatError::new(format!(
                "'{name}' in its header is not a string."
            ))),
        };
        if members.contains_key("crit") {
            return Err(FormatError::new(
                "Its header demands extensions ('crit') that this server does not have.",
            ));
        }
        Ok(Self {
            alg: text("alg")?.ok_or_else(|| FormatError::new("Its header has no 'alg'."))?,
            kid: text("kid")?,
            typ: text("typ")?,
        })
    }
}

fn opaque() -> FormatError {
    FormatError {
        detail: "It is no JWT: it has 1 segment where a signed JWT has 3.".to_owned(),
        fix: Some(
            "ask the issuer for a token of an API (at Auth0 with the 'audience' parameter), since some give opaque tokens otherwise",
        ),
    }
}

fn too_many_segments(token: &str) -> FormatError {
    let segments = token.split('.').count();
    if segments == 5 {
        return FormatError {
            detail: "It has 5 segments: an encrypted token (JWE), which only its issuer can read."
                .to_owned(),
            fix: Some(
                "ask the issuer for a token of an API (at Auth0 with the 'audience' parameter), with token encryption off",
            ),
        };
    }
    FormatError::new(format!(
        "It has {segments} segments; a signed JWT has 3, separated by full stops."
    ))
}

/// Decodes a segment into a JSON object whose member names are unique.
fn object(part: &str, segment: &str) -> Result<Map<String, Value>, FormatError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(segment)
        .map_err(|_| FormatError::new(format!("Its {part} is not base64url without padding.")))?;
    let UniqueMembers(members) = serde_json::from_slice(&bytes).map_err(|error| {
        let cause = if error.is_data() && error.to_string().starts_with("duplicate") {
            "names a member twice"
        } else {
            "is not a JSON object"
        };
        FormatError::new(format!("Its {part} {cause}."))
    })?;
    Ok(members)
}

/// A JSON object that names no member twice: two readers could each believe
/// another one of them (RFC 7515 section 4).
struct UniqueMembers(Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = UniqueMembers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(
                self,
                mut access: A,
            ) -> Result<UniqueMembers, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("duplicate member"));
                    }
                }
                Ok(UniqueMembers(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.{}", encode(header), encode(payload), encode("sig"))
    }

    fn detail(token: &str) -> String {
        Jws::parse(token).unwrap_err().detail
    }

    const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;

    #[test]
    fn r02_what_is_no_signed_jwt_is_named() {
        let long = "a".repeat(MAX_TOKEN + 1);
        for (bad, expected) in [
            ("", "1 segment"),
            ("garbage", "1 segment"),
            ("a.b", "2 segments"),
            ("a.b.c.d", "4 segments"),
            ("a.b.c.d.e", "encrypted"),
            ("..", "header is not a JSON object"),
            ("!.e30.", "header is not base64url"),
            (long.as_str(), "16384"),
        ] {
            let detail = detail(bad);
            assert!(detail.contains(expected), "{bad:.20}: {detail}");
        }
    }

    #[test]
    fn padding_and_stray_bits_in_base64url_are_refused() {
        let good = token(HEADER, "{}");
        assert!(Jws::parse(&good).is_ok());
        assert!(Jws::parse(&format!("{good}=")).is_err());
        // "QQ" and "QR" decode to the same byte where stray bits are ignored.
        let head = format!("{}.{}", encode(HEADER), encode("{}"));
        assert!(Jws::parse(&format!("{head}.QQ")).is_ok());
        assert!(Jws::parse(&format!("{head}.QR")).is_err());
    }

    #[test]
    fn a_member_named_twice_is_refused_in_header_and_claims() {
        let twice = r#"{"alg":"RS256","alg":"none"}"#;
        assert!(detail(&token(twice, "{}")).contains("header names a member twice"));
        let twice = r#"{"iss":"a","iss":"b"}"#;
        assert!(detail(&token(HEADER, twice)).contains("payload names a member twice"));
    }

    #[test]
    fn critical_extensions_and_headers_without_alg_are_refused() {
        let crit = r#"{"alg":"RS256","crit":["b64"],"b64":false}"#;
        assert!(detail(&token(crit, "{}")).contains("'crit'"));
        assert!(detail(&token("{}", "{}")).contains("'alg'"));
        assert!(detail(&token(r#"{"alg":5}"#, "{}")).contains("'alg'"));
        assert!(detail(&token("[]", "{}")).contains("not a JSON object"));
    }

    proptest! {
        #[test]
        fn o08_parsing_never_panics_on_any_text(text in "\\PC{0,300}") {
            drop(Jws::parse(&text));
        }

        #[test]
        fn parsing_never_panics_on_any_json(header in "[\\{\\}\\[\\]\":,a-z0-9]{0,60}", payload in "[\\{\\}\\[\\]\":,a-z0-9\\-\\.e]{0,60}") {
            drop(Jws::parse(&token(&header, &payload)));
        }

        #[test]
        fn a_cut_token_is_an_error_or_a_shorter_signature(cut in 0_usize..60) {
            let whole = token(HEADER, r#"{"iss":"https://idp.example"}"#);
            let end = whole.len().saturating_sub(cut);
            if let Ok(jws) = Jws::parse(whole.get(..end).unwrap()) {
                prop_assert!(whole.as_bytes().starts_with(jws.signed));
            }
        }
    }
}
