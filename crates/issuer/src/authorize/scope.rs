//! Which scopes a request asks for (RFC 6749 section 3.3).

use shukuba_model::{ApiIdentifier, Client, Scopes};
use shukuba_store::StoreError;

use crate::Issuer;
use crate::authorize::failure::{Code, Failure};
use crate::pages::Language;
use crate::token::form::shortened;

/// Scopes every API has: those of OpenID Connect Core section 5.4, and
/// `offline_access` (section 11), which changes nothing here.
pub(crate) const COMMON: [&str; 4] = ["openid", "profile", "email", OFFLINE_ACCESS];
const OFFLINE_ACCESS: &str = "offline_access";

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
async fn available(
    issuer: &Issuer,
    client: &Client,
    api: &ApiIdentifier,
) -> Result<Scopes, StoreError> {
    let scopes = issuer.0.store.api_scopes(api).await?;
    let all: Scopes = scopes.into_iter().map(|scope| scope.name).collect();
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

/// Each scope with what it means to a person.
pub(crate) async fn in_words(
    issuer: &Issuer,
    api: &ApiIdentifier,
    scopes: &Scopes,
    language: Language,
) -> Result<Vec<(String, String)>, StoreError> {
    let described = issuer.0.store.api_scopes(api).await?;
    let words = |scope: &str| {
        described
            .iter()
            .find(|known| known.name == scope)
            .map(|known| known.description.clone())
            .unwrap_or_else(|| common_in_words(scope, language).to_owned())
    };
    Ok(scopes
        .iter()
        .map(|scope| (scope.to_owned(), words(scope)))
        .collect())
}

fn common_in_words(scope: &str, language: Language) -> &'static str {
    match (scope, language) {
        ("openid", Language::English) => "Know that it is you, by an id",
        ("openid", Language::Japanese) => "ID によって本人であることを知る",
        ("profile", Language::English) => "See your name",
        ("profile", Language::Japanese) => "あなたの名前を見る",
        ("email", Language::English) => "See your email address",
        ("email", Language::Japanese) => "あなたのメールアドレスを見る",
        ("offline_access", Language::English) => "Stay connected while you are away",
        ("offline_access", Language::Japanese) => "あなたがいない間も接続を保つ",
        _ => "",
    }
}

fn shortened_list(scopes: &[&str]) -> String {
    let shown: Vec<String> = scopes.iter().map(|scope| shortened(scope)).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_scope_has_words_in_both_languages() {
        for scope in COMMON {
            for language in [Language::English, Language::Japanese] {
                assert!(!common_in_words(scope, language).is_empty(), "{scope}");
            }
        }
    }
}
