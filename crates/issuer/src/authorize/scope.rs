//! Which scopes a request asks for (RFC 6749 section 3.3).

pub(crate) use shukuba_model::scope::COMMON;
use shukuba_model::scope::OFFLINE_ACCESS;
use shukuba_model::{ApiIdentifier, Client, Scopes};
use shukuba_store::StoreError;

use crate::Issuer;
use crate::authorize::failure::{Code, Failure};
use crate::token::form::shortened;

/// The scopes asked for; all of the API's that the client may have when none
/// are named. `offline_access` alone names none: clients add it by themselves to
/// what the resource's metadata lists, be that nothing.
pub(crate) async fn choose(
    issuer: &Issuer,
    client: &Client,
    api: &ApiIdentifier,
    asked: Option<&str>,
) -> Result<Scopes, Failure> {
    let invalid = |text: String| Failure::new(Code::InvalidScope, text);
    let available = available(issuer, client, api).await?;
    let asked: Scopes = asked
        .unwrap_or_default()
        .parse()
        .map_err(|error: shukuba_model::NameError| invalid(format!("{error}.")))?;
    if asked.iter().all(|scope| scope == OFFLINE_ACCESS) {
        return Ok(available.union(&asked));
    }
    let unknown = asked
        .iter()
        .find(|scope| !COMMON.contains(scope) && !available.contains(scope));
    match unknown {
        None => Ok(asked),
        Some(unknown) => {
            let known: Vec<&str> = COMMON
                .into_iter()
                .chain(available.iter())
                .take(20)
                .collect();
            Err(invalid(format!(
                "The scope '{}' is unknown, or not this client's to ask for. Known here: {}.",
                shortened(unknown),
                shortened_list(&known)
            )))
        }
    }
}

/// The API's scopes that the client may have.
pub(crate) async fn available(
    issuer: &Issuer,
    client: &Client,
    api: &ApiIdentifier,
) -> Result<Scopes, StoreError> {
    let scopes = issuer.0.store.api_scopes(api).await?;
    let all: Scopes = scopes
        .into_iter()
        .map(|scope| scope.name().to_owned())
        .collect();
    let given = client
        .apis
        .iter()
        .find(|given| given.identifier == *api)
        .and_then(|given| given.scopes.as_ref());
    Ok(match given {
        Some(given) => all.filtered(|scope| given.contains(scope)),
        None => all,
    })
}

/// Each scope with what the API says of it; pages have their own words for the
/// common ones.
pub(crate) async fn described(
    issuer: &Issuer,
    api: &ApiIdentifier,
    scopes: &Scopes,
) -> Result<Vec<(String, String)>, StoreError> {
    let known = issuer.0.store.api_scopes(api).await?;
    let words = |scope: &str| {
        let mut known = known.iter();
        known
            .find(|known| known.name() == scope)
            .map(|known| known.description().to_owned())
            .unwrap_or_default()
    };
    Ok(scopes
        .iter()
        .map(|scope| (scope.to_owned(), words(scope)))
        .collect())
}

fn shortened_list(scopes: &[&str]) -> String {
    let shown: Vec<String> = scopes.iter().map(|scope| shortened(scope)).collect();
    shown.join(", ")
}
