//! Assembly: settings become parts, parts become one listener, and everything
//! ends in order. [`Server::start`] is the list of parts.

mod assembly;
mod authority;
mod data_dir;
mod effective;
mod exposure;
mod inside;
mod journey;
mod listen;
mod peer;
mod resource;
mod router;
mod tls;
mod upkeep;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shukuba_engine::Engine;
use shukuba_model::setting::SettingSources;
use shukuba_model::{AddressRange, Clock, PublicOrigin};
use shukuba_store::{AuditLog, Store};

pub use assembly::StartError;
pub use data_dir::{DataDirError, write_private};
pub use shukuba_engine::instance::become_instance;
pub use shukuba_engine::{Packed, Packer};
pub use shukuba_issuer::{Lifetimes, RegistrationPolicy};
pub use shukuba_store::{MasterKey, MasterKeyError};
pub use tls::{TlsError, TlsFiles};

use crate::data_dir::DataDir;
use crate::listen::Listening;
use crate::upkeep::Upkeep;

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where everything is kept; made when absent.
    pub data_dir: PathBuf,
    /// The address to listen on.
    pub listen: IpAddr,
    /// The port; 0 takes any free one.
    pub port: u16,
    /// The origin clients know the server by; the address listened on when
    /// none is given. What a request says of it is never believed.
    pub public_url: Option<PublicOrigin>,
    /// The files TLS is spoken with; `None` for plain HTTP.
    pub tls: Option<TlsFiles>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// What private keys are sealed under; `None` for the data directory's
    /// `master.key`, which is made where needed.
    pub master_key: Option<Arc<MasterKey>>,
    /// Who may register a client, and how long logins last.
    pub issuing: Issuing,
    /// The `shukuba` binary, which instances are started through so that none
    /// outlives the server, and which holds the built-in adder. `None` in tests.
    pub launcher: Option<PathBuf>,
    /// Who said what the settings are, for people to look at.
    pub sources: SettingSources,
    /// The time; of the machine, but in tests.
    pub clock: Clock,
}

impl Settings {
    /// A server of plain HTTP that only this machine reaches.
    pub fn local(data_dir: PathBuf, port: u16, launcher: Option<PathBuf>) -> Self {
        Self {
            data_dir,
            listen: Ipv4Addr::LOCALHOST.into(),
            port,
            public_url: None,
            tls: None,
            trusted_proxies: Vec::new(),
            master_key: None,
            issuing: Issuing::default(),
            launcher,
            sources: SettingSources::default(),
            clock: Clock::system(),
        }
    }
}

/// What the authorization server is told.
#[derive(Debug, Clone, Copy)]
pub struct Issuing {
    /// Who may register a client by itself.
    pub registration: RegistrationPolicy,
    /// Whether a client id may be the address of a metadata document.
    pub client_documents: bool,
    /// How long things live.
    pub lifetimes: Lifetimes,
}

impl Default for Issuing {
    fn default() -> Self {
        Self {
            registration: RegistrationPolicy::Open,
            client_documents: true,
            lifetimes: Lifetimes::default(),
        }
    }
}

/// A running server.
pub struct Server {
    listening: Listening,
    upkeep: Upkeep,
    origin: PublicOrigin,
    https: bool,
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
    /// When the data directory is in use, the port is taken, the TLS files
    /// cannot be used, or a part fails.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        assembly::start(settings).await
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// The public origin, without a trailing slash; also the issuer.
    pub fn public_url(&self) -> &str {
        self.origin.as_str()
    }

    /// The origin at which this machine reaches the server, whatever it is
    /// called outside. With TLS its certificate bears another name.
    pub fn local_url(&self) -> String {
        let mut address = self.address();
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{address}")
    }

    /// What clients will refuse of the public origin, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        exposure::warnings(&self.origin)
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
        self.upkeep.stop().await;
        self.engine.shutdown().await;
        self.audit.flush().await;
        self.store.close().await;
        drop(self.data_dir);
    }
}
