//! Assembly: settings become parts, parts become one listener, and everything
//! ends in order. [`Server::start`] is the list of parts.

mod assembly;
mod data_dir;
mod listen;
mod resource;
mod router;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use shukuba_engine::Engine;
use shukuba_store::{AuditLog, Store};

pub use assembly::StartError;
pub use data_dir::{DataDirError, write_private};
pub use shukuba_engine::instance::become_instance;

use crate::data_dir::DataDir;
use crate::listen::Listening;

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where everything is kept; made when absent.
    pub data_dir: PathBuf,
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The `shukuba` binary, which instances are started through so that none
    /// outlives the server, and which holds the built-in adder. `None` in tests.
    pub launcher: Option<PathBuf>,
}

/// A running server.
pub struct Server {
    listening: Listening,
    public_url: String,
    operator_key: String,
    operator_key_path: PathBuf,
    engine: Engine,
    audit: AuditLog,
    store: Store,
    /// Held, so that the data directory stays locked.
    data_dir: DataDir,
}

impl Server {
    /// Prepares the data directory, opens every part and begins to answer.
    ///
    /// # Errors
    /// When the data directory is in use, the port is taken, or a part fails.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        assembly::start(settings).await
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// The public origin, without a trailing slash; also the issuer.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The operator's key.
    pub fn operator_key(&self) -> &str {
        &self.operator_key
    }

    /// The file that holds the operator's key.
    pub fn operator_key_path(&self) -> &Path {
        &self.operator_key_path
    }

    /// The data directory, absolute.
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// The isolation that instances really have.
    pub fn isolation(&self) -> &'static str {
        self.engine.isolation()
    }

    /// Stops listening, lets requests end, stops every instance and closes the
    /// database. No process is left when it returns.
    pub async fn shutdown(self) {
        self.listening.stop().await;
        self.engine.shutdown().await;
        self.audit.flush().await;
        self.store.close().await;
        drop(self.data_dir);
    }
}
