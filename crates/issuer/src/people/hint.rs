//! `id_token_hint`: an ID token of ours that says who a client believes is
//! logged in (OpenID Connect RP-Initiated Logout section 2).

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use shukuba_model::jose::OwnIssuer;

/// The longest hint that is read, in bytes.
const LONGEST: usize = 8192;

/// What a proven hint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hint {
    /// Who logged in.
    pub(super) subject: String,
    /// The client it was given to.
    pub(super) client_id: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    /// Access tokens of people have one, ID tokens none.
    grant_id: Option<serde::de::IgnoredAny>,
}

/// Reads a hint. Its age does not matter: logins end long after their tokens.
pub(super) fn read(own: &OwnIssuer, hint: &str) -> Option<Hint> {
    if hint.len() > LONGEST {
        return None;
    }
    let (signed, signature) = hint.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
    if header.alg != "RS256" {
        return None;
    }
    let key = own
        .keys
        .keys
        .iter()
        .find(|key| key.kid.as_deref() == Some(&header.kid) && key.kty == "RSA")?;
    RsaPublicKeyComponents {
        n: decode(key.n.as_deref()?)?,
        e: decode(key.e.as_deref()?)?,
    }
    .verify(
        &RSA_PKCS1_2048_8192_SHA256,
        signed.as_bytes(),
        &decode(signature)?,
    )
    .ok()?;
    let claims: Claims = serde_json::from_slice(&decode(claims)?).ok()?;
    (claims.iss == own.issuer && claims.grant_id.is_none()).then_some(Hint {
        subject: claims.sub,
        client_id: claims.aud,
    })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
