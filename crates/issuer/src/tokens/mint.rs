//! Signs access tokens as compact JWS (RFC 7515 section 7.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use shukuba_model::wire::TokenIssued;
use shukuba_model::{ClientId, Scopes, SigningAlgorithm};
use shukuba_store::Api;

use crate::MintError;
use crate::keys::KeyRing;
use crate::tokens::profile::{self, Audience, Owner, TokenFacts};

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

/// What an access token is made from beside keys and time.
#[derive(Clone, Copy)]
pub(crate) struct AccessToken<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a ClientId,
    pub(crate) owner: Owner<'a>,
    pub(crate) api: &'a Api,
    /// The runtime's address, when the API was named by it.
    pub(crate) address: Option<&'a str>,
    pub(crate) scope: &'a Scopes,
}

/// An access token in the profile of its API; `now` is seconds since 1970.
pub(crate) fn access_token(
    keys: &KeyRing,
    wanted: AccessToken<'_>,
    now: i64,
) -> Result<TokenIssued, MintError> {
    let api = wanted.api;
    let lifetime = api.token_lifetime.seconds();
    let facts = TokenFacts {
        issuer: wanted.issuer,
        client_id: wanted.client_id.as_str(),
        owner: wanted.owner,
        audience: Audience::of(api.identifier.as_str(), wanted.address),
        scope: wanted.scope,
        issued_at: now,
        expires_at: now.saturating_add_unsigned(lifetime),
        token_id: random_id(),
    };
    let claims = profile::claims(api.profile, facts);
    let typ = profile::typ(api.profile);
    Ok(TokenIssued {
        access_token: sign(keys, api.signing_algorithm, typ, &claims)?,
        token_type: "Bearer".to_owned(),
        expires_in: lifetime,
        scope: (!wanted.scope.is_empty()).then(|| wanted.scope.to_string()),
    })
}

/// A signed token of these claims.
pub(crate) fn sign(
    keys: &KeyRing,
    algorithm: SigningAlgorithm,
    typ: &'static str,
    claims: &impl Serialize,
) -> Result<String, MintError> {
    let failed = || MintError::Signing {
        algorithm: algorithm.as_str(),
    };
    let key = keys.current(algorithm).ok_or_else(failed)?;
    let header = Header {
        alg: algorithm.as_str(),
        typ,
        kid: key.kid(),
    };
    let mut token = format!("{}.{}", encode(&header), encode(claims));
    let signature = key.sign(token.as_bytes()).map_err(|_| failed())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
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
