//! What can be done, whatever the skin.

pub(crate) mod apis;
mod application_apis;
mod applications;
mod audit;
mod bundles;
pub(crate) mod call_tool;
pub(crate) mod clients;
mod credentials;
mod explain;
mod grants;
mod instances;
pub(crate) mod journeys;
mod keys;
mod launch;
pub(crate) mod launches;
pub(crate) mod plan;
mod rollback;
mod routes;
mod rules;
mod runtimes;
pub(crate) mod saved_rules;
pub(crate) mod shut_out;
pub(crate) mod span;
mod traffic;
pub(crate) mod users;
