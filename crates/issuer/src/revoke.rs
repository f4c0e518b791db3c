//! Token revocation (RFC 7009): a client gives back what it holds.

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use http::StatusCode;
use shukuba_model::Client;
use shukuba_store::Secret;

use crate::oauth_error::OAuthError;
use crate::token::form::Form;
use crate::token::{client_auth, endpoint, request};
use crate::tokens::own::OwnToken;
use crate::{Issuer, people};

pub(crate) const PATH: &str = "/oauth/revoke";

/// Why a grant is revoked whose client gave its refresh token back.
const GIVEN_BACK: &str = "revoked by its client";

pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    let methods = post(revoke)
        .options(endpoint::preflight)
        .fallback(endpoint::method_not_allowed);
    vec![(PATH, methods)]
}

async fn revoke(State(issuer): State<Issuer>, request: Request) -> Response {
    endpoint::finished(answer(&issuer, request).await.map(|()| StatusCode::OK))
}

async fn answer(issuer: &Issuer, request: Request) -> Result<(), OAuthError> {
    let address = people::address(request.extensions());
    let (headers, form) = request::posted(request).await?;
    let client = client_auth::authenticate(issuer, &headers, &form, &address).await?;
    let token = token(&form)?;
    // The hint is only one (RFC 7009 section 2.1): the token says what it is.
    match issuer
        .0
        .store
        .refresh_token(&Secret::presented(token))
        .await?
    {
        Some(stored) => {
            own(&client, stored.grant.client_id.as_str())?;
            issuer.revoke_grant(&stored.grant.id, GIVEN_BACK).await?;
            Ok(())
        }
        None => revoke_access_token(issuer, &client, token).await,
    }
}

/// A token that is unknown or over is as good as revoked (RFC 7009 section 2.2).
async fn revoke_access_token(
    issuer: &Issuer,
    client: &Client,
    token: &str,
) -> Result<(), OAuthError> {
    let now = issuer.0.clock.now();
    let own_issuer = issuer.0.own.load_full();
    let Some(token) = OwnToken::live(&own_issuer, token, now) else {
        return Ok(());
    };
    own(client, token.client())?;
    match (token.jti, token.grant_id) {
        (Some(jti), _) => issuer.revoke_access_token(jti, token.exp).await?,
        (None, Some(grant_id)) => drop(issuer.revoke_grant(&grant_id, GIVEN_BACK).await?),
        (None, None) => {
            return Err(OAuthError::UnsupportedTokenType(
                "A token of the profile auth0 that an application got for itself has no id (jti) to be taken back by: let it expire, or give its API the profile rfc9068 or both.".to_owned(),
            ));
        }
    }
    Ok(())
}

pub(crate) fn token(form: &Form) -> Result<&str, OAuthError> {
    form.required("token")
}

fn own(client: &Client, owner: &str) -> Result<(), OAuthError> {
    if client.id.as_str() == owner {
        return Ok(());
    }
    Err(OAuthError::grant(
        "The token was given to another client, which alone may take it back (RFC 7009 section 2.1).",
    ))
}
