//! The list of parts, and how they are connected.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use shukuba_control::{Control, ControlError, OperatorKey, Parts};
use shukuba_dataplane::{DataPlane, DataPlaneSettings};
use shukuba_engine::{Engine, EngineError, EngineSettings};
use shukuba_issuer::{Issuer, IssuerError, IssuerSettings};
use shukuba_model::journey::Journeys;
use shukuba_model::{AddressRange, Clock, RouteTable, Snapshot};
use shukuba_store::{MasterKey, MasterKeyError, Store, StoreError};
use shukuba_verify::{Verifier, VerifierSettings};
use tokio::net::TcpListener;

use crate::authority::OwnAuthority;
use crate::data_dir::{DataDir, DataDirError};
use crate::inside::Inside;
use crate::listen::Door;
use crate::router::Router;
use crate::tls::{Tls, TlsError};
use crate::upkeep::Upkeep;
use crate::{Issuing, Server, Settings, effective, exposure, listen, resource};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The port cannot be bound.
    #[error("port {} on {} cannot be used: {source}", address.port(), address.ip())]
    Port {
        /// The address and the port.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody can connect to the address that is listened on.
    #[error(
        "listening on {} does not tell which address clients use, and so what the server is called",
        address.ip()
    )]
    NoPublicUrl {
        /// The address and the port.
        address: SocketAddr,
    },
    /// The TLS files cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The master key cannot be used.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The issuer cannot begin.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The engine cannot begin.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The runtimes cannot be read.
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl StartError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::DataDir(DataDirError::InUse { .. }) => {
                Some("stop that server, or use another directory with --data-dir".to_owned())
            }
            Self::DataDir(DataDirError::Exposed { path, .. }) => Some(format!(
                "run `chmod 600 {}`; if others had access, delete the file and start again for a new one",
                path.display()
            )),
            Self::Port { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                Some("another program listens there; pick a free one with --port".to_owned())
            }
            Self::Port { source, .. } if source.kind() == io::ErrorKind::AddrNotAvailable => {
                Some("--listen takes an address of this machine".to_owned())
            }
            Self::NoPublicUrl { .. } => Some(
                "name it, as in --public-url https://mcp.example, or listen on one address"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// Starts every part, in the order they need each other.
pub(crate) async fn start(settings: Settings) -> Result<Server, StartError> {
    let mut data_dir = DataDir::open(&settings.data_dir)?;
    let told = settings.clone();
    let tls = settings.tls.map(Tls::open).transpose()?;
    let https = tls.is_some();
    let (listener, address) = bind(settings.listen, settings.port).await?;
    let origin = exposure::public_origin(settings.public_url, https, address)?;
    let public_url = origin.as_str().to_owned();
    data_dir.name_holder(&public_url)?;
    let (operator_key, operator_key_path) = data_dir.operator_key()?;

    let clock = settings.clock.clone();
    let store = open_store(&data_dir, settings.master_key).await?;
    let routes: Snapshot<RouteTable> = Snapshot::default();
    let issuer = open_issuer(&public_url, settings.issuing, &store, &clock, &routes).await?;
    let verifier = VerifierSettings::new(clock.clone(), issuer.own());
    let verifier = Arc::new(Verifier::new(verifier));
    let engine = Engine::new(EngineSettings {
        launcher: settings.launcher.clone(),
        ..EngineSettings::new(data_dir.path())
    })?;
    let journeys = Journeys::default();
    let inside = Arc::new(Inside::default());
    let control = Control::open(Parts {
        store: store.clone(),
        verifier: Arc::clone(&verifier),
        engine: engine.clone(),
        routes: routes.clone(),
        door: inside.clone(),
        authority: Arc::new(OwnAuthority::new(&issuer, &store)),
        audit: issuer.audit_log().clone(),
        journeys: journeys.clone(),
        clock: clock.clone(),
        ways_in: effective::ways_in(&settings.issuing),
        public_url: public_url.clone(),
        settings: effective::settings(&told, &origin, address, data_dir.path()),
        data_dir: data_dir.path().to_owned(),
        operator_key: OperatorKey::new(&operator_key),
        builtin: settings.launcher,
    })
    .await?;
    let dataplane = DataPlaneSettings::new(public_url);
    let dataplane = DataPlane::new(dataplane, routes, verifier, engine.clone());
    let router = Router::new(dataplane, issuer.router(), &control, journeys, &origin);
    let door = door(tls, settings.trusted_proxies, router, &inside);
    Ok(Server {
        listening: listen::serve(listener, door).map_err(at_port(address))?,
        upkeep: Upkeep::begin(issuer.clone(), clock),
        origin,
        https,
        operator_key,
        operator_key_path,
        engine,
        audit: issuer.audit_log().clone(),
        store,
        data_dir,
    })
}

/// The door that everybody comes through, and the same from within.
fn door(
    tls: Option<Tls>,
    trusted_proxies: Vec<AddressRange>,
    router: Router,
    inside: &Inside,
) -> Door {
    let handler = router.handler();
    inside.open(&handler);
    Door {
        tls,
        trusted_proxies,
        handler,
    }
}

/// Binds the port before anything else is opened.
async fn bind(listen: IpAddr, port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let asked = SocketAddr::new(listen, port);
    let listener = TcpListener::bind(asked).await.map_err(at_port(asked))?;
    let address = listener.local_addr().map_err(at_port(asked))?;
    Ok((listener, address))
}

fn at_port(address: SocketAddr) -> impl Fn(io::Error) -> StartError {
    move |source| StartError::Port { address, source }
}

async fn open_store(
    data_dir: &DataDir,
    master_key: Option<Arc<MasterKey>>,
) -> Result<Store, StartError> {
    let master_key = match master_key {
        Some(given) => given,
        None => Arc::new(MasterKey::open(&data_dir.path().join("master.key"))?),
    };
    Ok(Store::open(&data_dir.path().join("shukuba.db"), master_key).await?)
}

async fn open_issuer(
    public_url: &str,
    issuing: Issuing,
    store: &Store,
    clock: &Clock,
    routes: &Snapshot<RouteTable>,
) -> Result<Issuer, IssuerError> {
    let resources = resource::Runtimes::new(routes.clone(), public_url.to_owned());
    let settings = IssuerSettings {
        registration: issuing.registration,
        client_documents: issuing.client_documents,
        lifetimes: issuing.lifetimes,
        ..IssuerSettings::new(public_url, Arc::new(resources))
    };
    Issuer::open(settings, store.clone(), clock.clone()).await
}
