//! The shapes of access tokens, claim by claim as Auth0 documents its two
//! token profiles; `both` is RFC 9068's with `azp` beside it.

use serde::Serialize;
use shukuba_model::TokenProfile;

/// What every profile is made from.
pub(crate) struct TokenFacts<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) audience: Audience<'a>,
    /// Seconds since 1970.
    pub(crate) issued_at: i64,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
    pub(crate) token_id: String,
}

/// `aud`: a string for one audience, an array for two (RFC 7519 section 4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Audience<'a> {
    One(&'a str),
    Two([&'a str; 2]),
}

/// The claims of a token that an application got for itself. There is no
/// `scope`, since applications are granted none.
#[derive(Serialize)]
pub(crate) struct Claims<'a> {
    iss: &'a str,
    sub: String,
    aud: Audience<'a>,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    azp: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gty: Option<&'static str>,
}

/// The media type in the token's header.
pub(crate) fn typ(profile: TokenProfile) -> &'static str {
    match profile {
        TokenProfile::Auth0 => "JWT",
        TokenProfile::Rfc9068 | TokenProfile::Both => "at+jwt",
    }
}

/// The claims in the shape of `profile`.
pub(crate) fn claims(profile: TokenProfile, facts: TokenFacts<'_>) -> Claims<'_> {
    let (rfc9068, azp) = match profile {
        TokenProfile::Auth0 => (false, true),
        TokenProfile::Rfc9068 => (true, false),
        TokenProfile::Both => (true, true),
    };
    Claims {
        iss: facts.issuer,
        sub: format!("{}@clients", facts.client_id),
        aud: facts.audience,
        iat: facts.issued_at,
        exp: facts.expires_at,
        jti: rfc9068.then_some(facts.token_id),
        client_id: rfc9068.then_some(facts.client_id),
        azp: azp.then_some(facts.client_id),
        gty: (!rfc9068).then_some("client-credentials"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn claims_of(profile: TokenProfile, audience: Audience<'_>) -> Value {
        let facts = TokenFacts {
            issuer: "https://issuer.example",
            client_id: "abc",
            audience,
            issued_at: 1_000,
            expires_at: 4_600,
            token_id: "unique".to_owned(),
        };
        serde_json::to_value(claims(profile, facts)).unwrap()
    }

    #[test]
    fn auth0_names_the_client_in_azp_and_has_no_jti() {
        assert_eq!(typ(TokenProfile::Auth0), "JWT");
        assert_eq!(
            claims_of(TokenProfile::Auth0, Audience::One("https://api.example/")),
            json!({
                "iss": "https://issuer.example",
                "sub": "abc@clients",
                "aud": "https://api.example/",
                "iat": 1000,
                "exp": 4600,
                "azp": "abc",
                "gty": "client-credentials",
            })
        );
    }

    #[test]
    fn rfc9068_names_the_client_in_client_id_and_has_a_jti() {
        assert_eq!(typ(TokenProfile::Rfc9068), "at+jwt");
        assert_eq!(
            claims_of(TokenProfile::Rfc9068, Audience::One("https://api.example/")),
            json!({
                "iss": "https://issuer.example",
                "sub": "abc@clients",
                "aud": "https://api.example/",
                "iat": 1000,
                "exp": 4600,
                "jti": "unique",
                "client_id": "abc",
            })
        );
    }

    #[test]
    fn both_is_rfc9068_with_azp() {
        assert_eq!(typ(TokenProfile::Both), "at+jwt");
        let mut expected = claims_of(TokenProfile::Rfc9068, Audience::One("x"));
        expected["azp"] = json!("abc");
        assert_eq!(claims_of(TokenProfile::Both, Audience::One("x")), expected);
    }

    #[test]
    fn two_audiences_are_an_array() {
        let claims = claims_of(TokenProfile::Both, Audience::Two(["api", "address"]));
        assert_eq!(claims["aud"], json!(["api", "address"]));
    }
}
