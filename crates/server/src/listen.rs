//! The listener: accepts connections, with TLS or without, serves HTTP/1.1,
//! ends gracefully.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use shukuba_model::AddressRange;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use crate::peer::client_address;
use crate::router::Body;
use crate::tls::Tls;

/// How long a client may take to send its request head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take to agree on TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long requests under way may take to end at shutdown; streams that stay
/// open longer are cut.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long to wait after a failed accept (too many open files), so that the
/// loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers a request.
pub(crate) type Answering =
    dyn Fn(Request<Incoming>) -> BoxFuture<'static, Response<Body>> + Send + Sync;
/// The same, shared.
pub(crate) type Handler = Arc<Answering>;

/// A listener that answers until it is stopped.
pub(crate) struct Listening {
    address: SocketAddr,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

/// What every connection passes.
pub(crate) struct Door {
    /// How TLS is spoken; `None` for plain HTTP.
    pub(crate) tls: Option<Tls>,
    /// Whose word about the client's address counts.
    pub(crate) trusted_proxies: Vec<AddressRange>,
    /// What answers.
    pub(crate) handler: Handler,
}

/// Answers what comes in on `listener`.
pub(crate) fn serve(listener: TcpListener, door: Door) -> io::Result<Listening> {
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let task = tokio::spawn(accept_until(listener, Arc::new(door), stop.clone()));
    Ok(Listening {
        address,
        stop,
        task,
    })
}

impl Listening {
    /// The address it is bound to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting and waits for requests under way, for a bounded time.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the listener ended badly");
        }
    }
}

async fn accept_until(listener: TcpListener, door: Arc<Door>, stop: CancellationToken) {
    let connections = GracefulShutdown::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                let (door, watcher) = (Arc::clone(&door), connections.watcher());
                tokio::spawn(welcome(stream, peer.ip(), door, watcher, stop.clone()));
            }
            Err(error) => pause_after(&error).await,
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.shutdown())
        .await
        .is_err()
    {
        tracing::info!("streams that were still open are cut");
    }
}

async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

/// A connection, from its first byte to its last.
async fn welcome(
    stream: TcpStream,
    peer: IpAddr,
    door: Arc<Door>,
    watcher: Watcher,
    stop: CancellationToken,
) {
    // Without it answers are slower, but they are answers.
    stream.set_nodelay(true).ok();
    let Some(tls) = &door.tls else {
        return converse(stream, peer, door, watcher).await;
    };
    match stop.run_until_cancelled(agree(tls, stream)).await {
        Some(Ok(stream)) => converse(stream, peer, door, watcher).await,
        Some(Err(error)) => tracing::debug!(%peer, %error, "no TLS was agreed on"),
        None => {}
    }
}

/// The handshake, for a bounded time.
async fn agree(tls: &Tls, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await?
}

/// Requests and answers, until either side ends.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: IpAddr,
    door: Arc<Door>,
    watcher: Watcher,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        let client = client_address(peer, request.headers(), &door.trusted_proxies);
        request.extensions_mut().insert(client);
        let answer = (door.handler)(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests;
