//! The front door from within: a connection in memory that is answered as one
//! over the network is.

use std::convert::Infallible;
use std::io;
use std::sync::{OnceLock, Weak};

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use shukuba_control::FrontDoor;
use shukuba_model::ClientAddress;
use tokio::io::DuplexStream;

use crate::listen::{Answering, Handler};

/// How many bytes may be on their way in each direction.
const IN_FLIGHT: usize = 64 * 1024;

/// The door; shut until the handler is known, and again when the listener has
/// dropped it.
#[derive(Default)]
pub(crate) struct Inside(OnceLock<Weak<Answering>>);

impl Inside {
    /// Opens it.
    pub(crate) fn open(&self, handler: &Handler) {
        // Nobody opens it twice.
        self.0.set(std::sync::Arc::downgrade(handler)).ok();
    }

    fn handler(&self) -> io::Result<Handler> {
        let opened = self.0.get().and_then(Weak::upgrade);
        opened.ok_or_else(|| io::Error::other("the server is shutting down"))
    }
}

impl FrontDoor for Inside {
    fn connect(&self, client: ClientAddress) -> io::Result<DuplexStream> {
        let handler = self.handler()?;
        let (theirs, ours) = tokio::io::duplex(IN_FLIGHT);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(client);
            let answer = handler(request);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(ours), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection from within ended early");
            }
        });
        Ok(theirs)
    }
}
