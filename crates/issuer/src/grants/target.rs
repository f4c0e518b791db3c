//! What a token is for: an API, named by its identifier or by the address of
//! a runtime that asks for its tokens.

use shukuba_model::{ApiIdentifier, Client};
use shukuba_store::{Api, Store, StoreError};

use crate::oauth_error::OAuthError;
use crate::token::form::shortened;
use crate::{MintError, Resources};

/// What a request names: `audience` (Auth0's word) and `resource` (RFC 8707)
/// mean the same.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) audience: Option<&'a str>,
    pub(crate) resource: Option<&'a str>,
}

/// An API the application may get a token for.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) api: Api,
    /// The runtime's address, when the API was named by it; the token's `aud`
    /// then holds both.
    pub(crate) address: Option<String>,
}

/// Why there is no target.
#[derive(Debug)]
pub(crate) enum TargetError {
    /// One paragraph for whoever asked, who has proven to be the application.
    Refused(String),
    Store(StoreError),
}

impl From<StoreError> for TargetError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<TargetError> for OAuthError {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::Refused(reason) => Self::InvalidTarget(reason),
            TargetError::Store(error) => error.into(),
        }
    }
}

impl From<TargetError> for MintError {
    fn from(error: TargetError) -> Self {
        match error {
            TargetError::Refused(reason) => Self::Target { reason },
            TargetError::Store(error) => Self::Store(error),
        }
    }
}

/// A value that was asked for, and the API it means.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    identifier: String,
    address: Option<String>,
}

/// Decides which API the token is for; the application's default when the
/// request names none.
pub(crate) async fn choose(
    store: &Store,
    resources: &dyn Resources,
    client: &Client,
    asked: Asked<'_>,
) -> Result<Target, TargetError> {
    let Some(named) = named(resources, client, asked)? else {
        let default = default_api(client)?;
        return found(store, client, default, None).await;
    };
    let allowed = client
        .apis
        .iter()
        .map(|api| &api.identifier)
        .find(|api| api.as_str() == named.identifier);
    match allowed {
        Some(identifier) => found(store, client, identifier, named.address).await,
        None => Err(refusal(store, client, &named).await),
    }
}

fn named(
    resources: &dyn Resources,
    client: &Client,
    asked: Asked<'_>,
) -> Result<Option<Named>, TargetError> {
    let meaning = |value: &str| meaning(resources, client, value);
    match (asked.audience.map(meaning), asked.resource.map(meaning)) {
        (Some(audience), Some(resource)) if audience.identifier != resource.identifier => {
            Err(TargetError::Refused(format!(
                "audience ('{}') and resource ('{}') mean the same here, and name two different APIs: send one of them.",
                shortened(asked.audience.unwrap_or_default()),
                shortened(asked.resource.unwrap_or_default()),
            )))
        }
        (Some(audience), Some(resource)) => Ok(Some(Named {
            address: resource.address.or(audience.address),
            ..audience
        })),
        (audience, resource) => Ok(audience.or(resource)),
    }
}

/// The identifier of an API is taken byte for byte; only what is none of the
/// application's is looked up as an address.
fn meaning(resources: &dyn Resources, client: &Client, value: &str) -> Named {
    let own = client
        .apis
        .iter()
        .any(|api| api.identifier.as_str() == value);
    let by_address = if own { None } else { resources.api_at(value) };
    match by_address {
        Some(api) if api.as_str() != value => Named {
            identifier: api.into(),
            address: Some(value.to_owned()),
        },
        _ => Named {
            identifier: value.to_owned(),
            address: None,
        },
    }
}

fn default_api(client: &Client) -> Result<&ApiIdentifier, TargetError> {
    client.apis.first().map(|api| &api.identifier).ok_or_else(|| {
        TargetError::Refused(format!(
            "No audience was asked for, and the application '{}' has no default: it may use no API.",
            client.name
        ))
    })
}

async fn found(
    store: &Store,
    client: &Client,
    identifier: &ApiIdentifier,
    address: Option<String>,
) -> Result<Target, TargetError> {
    match store.api(identifier).await? {
        Some(api) => Ok(Target { api, address }),
        None => {
            let named = Named {
                identifier: identifier.as_str().to_owned(),
                address,
            };
            Err(refusal(store, client, &named).await)
        }
    }
}

/// Says why the named API is out of reach and what is within it.
async fn refusal(store: &Store, client: &Client, named: &Named) -> TargetError {
    let apis = match store.apis().await {
        Ok(apis) => apis,
        Err(error) => return TargetError::Store(error),
    };
    let asked = &named.identifier;
    let registered = apis.iter().any(|api| api.identifier.as_str() == asked);
    let slash = client
        .apis
        .iter()
        .map(|api| &api.identifier)
        .chain(apis.iter().map(|api| &api.identifier))
        .find(|api| differ_by_slash(api.as_str(), asked));
    let shown = shortened(asked);
    let mut text = match &named.address {
        Some(address) => format!(
            "The runtime at '{}' asks for tokens of the API '{shown}'. ",
            shortened(address)
        ),
        None => String::new(),
    };
    text.push_str(&match (registered, slash) {
        (true, _) => format!(
            "The application '{}' may not get tokens for the API '{shown}'.",
            client.name
        ),
        (false, Some(_)) => format!("There is no API '{shown}'."),
        (false, None) => format!(
            "There is no API '{shown}'; 'shukuba api create' registers one, and identifiers are compared byte for byte."
        ),
    });
    if let Some(other) = slash {
        text.push_str(&format!(
            " There is '{other}': a slash at the end makes it another API. Ask for the one that is meant."
        ));
    }
    text.push_str(&within_reach(client));
    TargetError::Refused(text)
}

fn within_reach(client: &Client) -> String {
    let apis: Vec<String> = client
        .apis
        .iter()
        .take(8)
        .map(|api| format!("'{}'", shortened(api.identifier.as_str())))
        .collect();
    match apis.len() {
        0 => format!(" The application '{}' has no API.", client.name),
        _ => format!(
            " The application '{}' may get tokens for: {}.",
            client.name,
            apis.join(", ")
        ),
    }
}

fn differ_by_slash(one: &str, other: &str) -> bool {
    one.strip_suffix('/') == Some(other) || other.strip_suffix('/') == Some(one)
}
