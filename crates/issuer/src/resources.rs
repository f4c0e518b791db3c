//! What people can get tokens for: runtimes that let people log in. `server`
//! implements it over the route table.

use std::sync::Arc;

use shukuba_model::ApiIdentifier;

/// Knows the runtimes by their addresses.
pub trait Resources: Send + Sync {
    /// The API that the runtime at an address asks tokens of; `None` when the
    /// address is not that of a runtime, or the runtime takes no tokens of ours.
    /// Given the address as it was asked about.
    fn api_at(&self, address: &str) -> Option<ApiIdentifier>;

    /// The runtime people log in to with tokens of that API.
    fn runtime_of(&self, api: &ApiIdentifier) -> Option<RuntimeFacts>;

    /// The API of a login that names no resource: that of the only runtime
    /// people log in to, else of the oldest.
    fn default_api(&self) -> Option<ApiIdentifier>;
}

/// A runtime as a consent page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeFacts {
    /// Its name.
    pub name: String,
    /// Its canonical address.
    pub address: String,
    /// Who may log in; empty for everyone.
    pub allowed_users: Vec<String>,
}

/// Shared knowledge of the runtimes.
pub type SharedResources = Arc<dyn Resources>;
