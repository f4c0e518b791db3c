//! Asking providers and our own server: is this discovery URL good, and what
//! would the usual answers be?

use shukuba_model::ApplicationKind;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::wire::{ApiView, ServerStatus};
use shukuba_verify::ProviderFacts;
use shukuba_verify::discovery;
use shukuba_verify::fetch::GuardedClient;

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, applications};

/// Checks discovery URLs.
pub(super) trait Provider {
    /// Fetches the document and says what it is.
    ///
    /// # Errors
    /// Why the document is not believed, for the person who named it.
    async fn facts(&self, url: &DiscoveryUrl) -> Result<ProviderFacts, String>;
}

/// Checks them where they are.
pub(super) struct Online(GuardedClient);

impl Online {
    pub(super) fn new() -> Self {
        Self(GuardedClient::new(GuardedClient::TIMEOUT))
    }
}

impl Provider for Online {
    async fn facts(&self, url: &DiscoveryUrl) -> Result<ProviderFacts, String> {
        discovery::fetch(&self.0, url)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The answers our own issuer suggests.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Suggestions {
    /// The issuer's discovery URL.
    pub(super) discovery_url: String,
    /// The one application's client id; none where there are none or several.
    pub(super) clients: Vec<String>,
    /// The one API's identifier; none where there are none or several.
    pub(super) audiences: Vec<String>,
}

impl Suggestions {
    /// Asks the running server. Where it cannot be asked, only the address its
    /// discovery document would have is suggested, and the reason is returned.
    pub(super) async fn of_server(global: &Global) -> (Self, Option<String>) {
        match Self::fetch(global).await {
            Ok(suggestions) => (suggestions, None),
            Err(failure) => {
                let server = global.server.trim_end_matches('/');
                let suggestions = Self {
                    discovery_url: format!("{server}/.well-known/openid-configuration"),
                    ..Self::default()
                };
                let why =
                    format!("note: no client and audience of our own issuer to offer: {failure}");
                (suggestions, Some(why))
            }
        }
    }

    async fn fetch(global: &Global) -> Result<Self, Failure> {
        let client = Client::new(global)?;
        let status: ServerStatus = client.get("/api/v1/status").await?;
        let apis: Vec<ApiView> = client.get("/api/v1/apis").await?;
        let applications = applications::registered(&client).await?;
        Ok(Self {
            discovery_url: status.openid_configuration,
            clients: only(
                applications
                    .iter()
                    .filter(|application| application.kind == ApplicationKind::MachineToMachine)
                    .map(|application| application.client_id.to_string()),
            ),
            audiences: only(apis.iter().map(|api| api.identifier.to_string())),
        })
    }
}

/// The one item, if it is the only one.
fn only(mut items: impl Iterator<Item = String>) -> Vec<String> {
    match (items.next(), items.next()) {
        (Some(only), None) => vec![only],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn only_a_single_candidate_is_suggested() {
        let items = |names: &[&str]| only(names.iter().map(ToString::to_string));
        assert_eq!(items(&["a"]), ["a"]);
        assert!(items(&[]).is_empty());
        assert!(items(&["a", "b"]).is_empty());
    }
}
