//! Connects the issuer to the route table: an address of a runtime names the
//! API that the runtime's rules name (RFC 8707).

use shukuba_issuer::{Resources, RuntimeFacts};
use shukuba_model::{ApiIdentifier, Route, RouteTable, Snapshot};

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

    fn runtime_of(&self, api: &ApiIdentifier) -> Option<RuntimeFacts> {
        runtime_of(&self.routes, api)
    }

    fn default_api(&self) -> Option<ApiIdentifier> {
        default_api(&self.routes)
    }
}

/// The oldest runtime people log in to with tokens of `api`. Where several
/// share the API, whoever one of them lets in may have the token: each
/// runtime's door asks for itself.
fn runtime_of(routes: &Snapshot<RouteTable>, api: &ApiIdentifier) -> Option<RuntimeFacts> {
    let routes = routes.load();
    let mut sharing: Vec<_> = routes
        .iter()
        .filter_map(|route| Some((route, route.authorizer.login.as_ref()?)))
        .filter(|(_, login)| login.api == *api)
        .collect();
    sharing.sort_by_key(|(route, _)| (route.created_at, route.name.as_str()));
    let (oldest, _) = sharing.first()?;
    let everybody = sharing.iter().any(|(_, login)| login.allow.is_all());
    let named = sharing
        .iter()
        .filter(|_| !everybody)
        .flat_map(|(_, login)| login.allow.users());
    Some(RuntimeFacts {
        name: oldest.name.to_string(),
        address: oldest.addresses.first()?.clone(),
        allowed_users: named.cloned().collect(),
    })
}

/// The API that a `resource` address means, when a runtime of ours has that
/// address and takes our tokens. The origin itself, with or without its slash,
/// is the address of the only runtime: clients that know nothing better send it.
fn api_of_address(
    routes: &Snapshot<RouteTable>,
    issuer: &str,
    address: &str,
) -> Option<ApiIdentifier> {
    let routes = routes.load();
    let (origin, _query) = address.split_once('?').unwrap_or((address, ""));
    let route = if origin.strip_suffix('/').unwrap_or(origin) == issuer {
        routes.only()
    } else {
        routes.by_address(address)
    };
    api_of(route?, issuer)
}

fn api_of(route: &Route, issuer: &str) -> Option<ApiIdentifier> {
    if let Some(login) = &route.authorizer.login {
        return Some(login.api.clone());
    }
    let ours = route.authorization_server == issuer;
    let entry = route.authorizer.entries.first().filter(|_| ours)?;
    let named = entry.allowed_audience.first();
    named.unwrap_or(route.addresses.first()?).parse().ok()
}

