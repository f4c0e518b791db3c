//! Signs access tokens as compact JWS (RFC 7515 section 7.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use shukuba_model::ClientId;
use shukuba_model::wire::TokenIssued;

use crate::MintError;
use crate::grants::target::Target;
use crate::keys::KeyRing;
use crate::tokens::profile::{self, Audience, TokenFacts};

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

/// A token that an application got for itself.
pub(crate) fn for_application(
    keys: &KeyRing,
    issuer: &str,
    client_id: &ClientId,
    target: &Target,
    now: i64,
) -> Result<TokenIssued, MintError> {
    let api = &target.api;
    let identifier = api.identifier.as_str();
    let lifetime = api.token_lifetime.seconds();
    let facts = TokenFacts {
        issuer,
        client_id: client_id.as_str(),
        audience: match &target.address {
            None => Audience::One(identifier),
            Some(address) => Audience::Two([identifier, address]),
        },
        issued_at: now,
        expires_at: now.saturating_add_unsigned(lifetime),
        token_id: random_id(),
    };
    let algorithm = api.signing_algorithm;
    let failed = || MintError::Signing {
        algorithm: algorithm.as_str(),
    };
    let key = keys.current(algorithm).ok_or_else(failed)?;
    let header = Header {
        alg: algorithm.as_str(),
        typ: profile::typ(api.profile),
        kid: key.kid(),
    };
    let claims = profile::claims(api.profile, facts);
    let mut token = format!("{}.{}", encode(&header), encode(&claims));
    let signature = key.sign(token.as_bytes()).map_err(|_| failed())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(TokenIssued {
        access_token: token,
        token_type: "Bearer".to_owned(),
        expires_in: lifetime,
        scope: None,
    })
}

#[expect(
    clippy::expect_used,
    reason = "structs of strings and integers are always JSON"
)]
fn encode(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).expect("claims are written as JSON"))
}

/// 128 random bits, which never repeat.
#[expect(
    clippy::expect_used,
    reason = "aws-lc aborts rather than give weak randomness; there is no way to go on without any"
)]
fn random_id() -> String {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random source works");
    URL_SAFE_NO_PAD.encode(bytes)
}
