//! The shapes of access tokens, claim by claim as Auth0 documents its two
//! token profiles; `both` is RFC 9068's with `azp` beside it.

use serde::Serialize;
use shukuba_model::{Scopes, TokenProfile, TokenSample};
use shukuba_store::User;

/// What every profile is made from.
pub(crate) struct TokenFacts<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) owner: Owner<'a>,
    pub(crate) audience: Audience<'a>,
    pub(crate) scope: &'a Scopes,
    /// Seconds since 1970.
    pub(crate) issued_at: i64,
    /// Seconds since 1970.
    pub(crate) expires_at: i64,
    pub(crate) token_id: String,
}

/// Who a token speaks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// The client itself.
    Application,
    /// A person, by a grant.
    Person { user: &'a User, grant_id: &'a str },
}

/// `aud`: a string for one audience, an array for two (RFC 7519 section 4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Audience<'a> {
    One(&'a str),
    Two([&'a str; 2]),
}

impl<'a> Audience<'a> {
    /// The API's identifier, and the address it was named by where there is one.
    pub(crate) fn of(identifier: &'a str, address: Option<&'a str>) -> Self {
        match address {
            Some(address) if address != identifier => Self::Two([identifier, address]),
            _ => Self::One(identifier),
        }
    }
}

/// The claims of an access token. `grant_id` and `username` are a person's:
/// what a revocation is about, and what `login.allow` names.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
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
    let (sub, grant_id, username) = match facts.owner {
        Owner::Application => (format!("{}@clients", facts.client_id), None, None),
        Owner::Person { user, grant_id } => (
            user.id.to_string(),
            Some(grant_id),
            Some(user.name.as_str()),
        ),
    };
    Claims {
        iss: facts.issuer,
        sub,
        aud: facts.audience,
        iat: facts.issued_at,
        exp: facts.expires_at,
        jti: rfc9068.then_some(facts.token_id),
        client_id: rfc9068.then_some(facts.client_id),
        azp: azp.then_some(facts.client_id),
        gty: (!rfc9068 && grant_id.is_none()).then_some("client-credentials"),
        scope: (!facts.scope.is_empty()).then(|| facts.scope.to_string()),
        grant_id,
        username,
    }
}

/// What `claims` makes of the facts, to look at.
pub(crate) fn sample(profile: TokenProfile, facts: TokenFacts<'_>) -> TokenSample {
    TokenSample {
        typ: typ(profile),
        claims: serde_json::to_string_pretty(&claims(profile, facts)).unwrap_or_default(),
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
            owner: Owner::Application,
            audience,
            scope: &Scopes::default(),
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
    fn a_persons_token_names_the_person_the_grant_and_the_scopes() {
        let user = User {
            id: "user_aaaaaaaaaaaaaaaaaaaa".parse().unwrap(),
            name: "ada".parse().unwrap(),
            display_name: "Ada".to_owned(),
            email: None,
            has_password: true,
            disabled: false,
            role: shukuba_model::Role::None,
            created_at: 1,
        };
        let scope = "openid add".parse().unwrap();
        for profile in [
            TokenProfile::Auth0,
            TokenProfile::Rfc9068,
            TokenProfile::Both,
        ] {
            let facts = TokenFacts {
                issuer: "https://issuer.example",
                client_id: "abc",
                owner: Owner::Person {
                    user: &user,
                    grant_id: "grant_1",
                },
                audience: Audience::of("api", Some("api")),
                scope: &scope,
                issued_at: 1,
                expires_at: 2,
                token_id: "unique".to_owned(),
            };
            let claims = serde_json::to_value(claims(profile, facts)).unwrap();
            assert_eq!(claims["sub"], "user_aaaaaaaaaaaaaaaaaaaa");
            assert_eq!(claims["username"], "ada");
            assert_eq!(claims["grant_id"], "grant_1");
            assert_eq!(claims["scope"], "openid add");
            assert_eq!(claims["aud"], "api");
            assert!(claims.get("gty").is_none());
        }
    }

    #[test]
    fn two_audiences_are_an_array() {
        let claims = claims_of(TokenProfile::Both, Audience::Two(["api", "address"]));
        assert_eq!(claims["aud"], json!(["api", "address"]));
    }
}
