//! Consent: asked once per person, client, browser and everything the page says.

use shukuba_model::{Client, ClientSource, RawUrl, RedirectUri};
use shukuba_store::{Consent, StoreError};
use url::Url;

use crate::Issuer;
use crate::authorize::pending::Pending;
use crate::authorize::request::AuthorizationRequest;
use crate::authorize::scope;
use crate::pages::{ConsentPage, NotAllowedPage};
use crate::people::browser::{csrf_token, has_csrf_token};
use crate::people::session::LoggedIn;

/// Whether the person allowed just this before.
pub(crate) async fn was_given(
    issuer: &Issuer,
    pending: &Pending,
    who: &LoggedIn,
) -> Result<bool, StoreError> {
    let what = what(&pending.client, &pending.request);
    issuer
        .0
        .store
        .has_consent(consent(pending, who, &what))
        .await
}

/// Remembers that the person allowed it.
pub(crate) async fn remember(
    issuer: &Issuer,
    pending: &Pending,
    who: &LoggedIn,
) -> Result<(), StoreError> {
    let what = what(&pending.client, &pending.request);
    let now = issuer.0.clock.now();
    issuer
        .0
        .store
        .remember_consent(consent(pending, who, &what), now)
        .await
}

/// Whether a form that answers the request is one that this person was shown in
/// this browser.
pub(crate) fn is_our_form(
    issuer: &Issuer,
    pending: &Pending,
    who: &LoggedIn,
    csrf: Option<&str>,
) -> bool {
    let subject = form_subject(pending, who);
    has_csrf_token(issuer, &pending.browser, &subject, csrf.unwrap_or_default())
}

fn form_token(issuer: &Issuer, pending: &Pending, who: &LoggedIn) -> String {
    let subject = form_subject(pending, who);
    csrf_token(issuer, &pending.browser, &subject)
        .reveal()
        .to_owned()
}

/// A form dies when somebody else logs in, who did not see that page.
fn form_subject(pending: &Pending, who: &LoggedIn) -> String {
    format!("consent\0{}\0{}", pending.id.reveal(), who.user.id)
}

/// What the consent page says.
pub(crate) async fn page(
    issuer: &Issuer,
    pending: &Pending,
    who: &LoggedIn,
) -> Result<ConsentPage, StoreError> {
    let request = &pending.request;
    let client = &pending.client;
    let redirect_uri = &request.back.redirect_uri;
    let (runtime, address) = runtime(issuer, pending).await?;
    Ok(ConsentPage {
        request: pending.id.reveal().to_owned(),
        csrf: form_token(issuer, pending, who),
        username: who.user.name.to_string(),
        client_name: client.name.clone(),
        client_host: client_host(client),
        by_document: client.source == ClientSource::Document,
        verified: client.is_verified(),
        redirect_host: redirect_uri.host_label(),
        loopback: redirect_uri.is_loopback(),
        runtime,
        address,
        scopes: scope::described(issuer, &request.target.api, &request.scope).await?,
    })
}

/// What the page says to a person whom the operator does not let in.
pub(crate) async fn not_allowed_page(
    issuer: &Issuer,
    pending: &Pending,
    who: &LoggedIn,
) -> Result<NotAllowedPage, StoreError> {
    let (runtime, _) = runtime(issuer, pending).await?;
    Ok(NotAllowedPage {
        request: pending.id.reveal().to_owned(),
        csrf: form_token(issuer, pending, who),
        username: who.user.name.to_string(),
        client_name: pending.client.name.clone(),
        runtime,
    })
}

/// Name and address of the runtime; of the API where it has no runtime.
async fn runtime(issuer: &Issuer, pending: &Pending) -> Result<(String, String), StoreError> {
    let identifier = &pending.request.target.api;
    if let Some(runtime) = issuer.0.settings.resources.runtime_of(identifier) {
        return Ok((runtime.name, runtime.address));
    }
    let api = issuer.0.store.api(identifier).await?;
    let name = api.map_or_else(|| identifier.to_string(), |api| api.name);
    Ok((name, identifier.to_string()))
}

/// The host of the client's document, else of its home page.
fn client_host(client: &Client) -> Option<String> {
    let host = |text: &str| {
        let url = Url::parse(text).ok()?;
        let web = matches!(url.scheme(), "http" | "https");
        url.host_str().filter(|_| web).map(str::to_owned)
    };
    host(client.id.as_str()).or_else(|| client.metadata.client_uri.as_deref().and_then(host))
}

fn consent<'a>(pending: &'a Pending, who: &'a LoggedIn, what: &'a str) -> Consent<'a> {
    Consent {
        user_id: &who.user.id,
        client_id: &pending.client.id,
        browser: &pending.browser.id,
        what,
    }
}

