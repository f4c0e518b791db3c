//! Connects the issuer to the route table: an address of a runtime names the
//! API that the runtime's rules name (RFC 8707).

use shukuba_model::{ApiIdentifier, RouteTable, Snapshot};

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
