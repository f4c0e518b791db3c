//! Connects the issuer to the route table: an address of a runtime names the
//! API that the runtime's rules name (RFC 8707).

use shukuba_issuer::{Resources, RuntimeFacts};
use shukuba_model::{ApiIdentifier, RouteTable, Snapshot};

/// The runtimes as the issuer knows them.
pub(crate) struct Runtimes {
    routes: Snapshot<RouteTable>,
    issuer: String,
}

impl Runtimes {
    pub(crate) fn new(routes: Snapshot<RouteTable>, issuer: String) -> Self {
        Self { routes, issuer }
    }
}

impl Resources for Runtimes {
    fn api_at(&self, address: &str) -> Option<ApiIdentifier> {
        api_of_address(&self.routes, &self.issuer, address)
    }

    fn runtime_of(&self, _api: &ApiIdentifier) -> Option<RuntimeFacts> {
        None
    }

    fn default_api(&self) -> Option<ApiIdentifier> {
        None
    }
}

/// The API that a `resource` address means, when a runtime of ours has that
/// address and takes our tokens.
pub(crate) fn api_of_address(
    routes: &Snapshot<RouteTable>,
    issuer: &str,
    address: &str,
) -> Option<ApiIdentifier> {
    let routes = routes.load();
    let route = routes.by_address(address)?;
    let ours = route.authorization_server == issuer;
    let entry = route.authorizer.entries.first().filter(|_| ours)?;
    let named = entry.allowed_audience.first();
    named.unwrap_or(route.addresses.first()?).parse().ok()
}
