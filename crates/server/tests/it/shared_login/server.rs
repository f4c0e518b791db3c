//! The server as a process of its own.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use shukuba_server::{Server, Settings};

use super::place::{self, FOLDER, Place, eventually};

const PORT: &str = "SHUKUBA_TEST_SHARED_PORT";

/// A server that runs; killed when dropped.
pub(super) struct Running {
    process: Child,
    pub(super) address: SocketAddr,
}

/// Starts one over the data directory of the place, and waits until it listens.
pub(super) fn start(place: &Place, port: u16) -> Running {
    let announced = announcement(place.path());
    std::fs::remove_file(&announced).ok();
    let process = place
        .child("server")
        .env(PORT, port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let address = eventually("a server that listens", || {
        std::fs::read_to_string(&announced).ok()?.parse().ok()
    });
    Running { process, address }
}

impl Running {
    /// Ends it as an operator would.
    pub(super) fn stop(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }

    /// Ends it by SIGKILL, whatever it does just now.
    pub(super) fn kill(mut self) {
        self.process.kill().unwrap();
        assert!(!self.process.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The process itself: serves until nobody holds its standard input any more.
pub(super) fn run() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let port = std::env::var(PORT).unwrap().parse().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let settings = Settings::local(place::data_dir(&folder), port, None);
        let server = Server::start(settings).await.unwrap();
        let partial = folder.join("address.partial");
        std::fs::write(&partial, server.address().to_string()).unwrap();
        std::fs::rename(&partial, announcement(&folder)).unwrap();
        let held = || std::io::stdin().read(&mut [0]);
        tokio::task::spawn_blocking(held).await.unwrap().unwrap();
        server.shutdown().await;
    });
}

/// The file in which it says where it listens.
fn announcement(folder: &Path) -> PathBuf {
    folder.join("address")
}
