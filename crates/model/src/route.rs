//! The route table: what a request needs to know of every runtime, published
//! by `control` as one immutable value and read by the data plane.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::authorizer::Authorizer;
use crate::name::{Qualifier, RuntimeArn, RuntimeName};
use crate::session::SessionMode;
use crate::traffic::Traffic;

/// Every runtime that can be called, by name and by id.
#[derive(Debug, Default)]
pub struct RouteTable {
    by_name: HashMap<String, Arc<Route>>,
    by_id: HashMap<String, Arc<Route>>,
    by_address: HashMap<String, Arc<Route>>,
}

impl RouteTable {
    /// Indexes `routes` by name and id.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut table = Self::default();
        for route in routes {
            let route = Arc::new(route);
            table
                .by_name
                .insert(route.name.to_string(), Arc::clone(&route));
            for address in &route.addresses {
                table.by_address.insert(address.clone(), Arc::clone(&route));
            }
            table.by_id.insert(route.arn.id.to_string(), route);
        }
        table
    }

    /// The runtime of that name.
    pub fn by_name(&self, name: &str) -> Option<&Arc<Route>> {
        self.by_name.get(name)
    }

    /// The runtime of that id.
    pub fn by_id(&self, id: &str) -> Option<&Arc<Route>> {
        self.by_id.get(id)
    }

    /// The runtime an absolute address names, in any spelling of its path that
    /// reaches it: percent-encoded or not, with or without a slash at its end.
    /// Its query is ignored.
    pub fn by_address(&self, address: &str) -> Option<&Arc<Route>> {
        let (address, _query) = address.split_once('?').unwrap_or((address, ""));
        self.by_address.get(address).or_else(|| {
            let path = address.strip_suffix('/').unwrap_or(address);
            let plain = percent_encoding::percent_decode_str(path)
                .decode_utf8()
                .ok()?;
            self.by_address.get(plain.as_ref())
        })
    }

    /// The one runtime, when there is exactly one.
    pub fn only(&self) -> Option<&Arc<Route>> {
        let mut routes = self.by_name.values();
        routes.next().filter(|_| routes.next().is_none())
    }

    /// All runtimes, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.by_name.values()
    }
}

/// One runtime as a request sees it.
#[derive(Debug)]
pub struct Route {
    /// The runtime's name, part of its canonical address.
    pub name: RuntimeName,
    /// The runtime's ARN, part of its AgentCore-style address.
    pub arn: RuntimeArn,
    /// When the runtime was first launched, seconds since 1970.
    pub created_at: i64,
    /// Who may call.
    pub authorizer: Arc<Authorizer>,
    /// The issuer to name in protected resource metadata (RFC 9728
    /// `authorization_servers`), byte for byte as in its discovery document.
    pub authorization_server: String,
    /// The versions that can be called, by qualifier.
    pub endpoints: HashMap<Qualifier, Arc<Version>>,
    /// When instances end.
    pub lifecycle: Lifecycle,
    /// Every absolute address that names the runtime, without query, the
    /// canonical one first: what a token's `aud` may name (RFC 8707).
    pub addresses: Vec<String>,
    /// What was asked of it; the same for every table that has the runtime.
    pub traffic: Arc<Traffic>,
}

impl Route {
    /// The absolute addresses of a runtime at `public_url` (an origin without a
    /// trailing slash): canonical, and AgentCore's path with the ARN encoded and plain.
    pub fn addresses_at(public_url: &str, name: &RuntimeName, arn: &RuntimeArn) -> Vec<String> {
        vec![
            format!("{public_url}/mcp/{name}"),
            format!("{public_url}{}", arn.invocation_path()),
            format!("{public_url}/runtimes/{arn}/invocations"),
            format!("{public_url}/runtimes/{}/invocations", arn.id),
        ]
    }

    /// The canonical path, `/mcp/{name}`.
    pub fn canonical_path(&self) -> String {
        format!("/mcp/{}", self.name)
    }
}

/// An immutable build of a runtime's code and settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Counted from 1 within the runtime.
    pub number: u32,
    /// SHA-256 of the build, lower-case hex; names its directory.
    pub digest: String,
    /// How an instance is started.
    pub command: Command,
    /// Whether its sessions have state, learnt at the smoke start.
    pub sessions: SessionMode,
}

/// How an instance of a version is started. Built by the packager from what a
/// project contains; no request ever chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The program, an absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its working directory.
    pub directory: PathBuf,
    /// Its whole environment besides what the engine adds; nothing is inherited.
    pub environment: BTreeMap<String, String>,
    /// The path of its MCP endpoint, `/mcp` by AgentCore's contract.
    pub path: String,
}

/// When instances end, in seconds (AgentCore: `lifecycleConfiguration`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifecycle {
    /// An instance without a request for this long is stopped.
    pub idle_timeout: u64,
    /// An instance older than this is stopped once its requests have ended.
    pub max_lifetime: u64,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self {
            idle_timeout: 900,
            max_lifetime: 28_800,
        }
    }
}
