//! Token introspection (RFC 7662): whoever holds a token of ours that is meant
//! for them learns whether it is good.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use serde::Serialize;
use shukuba_model::Client;
use shukuba_store::Secret;

use crate::oauth_error::OAuthError;
use crate::revoke::token;
use crate::token::{client_auth, endpoint, request};
use crate::tokens::own::{Audiences, OwnToken};
use crate::{Issuer, people};

pub(crate) const PATH: &str = "/oauth/introspect";

/// What is said of a token (RFC 7662 section 2.2). Of one that is not good, or
/// not the caller's to know, nothing but that.
#[derive(Default, Serialize)]
struct Introspection {
    active: bool,
    #[serde(flatten)]
    token: Option<Facts>,
}

#[derive(Serialize)]
struct Facts {
    token_type: &'static str,
    iss: String,
    sub: String,
    client_id: String,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audiences>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    let methods = post(introspect).fallback(endpoint::method_not_allowed_unshared);
    vec![(PATH, methods)]
}

async fn introspect(State(issuer): State<Issuer>, request: Request) -> Response {
    endpoint::unshared(answer(&issuer, request).await.map(Json))
}

async fn answer(issuer: &Issuer, request: Request) -> Result<Introspection, OAuthError> {
    let address = people::address(request.extensions());
    let (headers, form) = request::posted(request).await?;
    let client = client_auth::authenticate(issuer, &headers, &form, &address).await?;
    if client.is_public() {
        return Err(OAuthError::InvalidClient {
            description: "A client without a secret or a key proves nothing by its id, so it may not ask about tokens (RFC 7662 section 2.1).".to_owned(),
            basic: false,
        });
    }
    let token = token(&form)?;
    let facts = match access_token(issuer, &client, token) {
        Some(facts) => Some(facts),
        None => refresh_token(issuer, &client, token).await?,
    };
    Ok(Introspection {
        active: facts.is_some(),
        token: facts,
    })
}

/// A live access token: the caller's own, or one for an API of the caller's.
fn access_token(issuer: &Issuer, client: &Client, token: &str) -> Option<Facts> {
    let own = issuer.0.own.load_full();
    let token = OwnToken::live(&own, token, issuer.0.clock.now())?;
    let for_caller = token.client() == client.id.as_str()
        || client
            .apis
            .iter()
            .any(|api| token.aud.contains(api.identifier.as_str()));
    for_caller.then(|| Facts {
        token_type: "Bearer",
        client_id: token.client().to_owned(),
        iss: token.iss,
        sub: token.sub,
        iat: token.iat,
        exp: token.exp,
        aud: Some(token.aud),
        scope: token.scope,
        username: token.username,
        jti: token.jti,
    })
}

/// The caller's own refresh token, while it would be taken.
async fn refresh_token(
    issuer: &Issuer,
    client: &Client,
    token: &str,
) -> Result<Option<Facts>, OAuthError> {
    let now = issuer.0.clock.now();
    let stored = issuer
        .0
        .store
        .refresh_token(&Secret::presented(token))
        .await?;
    let live = stored.filter(|stored| {
        stored.grant.client_id == client.id
            && stored.grant.is_live(now)
            && stored.consumed_at.is_none()
            && now < stored.expires_at
    });
    Ok(live.map(|stored| Facts {
        token_type: "refresh_token",
        iss: issuer.0.settings.issuer.clone(),
        sub: stored.grant.user_id.to_string(),
        client_id: stored.grant.client_id.to_string(),
        iat: stored.created_at,
        exp: stored.expires_at,
        aud: None,
        scope: Some(stored.grant.scope.to_string()),
        username: None,
        jti: None,
    }))
}
