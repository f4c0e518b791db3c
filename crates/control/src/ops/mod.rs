//! What can be done, whatever the skin.

pub(crate) mod apis;
mod applications;
mod audit;
mod bundles;
pub(crate) mod clients;
mod credentials;
mod explain;
mod grants;
mod journeys;
mod keys;
mod launch;
mod plan;
mod routes;
mod runtimes;
mod users;
