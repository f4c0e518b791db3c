//! The `Authorization` header (RFC 9110 section 11.6.2, RFC 6750 section 2.1).

use crate::refusal::{Draft, Reason, Refusal};

/// AgentCore's sentence for a request signed for another kind of authorization.
const METHOD_MISMATCH: &str = "Authorization method mismatch. The agent is configured for a different authorization method than what was used in your request. Check the agent's authorization configuration and ensure your request uses the matching method (OAuth or SigV4)";

const SEND: &str = "send one header 'Authorization: Bearer TOKEN'";

/// Schemes that may be named in an answer. Any other word could be the
/// beginning of a secret and is not repeated.
const KNOWN_SCHEMES: [&str; 6] = [
    "AWS4-HMAC-SHA256",
    "Basic",
    "Digest",
    "DPoP",
    "Negotiate",
    "Token",
];

/// Finds the one bearer token among the values of all `Authorization` headers.
pub(crate) fn token<'a>(values: &[&'a [u8]]) -> Result<&'a str, Box<Refusal>> {
    match values {
        [] => Err(missing()),
        [value] => one(value),
        several => Err(Draft::new(
            Reason::SeveralHeaders,
            "OAuth authorization failed: More than one Authorization header.",
        )
        .detail(format!("The request carries {}.", several.len()))
        .fix(SEND)
        .refuse()),
    }
}

fn missing() -> Box<Refusal> {
    Draft::new(Reason::MissingToken, "Missing Authentication Token")
        .detail("The request has no Authorization header.")
        .fix(SEND)
        .refuse()
}

fn one(value: &[u8]) -> Result<&str, Box<Refusal>> {
    let text = std::str::from_utf8(value)
        .map_err(|_| malformed("The header holds bytes that are not text."))?;
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(wrong_scheme(scheme));
    }
    if rest.is_empty() {
        return Err(malformed("No token follows the word Bearer."));
    }
    if is_b64token(rest) {
        Ok(rest)
    } else {
        Err(malformed(
            "What follows the word Bearer and one space holds characters that a token cannot have (spaces, quotes, line ends).",
        ))
    }
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
pub(crate) fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && body.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
        })
}

fn malformed(detail: &str) -> Box<Refusal> {
    Draft::new(
        Reason::MalformedHeader,
        "OAuth authorization failed: Failed to parse token",
    )
    .detail(detail)
    .fix(SEND)
    .refuse()
}

fn wrong_scheme(scheme: &str) -> Box<Refusal> {
    let known = KNOWN_SCHEMES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(scheme));
    let draft = match known {
        Some(known @ "AWS4-HMAC-SHA256") => Draft::new(Reason::WrongScheme, METHOD_MISMATCH)
            .detail(format!("The request uses the scheme {known} (SigV4); this runtime takes OAuth bearer tokens."))
            .seen(known),
        Some(known) => Draft::new(Reason::WrongScheme, "Missing Authentication Token")
            .detail(format!("The Authorization header uses the scheme {known}; this runtime takes OAuth bearer tokens."))
            .seen(known),
        None => Draft::new(Reason::WrongScheme, "Missing Authentication Token").detail(
            "The Authorization header does not begin with the word Bearer and a space.",
        ),
    };
    draft.expected("the scheme Bearer").fix(SEND).refuse()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_header_is_judged_without_a_panic(value in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Err(refusal) = token(&[&value]) {
                prop_assert_eq!(refusal.status, 401);
            }
        }
    }

    fn reason(values: &[&[u8]]) -> Reason {
        token(values).unwrap_err().reason
    }

    #[test]
    fn bearer_parsing_is_strict_rfc_6750_section_2_1() {
        for bad in [
            "Bearer",
            "Bearer ",
            "Bearer  abc",
            "Bearer\tabc",
            "Bearer abc ",
            "Bearer abc def",
            "Bearer \"abc\"",
            "Bearer abc,def",
            "Bearer ==",
            "Bearer a=b",
            "Bearer abc\u{e9}",
        ] {
            let refusal = token(&[bad.as_bytes()]).unwrap_err();
            assert!(
                matches!(
                    refusal.reason,
                    Reason::MalformedHeader | Reason::WrongScheme
                ),
                "{bad:?}: {refusal}"
            );
            assert_eq!(refusal.status, 401, "{bad:?}");
            assert!(!refusal.message.contains("abc"), "{bad:?}: {refusal}");
        }
        assert_eq!(reason(&[b"Bearer \xff\xfe"]), Reason::MalformedHeader);
        assert_eq!(reason(&[b""]), Reason::WrongScheme);
        for good in ["Bearer a.b-c_d~e+f/g==", "bearer abc", "BEARER abc"] {
            assert!(token(&[good.as_bytes()]).is_ok(), "{good}");
        }
    }

    #[test]
    fn r01_no_header_carries_no_error_code_rfc_6750_section_3_1() {
        let refusal = token(&[]).unwrap_err();
        assert_eq!(refusal.reason, Reason::MissingToken);
        assert!(refusal.message.starts_with("Missing Authentication Token"));
        assert_eq!((refusal.status, refusal.error), (401, None));
    }

    #[test]
    fn r19_two_authorization_headers_are_refused_even_when_equal() {
        let refusal = token(&[b"Bearer a", b"Bearer a"]).unwrap_err();
        assert_eq!(refusal.reason, Reason::SeveralHeaders);
        assert_eq!(refusal.status, 401);
    }

    #[test]
    fn another_scheme_is_named_and_a_bare_token_is_not_repeated() {
        let refusal = token(&[b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x"]).unwrap_err();
        assert!(refusal.message.starts_with(METHOD_MISMATCH), "{refusal}");
        assert!(!refusal.message.contains("AKIDEXAMPLE"));
        let refusal = token(&[b"Basic dXNlcjpwYXNz"]).unwrap_err();
        assert!(refusal.message.contains("the scheme Basic"), "{refusal}");
        let refusal = token(&[b"eyJhbGciOiJSUzI1NiJ9.e30.c2ln"]).unwrap_err();
        assert!(!refusal.message.contains("eyJ"), "{refusal}");
    }
}
