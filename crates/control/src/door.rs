//! The server's own front door, which this crate does not know. `server`
//! connects it.

use std::io;

use shukuba_model::ClientAddress;
use tokio::io::DuplexStream;

/// The door that every client comes through, reached from within the server:
/// what is sent is judged, carried and counted as if it had come over the
/// network.
pub trait FrontDoor: Send + Sync {
    /// A connection such as a client at that address has, without TLS.
    ///
    /// # Errors
    /// When the server is being shut down.
    fn connect(&self, client: ClientAddress) -> io::Result<DuplexStream>;
}
