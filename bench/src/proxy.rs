//! The yardstick: a byte proxy of hyper's server and hyper's client and nothing
//! else. Each client's connection has its own connection to the server, so
//! there is no pool, no lock, no rule and no header touched.

use std::net::{Ipv4Addr, SocketAddr};

use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// What it says when it listens, before the address.
pub(crate) const ANNOUNCEMENT: &str = "proxy at ";

/// Forwards until it is killed.
pub(crate) async fn run(upstream: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    eprintln!("{ANNOUNCEMENT}{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // A client that hangs up concerns nobody else.
            drop(relay(stream, upstream).await);
        });
    }
}

async fn relay(stream: TcpStream, upstream: SocketAddr) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let onward = TcpStream::connect(upstream).await?;
    onward.set_nodelay(true)?;
    let (sender, connection) = client::handshake::<_, Incoming>(TokioIo::new(onward)).await?;
    tokio::spawn(connection);
    // The service is called for one request after another, never for two at once.
    let sender = std::sync::Arc::new(tokio::sync::Mutex::new(sender));
    let service = service_fn(move |request: Request<Incoming>| {
        let sender = std::sync::Arc::clone(&sender);
        async move { forward(&mut *sender.lock().await, request).await }
    });
    server::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await?;
    Ok(())
}

async fn forward(
    sender: &mut client::SendRequest<Incoming>,
    request: Request<Incoming>,
) -> hyper::Result<Response<Incoming>> {
    sender.ready().await?;
    sender.send_request(request).await
}
