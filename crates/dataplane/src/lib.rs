//! One MCP request: resolve, authenticate, attach, forward, account.
//!
//! [`DataPlane::handle`] answers every request whose path [`DataPlane::serves`].
//! It reads immutable snapshots only and keeps no state of its own besides
//! open connections to instances. The function to read is `invoke::phases`.

mod account;
mod address;
mod attach;
mod authenticate;
mod challenge;
mod cors;
mod era;
mod fault;
mod forward;
mod inbound;
mod invoke;
mod journey;
mod limits;
mod message;
mod mirror;
mod reply;
mod resolve;
mod session;
mod wellknown;

use std::fmt;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use shukuba_engine::Engine;
use shukuba_model::{RouteTable, Snapshot};
use shukuba_verify::Verifier;

pub use limits::Limits;
pub use reply::{Body, BodyError};

/// What a data plane is built from, besides its parts.
#[derive(Debug, Clone)]
pub struct DataPlaneSettings {
    /// The public origin, such as `https://mcp.example`, without a trailing slash.
    pub public_url: String,
    /// How much and how long.
    pub limits: Limits,
}

impl DataPlaneSettings {
    /// The usual limits.
    pub fn new(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into(),
            limits: Limits::default(),
        }
    }
}

/// Answers MCP requests. Clones are the same data plane.
#[derive(Clone)]
pub struct DataPlane(Arc<Plane>);

/// The parts a request passes.
struct Plane {
    directory: address::Directory,
    verifier: Arc<Verifier>,
    engine: Engine,
    upstreams: forward::Upstreams,
    limits: Limits,
}

impl DataPlane {
    /// Joins the parts.
    pub fn new(
        settings: DataPlaneSettings,
        routes: Snapshot<RouteTable>,
        verifier: Arc<Verifier>,
        engine: Engine,
    ) -> Self {
        Self(Arc::new(Plane {
            directory: address::Directory::new(&settings.public_url, routes),
            verifier,
            engine,
            upstreams: forward::Upstreams::default(),
            limits: settings.limits,
        }))
    }

    /// Whether requests for this path belong here. `raw_path` is the path of
    /// the request target as it came, without its query.
    pub fn serves(&self, raw_path: &str) -> bool {
        resolve::serves(raw_path)
    }

    /// Answers a request; never fails. Dropping the future tells the data
    /// plane that the client has gone.
    pub async fn handle(&self, request: Request<Incoming>) -> Response<Body> {
        invoke::invoke(&self.0, request).await
    }
}

impl fmt::Debug for DataPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataPlane")
            .field("public_url", &self.0.directory.public_url())
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}
