//! What the grants of a person share: who the person is now, where their
//! tokens are good, and the tokens themselves.

use shukuba_model::scope::COMMON;
use shukuba_model::{ApiIdentifier, ApiScope, Client, GrantType, Scopes};
use shukuba_store::{Api, FirstTokens, Grant, NewRefreshToken, Secret, User};

use crate::Issuer;
use crate::authorize::target;
use crate::grants::Issued;
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};
use crate::tokens::id_token::{self, IdToken};
use crate::tokens::mint::{self, AccessToken};
use crate::tokens::profile::Owner;

/// Everything that must be there before anything is consumed.
pub(crate) struct Person {
    user: User,
    api: Api,
    /// The runtime's address that the access token names beside the API.
    address: Option<String>,
}

/// What a person's client gets at one request.
pub(crate) struct Wanted<'a> {
    pub(crate) client: &'a Client,
    pub(crate) grant: &'a Grant,
    pub(crate) person: &'a Person,
    pub(crate) scope: &'a Scopes,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) refresh_token: Option<&'a Secret>,
}

impl Person {
    /// The person behind a grant of that client, and what the request is for
    /// within it. Nothing is consumed by asking.
    pub(crate) async fn of(
        issuer: &Issuer,
        client: &Client,
        grant: &Grant,
        form: &Form,
    ) -> Result<Self, OAuthError> {
        let address = address(issuer, grant, form)?;
        let store = &issuer.0.store;
        let user = store
            .user(&grant.user_id)
            .await?
            .filter(|user| !user.disabled)
            .ok_or_else(|| {
                OAuthError::grant(
                    "The person who allowed this can no longer log in here; ask the operator of this server.",
                )
            })?;
        let api = store.api(&grant.api).await?.ok_or_else(|| {
            OAuthError::grant(format!(
                "The API '{}' of this login was removed: log in again.",
                grant.api
            ))
        })?;
        still_given(issuer, client, &grant.api)?;
        Ok(Self { user, api, address })
    }

    /// Those of the allowed scopes that the API still has: one that its owner
    /// took away allows nothing from then on.
    fn current(&self, allowed: &Scopes) -> Scopes {
        let known = |scope: &str| {
            let mut own = self.api.scopes.iter().map(ApiScope::name);
            COMMON.contains(&scope) || own.any(|name| name == scope)
        };
        allowed.filtered(known)
    }
}

/// What a grant gives first: a refresh token to a client that may use one,
/// whatever scopes it asked for.
pub(crate) fn first_tokens(
    issuer: &Issuer,
    client: &Client,
    grant: &Grant,
    person: &Person,
    now: i64,
) -> FirstTokens {
    let refresh = client
        .may_use(GrantType::RefreshToken)
        .then(|| NewRefreshToken {
            token: Secret::generate("skr_"),
            expires_at: refresh_end(issuer, grant, now),
        });
    let lifetime = person.api.token_lifetime.seconds();
    FirstTokens {
        live_until: refresh.as_ref().map_or_else(
            || now.saturating_add_unsigned(lifetime),
            |refresh| refresh.expires_at,
        ),
        refresh,
    }
}

/// When a refresh token that is issued now ends unless it is used.
pub(crate) fn refresh_end(issuer: &Issuer, grant: &Grant, now: i64) -> i64 {
    let idle = issuer.0.settings.lifetimes.refresh_idle;
    grant.expires_at.min(now.saturating_add(idle))
}

/// The tokens of a grant; `now` is seconds since 1970.
pub(crate) fn issued(issuer: &Issuer, wanted: &Wanted<'_>, now: i64) -> Result<Issued, OAuthError> {
    let inner = &*issuer.0;
    let Person { user, api, address } = wanted.person;
    let keys = inner.keys.load();
    let scope = wanted.person.current(wanted.scope);
    let mut access = mint::access_token(
        &keys,
        AccessToken {
            issuer: &inner.settings.issuer,
            client_id: &wanted.client.id,
            owner: Owner::Person {
                user,
                grant_id: &wanted.grant.id,
            },
            api,
            address: address.as_deref(),
            scope: &scope,
        },
        now,
    )?;
    // Said even where it is empty: a client that asked for more must learn it
    // (RFC 6749 section 5.1).
    access.scope = Some(scope.to_string());
    let id_token = IdToken {
        issuer: &inner.settings.issuer,
        client_id: &wanted.client.id,
        user,
        scope: &scope,
        auth_time: wanted.grant.auth_time,
        nonce: wanted.nonce,
        access_token: &access.access_token,
        lifetime: inner.settings.lifetimes.id_token,
    };
    let id_token = scope
        .contains("openid")
        .then(|| id_token::id_token(&keys, id_token, now))
        .transpose()?;
    Ok(Issued {
        id_token,
        refresh_token: wanted.refresh_token.map(|token| token.reveal().to_owned()),
        access,
        owner: user.id.to_string(),
        api: api.identifier.clone(),
    })
}

/// Refuses an API that was taken from a client of the operator's since the
/// login. Other clients were given none that could be taken: what they may ask
/// for is decided at the login.
fn still_given(issuer: &Issuer, client: &Client, api: &ApiIdentifier) -> Result<(), OAuthError> {
    if !client.is_verified() || target::may_ask(issuer, client, api) {
        return Ok(());
    }
    // Not invalid_target, at which clients give up: at this they ask again.
    Err(OAuthError::grant(format!(
        "The application '{}' may no longer get tokens for the API '{}' of this login: let the operator of this server give it back, or log in again for another one.",
        client.name,
        shortened(api.as_str())
    )))
}

/// The address that the token names beside the API: the one asked for now,
/// else the one of the login. Any other API is a foreign one (RFC 8707
/// section 2.2).
fn address(issuer: &Issuer, grant: &Grant, form: &Form) -> Result<Option<String>, OAuthError> {
    let mut address = grant.resource.clone();
    for value in form.all("resource").chain(form.get("audience")) {
        if !means(issuer, &grant.api, grant.resource.as_deref(), value) {
            return Err(OAuthError::InvalidTarget(format!(
                "This login is for the API '{}', and '{}' is none of its addresses: log in for that one, or leave resource out.",
                shortened(grant.api.as_str()),
                shortened(value)
            )));
        }
        if value != grant.api.as_str() {
            address = Some(value.to_owned());
        }
    }
    Ok(address)
}

/// Whether a value names the API: its identifier, the address of the login, or
/// any address of its runtime. An origin is the same with and without its slash.
fn means(issuer: &Issuer, api: &ApiIdentifier, resource: Option<&str>, value: &str) -> bool {
    let other = target::other_root(value);
    [Some(value), other.as_deref()]
        .into_iter()
        .flatten()
        .any(|spelling| {
            spelling == api.as_str()
                || Some(spelling) == resource
                || issuer.0.settings.resources.api_at(spelling).as_ref() == Some(api)
        })
}
