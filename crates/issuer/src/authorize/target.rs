//! What tokens are asked for: an API, named by `resource` (RFC 8707) or by
//! `audience`, Auth0's word for the same.

use serde::{Deserialize, Serialize};
use shukuba_model::{ApiIdentifier, Client};
use shukuba_store::StoreError;
use url::Url;

use crate::Issuer;
use crate::authorize::failure::{Code, Failure};
use crate::token::form::{Form, shortened};

/// An API that the client may ask a person for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    /// The API.
    pub(crate) api: ApiIdentifier,
    /// The runtime's address, when the API was named by it.
    pub(crate) resource: Option<String>,
    /// Whether the request named one, rather than to leave it to the server.
    #[serde(default)]
    pub(crate) named: bool,
}

/// Decides which API is asked for; the client's first, else the server's
/// default, when the request names none.
pub(crate) async fn choose(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<Target, Failure> {
    let mut chosen: Option<Target> = None;
    for value in form.all("resource") {
        require_absolute(value)?;
        agree(&mut chosen, meaning(issuer, client, value).await?, value)?;
    }
    if let Some(value) = form.get("audience") {
        agree(&mut chosen, meaning(issuer, client, value).await?, value)?;
    }
    match chosen {
        Some(target) => Ok(target),
        None => default(issuer, client).await,
    }
}

/// RFC 8707 section 2: an absolute URI without a fragment.
fn require_absolute(value: &str) -> Result<(), Failure> {
    if Url::parse(value).is_ok() && !value.contains('#') {
        return Ok(());
    }
    Err(invalid(format!(
        "The resource '{}' is not an absolute URI without a fragment (RFC 8707 section 2).",
        shortened(value)
    )))
}

/// A token is for one API, so all that was named must mean the same.
fn agree(chosen: &mut Option<Target>, found: Target, value: &str) -> Result<(), Failure> {
    match chosen {
        None => *chosen = Some(found),
        Some(first) if first.api == found.api => {
            if first.resource.is_none() {
                first.resource = found.resource;
            }
        }
        Some(first) => {
            return Err(invalid(format!(
                "'{}' and the other resource or audience of this request name two APIs ('{}' and '{}'); a token of this server is for one: ask for them one after the other.",
                shortened(value),
                shortened(found.api.as_str()),
                shortened(first.api.as_str()),
            )));
        }
    }
    Ok(())
}

/// The API that a value means: its identifier, or an address of its runtime.
/// An empty path and `/` are the same (RFC 3986 section 6.2.3), since SDKs add
/// the slash; all else is compared byte for byte.
async fn meaning(issuer: &Issuer, client: &Client, value: &str) -> Result<Target, Failure> {
    let spellings = [Some(value.to_owned()), other_root(value)];
    for spelling in spellings.iter().flatten() {
        if let Some(api) = reachable(issuer, client, spelling.parse().ok()).await? {
            return Ok(Target {
                api,
                resource: None,
                named: true,
            });
        }
    }
    for spelling in spellings.iter().flatten() {
        let named = issuer.0.settings.resources.api_at(spelling);
        if let Some(api) = reachable(issuer, client, named).await? {
            return Ok(Target {
                api,
                resource: Some(value.to_owned()),
                named: true,
            });
        }
    }
    Err(invalid(format!(
        "'{}' is none of the resources people log in to at this server. Send the address of a runtime as its resource metadata gives it, or leave resource out.",
        shortened(value)
    )))
}

async fn default(issuer: &Issuer, client: &Client) -> Result<Target, Failure> {
    let first = client.apis.first().map(|api| api.identifier.clone());
    let api = first.or_else(|| issuer.0.settings.resources.default_api());
    match reachable(issuer, client, api).await? {
        Some(api) => Ok(Target {
            api,
            resource: None,
            named: false,
        }),
        None => Err(invalid(
            "No resource was asked for, and this server has no default: people log in to none of its runtimes yet. Send resource, the address of a runtime, or let the operator turn login on with 'shukuba configure'.".to_owned(),
        )),
    }
}

/// The API, when it exists and either people log in to it or the operator gave
/// it to the client.
async fn reachable(
    issuer: &Issuer,
    client: &Client,
    api: Option<ApiIdentifier>,
) -> Result<Option<ApiIdentifier>, StoreError> {
    let Some(api) = api else {
        return Ok(None);
    };
    if !may_ask(issuer, client, &api) {
        return Ok(None);
    }
    Ok(issuer.0.store.api(&api).await?.map(|api| api.identifier))
}

/// Whether a client may ask a person for an API: people log in to it, or the
/// operator gave it to the client.
pub(crate) fn may_ask(issuer: &Issuer, client: &Client, api: &ApiIdentifier) -> bool {
    let given = client.apis.iter().any(|given| given.identifier == *api);
    given || issuer.0.settings.resources.runtime_of(api).is_some()
}

/// The other spelling of an origin: with its slash, or without.
pub(crate) fn other_root(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("://")?;
    match rest.split_once(['/', '?', '#']) {
        None => Some(format!("{value}/")),
        Some((_, "")) => value.strip_suffix('/').map(str::to_owned),
        Some(_) => None,
    }
}

fn invalid(description: String) -> Failure {
    Failure::new(Code::InvalidTarget, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a21_only_an_empty_path_has_another_spelling() {
        let other = |value| other_root(value);
        assert_eq!(other("https://h").as_deref(), Some("https://h/"));
        assert_eq!(other("https://h/").as_deref(), Some("https://h"));
        assert_eq!(other("https://h/a"), None);
        assert_eq!(other("https://h/a/"), None);
        assert_eq!(other("https://h?"), None);
        assert_eq!(other("name"), None);
    }
}