/// All that a consent covers: where the answer goes, to what, and what the
/// client says of itself. Any change asks again.
fn what(client: &Client, request: &AuthorizationRequest) -> String {
    let mut scopes: Vec<&str> = request.scope.iter().collect();
    scopes.sort_unstable();
    serde_json::json!([
        without_loopback_port(&request.back.redirect_uri),
        request.target.api,
        scopes,
        client.name,
        client.redirect_uris,
        client.jwks,
        client.jwks_uri,
        client.metadata.fingerprint,
    ])
    .to_string()
}

/// An installed client takes another port each time (RFC 8252 section 7.3).
fn without_loopback_port(uri: &RedirectUri) -> String {
    match RawUrl::split(uri.as_str()) {
        Ok(url) if url.scheme == "http" && uri.is_loopback() => {
            format!("{}://{}{}", url.scheme, url.host, url.rest)
        }
        _ => uri.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use shukuba_model::jose::JwkSet;
    use shukuba_model::{ApplicationKind, AuthMethod, ClientMetadata, GrantType};

    use super::*;
    use crate::authorize::request::{Back, Prompt};
    use crate::authorize::target::Target;

    fn client() -> Client {
        Client {
            id: "client".parse().unwrap(),
            name: "a name".to_owned(),
            source: ClientSource::Document,
            kind: ApplicationKind::Connector,
            auth_method: AuthMethod::None,
            grant_types: vec![GrantType::AuthorizationCode],
            redirect_uris: vec!["https://c.example/cb".parse().unwrap()],
            apis: Vec::new(),
            jwks: None,
            jwks_uri: None,
            metadata: ClientMetadata::default(),
            created_at: 1,
            last_used_at: None,
        }
    }

    fn request() -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: "client".parse().unwrap(),
            back: Back {
                redirect_uri: "https://c.example/cb".parse().unwrap(),
                state: None,
            },
            challenge: "a".repeat(43),
            nonce: None,
            scope: "a b".parse().unwrap(),
            target: Target {
                named: true,
                api: "https://api.example/".parse().unwrap(),
                resource: None,
            },
            prompt: Prompt::default(),
            max_age: None,
            login_hint: None,
            login_before: None,
        }
    }

    #[test]
    fn c17_a_client_that_says_something_else_of_itself_is_asked_about_again() {
        let known = what(&client(), &request());
        let fingerprint = |text: &str| ClientMetadata {
            fingerprint: Some(text.to_owned()),
            ..ClientMetadata::default()
        };
        for changed in [
            Client {
                name: "another name".to_owned(),
                ..client()
            },
            Client {
                redirect_uris: vec!["https://c.example/other".parse().unwrap()],
                ..client()
            },
            Client {
                jwks: Some(JwkSet { keys: Vec::new() }),
                ..client()
            },
            Client {
                jwks_uri: Some("https://c.example/keys".to_owned()),
                ..client()
            },
            Client {
                metadata: fingerprint("another document"),
                ..client()
            },
        ] {
            assert_ne!(what(&changed, &request()), known);
        }
        let used = Client {
            last_used_at: Some(2),
            ..client()
        };
        assert_eq!(what(&used, &request()), known);
    }

    #[test]
    fn a_consent_is_for_an_api_and_scopes_in_whatever_order() {
        let known = what(&client(), &request());
        let scope = |scope: &str| AuthorizationRequest {
            scope: scope.parse().unwrap(),
            ..request()
        };
        assert_eq!(what(&client(), &scope("b a")), known);
        assert_ne!(what(&client(), &scope("a")), known);
        assert_ne!(what(&client(), &scope("a b c")), known);
        let target = |api: &str, resource: Option<&str>| AuthorizationRequest {
            target: Target {
                named: true,
                api: api.parse().unwrap(),
                resource: resource.map(str::to_owned),
            },
            ..request()
        };
        // Another address of the same API opens nothing more.
        let address = target("https://api.example/", Some("https://h/mcp/a"));
        assert_eq!(what(&client(), &address), known);
        assert_ne!(what(&client(), &target("https://other/", None)), known);
    }

    #[test]
    fn a_loopback_port_is_no_part_of_a_consent_and_any_other_port_is() {
        let stripped = |text: &str| without_loopback_port(&text.parse().unwrap());
        assert_eq!(stripped("http://127.0.0.1:9/cb?a"), "http://127.0.0.1/cb?a");
        assert_eq!(stripped("https://c.example:9/cb"), "https://c.example:9/cb");
        assert_eq!(stripped("com.example.app:/cb"), "com.example.app:/cb");
    }
}