/// The API that a person's client means when it names none: that of the only
/// runtime people log in to, else of the oldest.
fn default_api(routes: &Snapshot<RouteTable>) -> Option<ApiIdentifier> {
    let routes = routes.load();
    routes
        .iter()
        .filter_map(|route| Some((route, route.authorizer.login.as_ref()?)))
        .min_by_key(|(route, _)| (route.created_at, route.name.as_str()))
        .map(|(_, login)| login.api.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use shukuba_model::route::Lifecycle;
    use shukuba_model::{Authorizer, ClientClaim, Entry, LoginAllow, LoginEntry, RuntimeArn};

    use super::*;

    const ISSUER: &str = "https://mcp.example";
    const API: &str = "https://api.example/";

    fn route(name: &str, created_at: i64, login: Option<&str>) -> Route {
        let arn: RuntimeArn =
            format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{name}-y2iy3YFsSN")
                .parse()
                .unwrap();
        let name = name.parse().unwrap();
        Route {
            addresses: Route::addresses_at(ISSUER, &name, &arn),
            name,
            arn,
            created_at,
            authorizer: Arc::new(Authorizer {
                entries: vec![Entry {
                    name: Entry::CONFIGURED.to_owned(),
                    discovery_url: format!("{ISSUER}/.well-known/openid-configuration")
                        .parse()
                        .unwrap(),
                    allowed_audience: vec![API.to_owned()],
                    allowed_clients: Vec::new(),
                    allowed_scopes: Vec::new(),
                    client_claim: ClientClaim::default(),
                }],
                login: login.map(|api| LoginEntry {
                    allow: LoginAllow::All,
                    api: api.parse().unwrap(),
                }),
            }),
            authorization_server: ISSUER.to_owned(),
            endpoints: HashMap::new(),
            traffic: Default::default(),
            lifecycle: Lifecycle::default(),
        }
    }

    fn table(routes: impl IntoIterator<Item = Route>) -> Snapshot<RouteTable> {
        Snapshot::new(RouteTable::new(routes))
    }

    fn meaning(routes: &Snapshot<RouteTable>, address: &str) -> Option<String> {
        api_of_address(routes, ISSUER, address).map(String::from)
    }

    #[test]
    fn every_address_of_a_runtime_means_the_api_of_its_login_rfc_8707() {
        let login = "https://login.example";
        let routes = table([route("a", 1, Some(login))]);
        let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-y2iy3YFsSN";
        let upper = arn.replace(':', "%3A").replace('/', "%2F");
        let lower = arn.replace(':', "%3a").replace('/', "%2f");
        for path in [
            "/mcp/a".to_owned(),
            "/mcp/a/".to_owned(),
            "/mcp/a?qualifier=DEFAULT".to_owned(),
            format!("/runtimes/{upper}/invocations?qualifier=DEFAULT"),
            format!("/runtimes/{upper}/invocations"),
            format!("/runtimes/{lower}/invocations"),
            format!("/runtimes/{arn}/invocations?accountId=123456789012"),
            format!("/runtimes/{}/invocations", arn.replace('/', "%2F")),
            "/runtimes/a-y2iy3YFsSN/invocations".to_owned(),
            String::new(),
            "/".to_owned(),
            "/?x=y".to_owned(),
        ] {
            let address = format!("{ISSUER}{path}");
            assert_eq!(meaning(&routes, &address).as_deref(), Some(login), "{path}");
        }
        for other in [
            "https://mcp.example/mcp/b",
            "https://mcp.example//",
            "https://mcp.example/mcp/a/x",
            "https://mcp.example/mcp/%ff",
            "https://mcp.example.evil",
            "https://evil.example/mcp/a",
            "http://mcp.example/mcp/a",
            "",
            "?",
        ] {
            assert_eq!(meaning(&routes, other), None, "{other}");
        }
    }

    #[test]
    fn without_login_the_configured_api_is_meant_and_the_origin_only_where_it_is_one_runtimes() {
        let routes = table([route("a", 1, None)]);
        assert_eq!(meaning(&routes, ISSUER).as_deref(), Some(API));
        let routes = table([route("a", 1, None), route("b", 2, Some("https://b"))]);
        assert_eq!(meaning(&routes, ISSUER), None);
        let address = format!("{ISSUER}/mcp/a");
        assert_eq!(meaning(&routes, &address).as_deref(), Some(API));
        let mut foreign = route("a", 1, None);
        foreign.authorization_server = "https://idp.example/".to_owned();
        assert_eq!(meaning(&table([foreign]), &address), None);
    }

    #[test]
    fn who_names_no_api_gets_that_of_the_oldest_runtime_with_login() {
        let default = |routes: Vec<Route>| default_api(&table(routes)).map(String::from);
        assert_eq!(default(vec![route("a", 1, None)]), None);
        let b = || route("b", 5, Some("https://b"));
        assert_eq!(
            default(vec![route("a", 1, None), b()]).as_deref(),
            Some("https://b")
        );
        let older = route("z", 4, Some("https://z"));
        assert_eq!(default(vec![b(), older]).as_deref(), Some("https://z"));
        let same = route("a", 5, Some("https://a"));
        assert_eq!(default(vec![b(), same]).as_deref(), Some("https://a"));
    }
}
