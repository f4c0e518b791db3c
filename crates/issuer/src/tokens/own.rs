//! Reads access tokens of our own that a client shows us again: to take them
//! back, to ask about them, to learn whose they are.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shukuba_model::jose::{Jwk, OwnIssuer};
use shukuba_model::revocation::TokenMarks;

/// More bytes than any token of ours has.
const LONGEST: usize = 16 * 1024;

/// The claims of an access token whose signature is ours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct OwnToken {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Audiences,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: Option<String>,
    client_id: Option<String>,
    azp: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) grant_id: Option<String>,
    pub(crate) username: Option<String>,
    /// Only in ID tokens.
    at_hash: Option<String>,
}

/// `aud`, one or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Audiences {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

impl OwnToken {
    /// The token, when we signed it and it has neither ended nor been revoked.
    pub(crate) fn live(own: &OwnIssuer, token: &str, now: i64) -> Option<Self> {
        let token = Self::signed(own, token)?;
        (now < token.exp && !token.is_revoked(own)).then_some(token)
    }

    /// The access token, when we signed it.
    pub(crate) fn signed(own: &OwnIssuer, token: &str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Header = json(header)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = own
            .keys
            .keys
            .iter()
            .find(|key| key.kid.as_ref() == Some(&header.kid))
            .filter(|key| key.alg.as_ref() == Some(&header.alg))?;
        verify(key, signed.as_bytes(), &signature)?;
        let claims: Self = json(payload)?;
        let access = claims.at_hash.is_none() && claims.iss == own.issuer;
        access.then_some(claims)
    }

    /// The client it was given to, wherever its profile says so.
    pub(crate) fn client(&self) -> &str {
        let client = self.client_id.as_deref().or(self.azp.as_deref());
        client.unwrap_or_default()
    }

    fn is_revoked(&self, own: &OwnIssuer) -> bool {
        let marks = TokenMarks {
            grant: self.grant_id.as_deref(),
            token: self.jti.as_deref(),
            client: Some(self.client()),
            subject: Some(&self.sub),
            issued_at: Some(self.iat),
        };
        own.revoked.find(&marks).is_some()
    }
}

impl Audiences {
    /// Whether `audience` is among them.
    pub(crate) fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

fn json<T: DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).ok()?).ok()
}

/// The key says what it is for; the token has no say in it (RFC 8725 section 3.1).
fn verify(key: &Jwk, message: &[u8], signature: &[u8]) -> Option<()> {
    let part = |value: &Option<String>| URL_SAFE_NO_PAD.decode(value.as_deref()?).ok();
    match key.alg.as_deref()? {
        "RS256" => RsaPublicKeyComponents {
            n: part(&key.n)?,
            e: part(&key.e)?,
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
        .ok(),
        "ES256" => {
            let mut point = vec![4];
            point.extend(part(&key.x)?);
            point.extend(part(&key.y)?);
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .ok()
        }
        _ => None,
    }
}
