//! Open connections to instances.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use shukuba_engine::Lease;
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use crate::inbound::RequestBody;

/// How long an unused connection is kept. Uvicorn and Node close theirs after
/// five seconds, and a request must not meet the closing.
const IDLE: Duration = Duration::from_secs(3);
/// How many unused connections to one instance are kept.
const KEPT: usize = 64;
/// How long a connection over loopback may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Why an instance cannot be talked to; nothing was sent to it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the instance does not take connections: {0}")]
    Refused(#[from] std::io::Error),
    #[error("the instance did not take the connection within {} s", CONNECT.as_secs())]
    TimedOut,
    #[error("the connection to the instance failed: {0}")]
    Handshake(#[from] hyper::Error),
    #[error("the path '{0}' of the server's endpoint is not a path")]
    Path(String),
}

/// Everything that is known of instances, by their ids.
#[derive(Default)]
pub(crate) struct Upstreams {
    by_instance: Mutex<HashMap<Box<str>, Arc<Upstream>>>,
}

/// One instance: its address, as headers and targets need it, and its connections.
pub(crate) struct Upstream {
    address: SocketAddr,
    host: HeaderValue,
    target: Uri,
    idle: Mutex<Vec<Idle>>,
    // By session: the connection on which the session's GET stream stands.
    standing: Mutex<HashMap<HeaderValue, AbortHandle>>,
}

struct Idle {
    open: Open,
    since: Instant,
}

/// An open connection, and the task that reads and writes it.
struct Open {
    sender: SendRequest<RequestBody>,
    task: AbortHandle,
}

/// A connection in use. It is kept for the next request only by
/// [`Connection::keep`]; dropped, it is closed and what runs on it cancelled.
pub(crate) struct Connection {
    open: Open,
    upstream: Arc<Upstream>,
    used: bool,
    stands: bool,
}

impl Upstreams {
    /// The instance of a lease.
    pub(crate) fn of(&self, lease: &Lease, path: &str) -> Result<Arc<Upstream>, ConnectError> {
        let mut by_instance = self.by_instance.lock();
        if let Some(upstream) = by_instance.get(lease.instance_id()) {
            return Ok(Arc::clone(upstream));
        }
        // Instances come and go seldom enough to look at all of them then.
        by_instance.retain(|_, upstream| upstream.is_alive());
        let upstream = Arc::new(Upstream::new(lease.authority(), path)?);
        by_instance.insert(lease.instance_id().into(), Arc::clone(&upstream));
        Ok(upstream)
    }
}

impl Upstream {
    fn new(address: SocketAddr, path: &str) -> Result<Self, ConnectError> {
        let bad_path = || ConnectError::Path(path.to_owned());
        Ok(Self {
            address,
            host: HeaderValue::try_from(address.to_string()).map_err(|_| bad_path())?,
            target: path.parse().map_err(|_| bad_path())?,
            idle: Mutex::default(),
            standing: Mutex::default(),
        })
    }

    fn is_alive(self: &Arc<Self>) -> bool {
        let mut idle = self.idle.lock();
        idle.retain(Idle::is_fit);
        !idle.is_empty() || Arc::strong_count(self) > 1
    }

    /// A connection that is open already, or a new one.
    pub(crate) async fn connection(self: Arc<Self>) -> Result<Connection, ConnectError> {
        match self.kept() {
            Some(open) => Ok(Connection {
                open,
                upstream: self,
                used: true,
                stands: false,
            }),
            None => self.connect().await,
        }
    }

    /// The connection used last: the others may go cold.
    fn kept(&self) -> Option<Open> {
        let mut idle = self.idle.lock();
        idle.retain(Idle::is_fit);
        let ready = idle.iter().rposition(|idle| idle.open.sender.is_ready())?;
        Some(idle.swap_remove(ready).open)
    }

    async fn connect(self: Arc<Self>) -> Result<Connection, ConnectError> {
        let connecting = TcpStream::connect(self.address);
        let stream = tokio::time::timeout(CONNECT, connecting)
            .await
            .map_err(|_| ConnectError::TimedOut)??;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let task = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to an instance ended");
            }
        });
        Ok(Connection {
            open: Open {
                sender,
                task: task.abort_handle(),
            },
            upstream: self,
            used: false,
            stands: false,
        })
    }
}

impl Idle {
    fn is_fit(&self) -> bool {
        !self.open.sender.is_closed() && self.since.elapsed() < IDLE
    }
}

impl Connection {
    /// The instance's own authority, for `Host`.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.upstream.host
    }

    /// The target of requests to the instance.
    pub(crate) fn target(&self) -> &Uri {
        &self.upstream.target
    }

    /// Sends a request. A kept connection may have been closed meanwhile: what
    /// was not yet written goes over a new one.
    pub(super) async fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, SendError> {
        match self.open.sender.try_send_request(request).await {
            Ok(answer) => Ok(answer),
            Err(mut error) => match error.take_message() {
                Some(unsent) if self.used => {
                    self.renew().await?;
                    Ok(self.open.sender.send_request(unsent).await?)
                }
                _ => Err(error.into_error().into()),
            },
        }
    }

    /// Closes the connection and opens another one to the same instance.
    pub(super) async fn renew(&mut self) -> Result<(), ConnectError> {
        *self = Arc::clone(&self.upstream).connect().await?;
        Ok(())
    }

    /// From now on the session's GET stream stands on this connection.
    pub(super) fn stand_for(&mut self, session: &HeaderValue) {
        self.stands = true;
        let mut standing = self.upstream.standing.lock();
        standing.retain(|_, task| !task.is_finished());
        standing.insert(session.clone(), self.open.task.clone());
    }

    /// Closes the connection on which the session's GET stream stands; tells
    /// whether there was one.
    pub(super) fn cut_stream_of(&self, session: &HeaderValue) -> bool {
        let standing = self.upstream.standing.lock().remove(session);
        let open = standing.filter(|task| !task.is_finished());
        open.is_some_and(|task| {
            task.abort();
            true
        })
    }

    /// Keeps the connection for the next request. One that carried a GET
    /// stream is closed: it may be cut at any time.
    pub(super) fn keep(self) {
        let Self { open, upstream, .. } = self;
        let mut idle = upstream.idle.lock();
        if !self.stands && !open.sender.is_closed() && idle.len() < KEPT {
            idle.push(Idle {
                open,
                since: Instant::now(),
            });
        }
    }
}

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Exchange(#[from] hyper::Error),
}
