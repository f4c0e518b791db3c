//! What a device asks a person for: an API and scopes of it.

use shukuba_model::{ApiIdentifier, Client, NameError, Scopes};

use crate::Issuer;
use crate::grants::client_credentials::granted;
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

/// Scopes that any API has: OpenID Connect's, and `offline_access`, which
/// changes nothing here.
const COMMON: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// An API, the address it was named by, and scopes.
pub(crate) struct Wanted {
    pub(crate) api: ApiIdentifier,
    pub(crate) resource: Option<String>,
    pub(crate) scope: Scopes,
}

/// Reads `resource`, `audience` and `scope`; the client's first API, else the
/// server's default, and all its scopes where none are named.
pub(crate) async fn choose(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<Wanted, OAuthError> {
    let (api, resource) = api(issuer, client, form)?;
    let given = client.apis.iter().any(|given| given.identifier == api);
    let reachable = given || issuer.0.settings.resources.runtime_of(&api).is_some();
    if !reachable || issuer.0.store.api(&api).await?.is_none() {
        return Err(OAuthError::InvalidTarget(format!(
            "People do not log in to the API '{}' at this server, or not with this client.",
            shortened(api.as_str())
        )));
    }
    let available = granted(issuer, client, &api).await?;
    let scope = scope(&available, form)?;
    Ok(Wanted {
        api,
        resource,
        scope,
    })
}

fn api(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<(ApiIdentifier, Option<String>), OAuthError> {
    let resources = &issuer.0.settings.resources;
    let mut chosen: Option<(ApiIdentifier, Option<String>)> = None;
    for value in form.all("resource").chain(form.get("audience")) {
        let identifier = value.parse::<ApiIdentifier>().ok();
        let by_name = identifier.filter(|api| {
            client.apis.iter().any(|given| given.identifier == *api)
                || resources.runtime_of(api).is_some()
        });
        let meant = match by_name {
            Some(api) => Some((api, None)),
            None => resources
                .api_at(value)
                .map(|api| (api, Some(value.to_owned()))),
        };
        let Some(meant) = meant else {
            return Err(OAuthError::InvalidTarget(format!(
                "'{}' is none of the resources people log in to at this server. Send the address of a runtime, or leave resource out.",
                shortened(value)
            )));
        };
        match &mut chosen {
            Some((api, _)) if *api != meant.0 => {
                return Err(OAuthError::InvalidTarget(
                    "resource and audience name two APIs; a token of this server is for one: ask for them one after the other.".to_owned(),
                ));
            }
            Some((_, resource)) => *resource = resource.take().or(meant.1),
            None => chosen = Some(meant),
        }
    }
    let first = || {
        client
            .apis
            .first()
            .map(|api| (api.identifier.clone(), None))
    };
    chosen
        .or_else(first)
        .or_else(|| Some((resources.default_api()?, None)))
        .ok_or_else(|| {
            OAuthError::InvalidTarget(
                "No resource was asked for, and people log in to none of this server's runtimes yet.".to_owned(),
            )
        })
}

fn scope(available: &Scopes, form: &Form) -> Result<Scopes, OAuthError> {
    let asked: Scopes = form
        .get("scope")
        .unwrap_or_default()
        .parse()
        .map_err(|error: NameError| OAuthError::InvalidScope(format!("{error}.")))?;
    if asked.is_empty() {
        return Ok(available.clone());
    }
    let unknown = asked.filtered(|scope| !COMMON.contains(&scope) && !available.contains(scope));
    if unknown.is_empty() {
        return Ok(asked);
    }
    Err(OAuthError::InvalidScope(format!(
        "'{}' is no scope of this API, or not this client's to ask for.",
        shortened(&unknown.to_string())
    )))
}
