//! A request that waits for its answer, bound to the browser that sent it.

use http::HeaderMap;
use shukuba_model::Client;
use shukuba_store::{NewAuthorizationRequest, Secret};

use crate::authorize::problem::Problem;
use crate::authorize::request::AuthorizationRequest;
use crate::people::browser::{self, Browser};
use crate::{Issuer, clients};

/// A request that waits.
#[derive(Debug)]
pub(crate) struct Pending {
    /// Its random id, as addresses and forms carry it.
    pub(crate) id: Secret,
    /// The browser that sent it, and sends now.
    pub(crate) browser: Browser,
    /// The client as it is now.
    pub(crate) client: Client,
    /// What was asked.
    pub(crate) request: AuthorizationRequest,
    /// When it came, seconds since 1970.
    pub(crate) created_at: i64,
}

/// Keeps a request until it is answered or expires.
pub(crate) async fn keep(
    issuer: &Issuer,
    browser: Browser,
    client: Client,
    request: AuthorizationRequest,
) -> Result<Pending, Problem> {
    let created_at = issuer.0.clock.now();
    let text = request.to_json().map_err(|error| {
        tracing::error!(%error, "an authorization request cannot be written as JSON");
        Problem::Server
    })?;
    let pending = Pending {
        id: Secret::generate("skq_"),
        browser,
        client,
        request,
        created_at,
    };
    issuer
        .0
        .store
        .create_authorization_request(&NewAuthorizationRequest {
            id: &pending.id,
            browser: &pending.browser.id,
            request: &text,
            created_at,
            expires_at: created_at.saturating_add(issuer.0.settings.lifetimes.request),
        })
        .await?;
    Ok(pending)
}

/// The waiting request of that id, for the browser that sent it only.
///
/// The client is looked up anew: it may have been deleted, or may have given up
/// the redirect URI, since.
pub(crate) async fn load(
    issuer: &Issuer,
    headers: &HeaderMap,
    id: &str,
) -> Result<Pending, Problem> {
    let id = Secret::presented(id);
    let browser = browser::of(issuer, headers);
    let stored = issuer
        .0
        .store
        .authorization_request(&id, issuer.0.clock.now())
        .await?
        .ok_or(Problem::Gone)?;
    if !stored.belongs_to(&browser.id) {
        return Err(Problem::OtherBrowser);
    }
    if stored.answered {
        return Err(Problem::Answered);
    }
    // Written by an earlier version of this program, which asks differently.
    let request = AuthorizationRequest::from_json(&stored.request).ok_or(Problem::Gone)?;
    let client = clients::find(issuer, request.client_id.as_str()).await?;
    let redirect_uri = request.back.redirect_uri.as_str();
    if !client
        .redirect_uris
        .iter()
        .any(|uri| uri.matches(redirect_uri))
    {
        return Err(Problem::RedirectUnknown(redirect_uri.to_owned()));
    }
    Ok(Pending {
        id,
        browser,
        client,
        request,
        created_at: stored.created_at,
    })
}

impl Pending {
    /// Marks it as answered, which works once.
    pub(crate) async fn answer(&self, issuer: &Issuer) -> Result<(), Problem> {
        let now = issuer.0.clock.now();
        let answered = issuer
            .0
            .store
            .answer_authorization_request(&self.id, &self.browser.id, now)
            .await?;
        if answered {
            Ok(())
        } else {
            Err(Problem::Answered)
        }
    }
}
