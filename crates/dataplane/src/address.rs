//! The public origin and the runtimes behind it.

use std::sync::Arc;

use shukuba_model::{RouteTable, Snapshot};

/// The route table and the origin its addresses begin with.
pub(crate) struct Directory {
    public_url: String,
    routes: Snapshot<RouteTable>,
}

impl Directory {
    pub(crate) fn new(public_url: &str, routes: Snapshot<RouteTable>) -> Self {
        Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            routes,
        }
    }

    /// The public origin, without a trailing slash.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The newest route table.
    pub(crate) fn table(&self) -> Arc<RouteTable> {
        self.routes.load_full()
    }
}
