//! ID tokens (OpenID Connect Core sections 2 and 3.1.3.6): who logged in, for
//! the client itself. RS256, which every client knows.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use shukuba_model::{ClientId, Scopes, SigningAlgorithm};
use shukuba_store::User;

use crate::MintError;
use crate::keys::KeyRing;
use crate::tokens::mint;

/// What an ID token is made from beside keys and time.
#[derive(Clone, Copy)]
pub(crate) struct IdToken<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a ClientId,
    pub(crate) user: &'a User,
    pub(crate) scope: &'a Scopes,
    /// When the person last proved who they are, seconds since 1970.
    pub(crate) auth_time: i64,
    /// Of the authorization request; none after a refresh (section 12.2).
    pub(crate) nonce: Option<&'a str>,
    /// The access token that comes with it.
    pub(crate) access_token: &'a str,
    /// In seconds.
    pub(crate) lifetime: i64,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    azp: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    at_hash: String,
    #[serde(flatten)]
    person: PersonClaims<'a>,
}

/// What a client learns of a person beside the id, by scope (section 5.4).
#[derive(Serialize)]
pub(crate) struct PersonClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl<'a> PersonClaims<'a> {
    /// What `scope` lets a client know of `user`.
    pub(crate) fn of(user: &'a User, scope: &Scopes) -> Self {
        let profile = scope.contains("profile");
        let email = user.email.as_deref().filter(|_| scope.contains("email"));
        Self {
            preferred_username: profile.then(|| user.name.as_str()),
            name: profile.then_some(user.display_name.as_str()),
            email,
        }
    }
}

/// A signed ID token; `now` is seconds since 1970.
pub(crate) fn id_token(keys: &KeyRing, wanted: IdToken<'_>, now: i64) -> Result<String, MintError> {
    let client_id = wanted.client_id.as_str();
    let claims = Claims {
        iss: wanted.issuer,
        sub: wanted.user.id.as_str(),
        aud: client_id,
        azp: client_id,
        iat: now,
        exp: now.saturating_add(wanted.lifetime),
        auth_time: wanted.auth_time,
        nonce: wanted.nonce,
        at_hash: at_hash(wanted.access_token),
        person: PersonClaims::of(wanted.user, wanted.scope),
    };
    mint::sign(keys, SigningAlgorithm::Rs256, "JWT", &claims)
}

/// The left half of the hash of the access token (section 3.1.3.6); SHA-256
/// since the ID token is signed with RS256.
fn at_hash(access_token: &str) -> String {
    let hash = digest(&SHA256, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_hash_is_that_of_openid_connect_core_appendix_a_3() {
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(at_hash(token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
