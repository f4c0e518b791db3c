//! `refresh_token` (RFC 6749 section 6): every use puts a successor in the
//! token's place. Within the grace window a token that was replaced gives the
//! same successor again, or the newest where that was used too, for answers that
//! were lost and for clients that share a login among processes; any later reuse
//! ends the login (RFC 9700 section 4.14.2).

use shukuba_model::{Client, NameError, Scopes};
use shukuba_store::{Grant, NewRefreshToken, Secret, StoredRefreshToken};

use crate::Issuer;
use crate::grants::Issued;
use crate::grants::person::{self, Person, Wanted};
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

/// Why the grant of a reused refresh token is revoked.
const REUSED: &str = "refresh token reused";

/// How many steps behind the newest token one may be and still give it.
/// Processes that share a login and renew before every request get this far
/// apart, and no further.
const MOST_STEPS: i64 = 16;

/// Where a refresh token stands in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The last one, not used yet.
    Fresh,
    /// Just replaced; the newest is that many steps ahead.
    JustReplaced(i64),
    /// Used long ago, or too far back.
    Reused,
    /// Over for everyone: the sentence says why.
    Over(&'static str),
}

pub(crate) async fn issue(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<Issued, OAuthError> {
    let presented = Secret::presented(form.required("refresh_token")?);
    let now = issuer.0.clock.now();
    // A second look when another request used the token between the two steps.
    for _ in 0..2 {
        let stored = find(issuer, client, &presented).await?;
        let standing = standing(&stored, issuer.0.settings.lifetimes.refresh_grace, now);
        match standing {
            Standing::Over(why) => return Err(OAuthError::grant(why)),
            Standing::Reused => return Err(reused(issuer, &stored.grant).await?),
            Standing::Fresh | Standing::JustReplaced(_) => {}
        }
        let scope = scope(&stored.grant, form)?;
        let person = Person::of(issuer, client, &stored.grant, form).await?;
        let successor = NewRefreshToken {
            token: newest(issuer, &presented, standing),
            expires_at: person::refresh_end(issuer, &stored.grant, now),
        };
        if standing == Standing::Fresh {
            let rotated = issuer
                .0
                .store
                .rotate_refresh_token(&presented, &successor, now);
            if !rotated.await? {
                continue;
            }
        }
        let wanted = Wanted {
            client,
            grant: &stored.grant,
            person: &person,
            scope: &scope,
            nonce: None,
            refresh_token: Some(&successor.token),
        };
        return person::issued(issuer, &wanted, now);
    }
    Err(unknown())
}

async fn find(
    issuer: &Issuer,
    client: &Client,
    presented: &Secret,
) -> Result<StoredRefreshToken, OAuthError> {
    let stored = issuer.0.store.refresh_token(presented).await?;
    stored
        .filter(|stored| stored.grant.client_id == client.id)
        .ok_or_else(unknown)
}

fn standing(stored: &StoredRefreshToken, grace: i64, now: i64) -> Standing {
    if stored.grant.revoked_at.is_some() {
        return Standing::Over("This login was taken back: log in again.");
    }
    if now >= stored.grant.expires_at {
        return Standing::Over("This login has reached its longest life: log in again.");
    }
    let behind = stored.newest_generation.saturating_sub(stored.generation);
    match stored.consumed_at {
        None if now >= stored.expires_at => {
            Standing::Over("This login was not used for too long: log in again.")
        }
        None => Standing::Fresh,
        Some(used) if behind <= MOST_STEPS && now.saturating_sub(used) <= grace => {
            Standing::JustReplaced(behind)
        }
        Some(_) => Standing::Reused,
    }
}

/// The token to answer with: the successor of a fresh one, else the newest of
/// the chain. Each is derived from the one it follows, so that nobody needs to
/// keep it in clear to give it again.
fn newest(issuer: &Issuer, token: &Secret, standing: Standing) -> Secret {
    let steps = match standing {
        Standing::JustReplaced(behind) => behind,
        Standing::Fresh | Standing::Reused | Standing::Over(_) => 1,
    };
    (0..steps).fold(token.clone(), |token, _| {
        let derived = issuer.0.store.derive("refresh", token.reveal());
        Secret::presented(&format!("skr_{}", derived.reveal()))
    })
}

/// The scopes of the new access token: all of the grant's, or fewer. Asking
/// for `offline_access` changes nothing, so it is not held against a client.
fn scope(grant: &Grant, form: &Form) -> Result<Scopes, OAuthError> {
    let asked: Scopes = form
        .get("scope")
        .unwrap_or_default()
        .parse()
        .map_err(|error: NameError| OAuthError::InvalidScope(format!("{error}.")))?;
    let asked = asked.filtered(|scope| scope != "offline_access" || grant.scope.contains(scope));
    if asked.is_empty() {
        return Ok(grant.scope.clone());
    }
    if asked.is_within(&grant.scope) {
        return Ok(asked);
    }
    let beyond = asked.filtered(|scope| !grant.scope.contains(scope));
    Err(OAuthError::InvalidScope(format!(
        "'{}' was not allowed at the login, which is for: {}. Log in again to ask for more.",
        shortened(&beyond.to_string()),
        shortened(&grant.scope.to_string())
    )))
}

async fn reused(issuer: &Issuer, grant: &Grant) -> Result<OAuthError, OAuthError> {
    issuer.revoke_grant(&grant.id, REUSED).await?;
    tracing::warn!(client_id = %grant.client_id, grant_id = grant.id, "a refresh token was used again");
    Ok(OAuthError::grant(
        "The refresh token was used before. This login has been taken back, since a token that comes twice may be stolen: log in again.",
    ))
}

fn unknown() -> OAuthError {
    OAuthError::grant("The refresh token is unknown, or was given to another client. Log in again.")
}
