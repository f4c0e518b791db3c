//! A private certificate authority, and an HTTPS server that answers with
//! exactly the bytes a test wrote.
#![expect(
    clippy::expect_used,
    reason = "a test server fails the test that uses it"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::raw::find;

/// A certificate authority of one test.
pub struct PrivateCa(CertifiedIssuer<'static, KeyPair>);

/// A certificate that the authority signed, and its key.
pub struct Leaf {
    /// The certificate, PEM.
    pub certificate: String,
    /// The private key, PEM (PKCS #8).
    pub key: String,
    chain: rcgen::Certificate,
    pair: KeyPair,
}

impl PrivateCa {
    /// Makes an authority with a new key.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Shukuba test authority");
        let key = KeyPair::generate().expect("a key is made");
        Self(CertifiedIssuer::self_signed(params, key).expect("the authority signs itself"))
    }

    /// Its certificate, PEM: what a client is told to trust.
    pub fn certificate(&self) -> String {
        self.0.pem()
    }

    /// Signs a certificate for host names and IP addresses.
    pub fn sign(&self, names: &[&str]) -> Leaf {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).expect("the names are usable");
        let pair = KeyPair::generate().expect("a key is made");
        let chain = params
            .signed_by(&pair, &self.0)
            .expect("the authority signs");
        Leaf {
            certificate: chain.pem(),
            key: pair.serialize_pem(),
            chain,
            pair,
        }
    }
}

impl Default for PrivateCa {
    fn default() -> Self {
        Self::new()
    }
}

/// An HTTPS server on loopback with canned answers; it ends when dropped.
pub struct CannedServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<HashMap<String, Canned>>,
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

/// What is sent for a path.
#[derive(Clone)]
enum Canned {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then one more every 20 ms for as long as somebody reads.
    Drip(Vec<u8>),
}

impl CannedServer {
    /// Starts a server with a certificate for `names`.
    pub async fn start(ca: &PrivateCa, names: &[&str]) -> Self {
        let acceptor = acceptor(&ca.sign(names));
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(serve(listener, acceptor, Arc::clone(&shared)));
        Self {
            address,
            shared,
            task,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests for `target` (path and query) with these bytes, from
    /// the status line to the end, and closes the connection.
    pub fn answer(&self, target: &str, bytes: impl Into<Vec<u8>>) {
        self.put(target, Canned::Bytes(bytes.into()));
    }

    /// Answers with a status line, headers and a body; the length is added.
    pub fn respond(&self, target: &str, status: u16, headers: &[(&str, &str)], body: &[u8]) {
        let mut bytes = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str("\r\n");
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(body);
        self.answer(target, bytes);
    }

    /// Answers with these bytes, then a byte at a time without end.
    pub fn drip(&self, target: &str, bytes: impl Into<Vec<u8>>) {
        self.put(target, Canned::Drip(bytes.into()));
    }

    fn put(&self, target: &str, canned: Canned) {
        self.shared.answers.lock().insert(target.to_owned(), canned);
    }

    /// How many TCP connections were made.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The heads of the requests so far, as they came.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().clone()
    }
}

impl Drop for CannedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn acceptor(leaf: &Leaf) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(leaf.pair.serialize_der()).expect("the key is PKCS #8");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider speaks TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.chain.der().clone()], key)
        .expect("the key is the certificate's");
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        // A client that goes away, or does not trust us, is no failure of the server.
        connections.spawn(async move { converse(stream, acceptor, shared).await.ok() });
    }
}

async fn converse(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let head = read_head(&mut stream).await?;
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    shared.requests.lock().push(head);
    let canned = shared.answers.lock().get(&target).cloned();
    match canned {
        Some(Canned::Bytes(bytes)) => stream.write_all(&bytes).await?,
        Some(Canned::Drip(bytes)) => drip(&mut stream, &bytes).await?,
        None => {
            let bytes = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(bytes).await?;
        }
    }
    stream.shutdown().await
}

async fn drip(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    loop {
        stream.flush().await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
        stream.write_all(b" ").await?;
    }
}

async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    while find(&bytes, b"\r\n\r\n").is_none() {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
