//! TLS from files: read at the start, and again when they change.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use shukuba_model::Snapshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate and its key lie.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate and those between it and its root, PEM, in this order.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// Why TLS cannot be spoken with the files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, or holds something else.
    #[error("the TLS {what} {} cannot be read: {reason}", path.display())]
    File {
        /// `certificate` or `key`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The two are of no use together.
    #[error(
        "the TLS certificate {} cannot be used with the key {}: {reason}",
        files.certificate.display(),
        files.key.display()
    )]
    Pair {
        /// The files.
        files: TlsFiles,
        /// What is wrong.
        reason: String,
    },
}

/// The TLS side of the listener.
pub(crate) struct Tls {
    files: TlsFiles,
    config: Snapshot<ServerConfig>,
    /// What the files looked like when they were last read.
    seen: Mutex<Seen>,
}

/// What tells a file from its successor, for either file.
type Seen = [Option<Stamp>; 2];

#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    modified: (i64, i64),
    length: u64,
    inode: u64,
}

impl Tls {
    /// Reads the files.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let seen = look(&files);
        Ok(Self {
            config: Snapshot::new(read(&files)?),
            seen: Mutex::new(seen),
            files,
        })
    }

    /// What speaks TLS on the next connection: with the files as they are, or
    /// as they were while what is there cannot be used.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        if self.changed() {
            match read(&self.files) {
                Ok(config) => {
                    self.config.publish(config);
                    tracing::info!(certificate = %self.files.certificate.display(), "TLS certificate read again");
                }
                // Of two files one is always replaced before the other.
                Err(error) => {
                    tracing::error!(%error, "the TLS files have changed; the old certificate is used until they can be");
                }
            }
        }
        TlsAcceptor::from(self.config.load_full())
    }

    /// Whether the files differ from when this was last asked. Two looks at
    /// metadata are nothing beside a handshake, and a change is never missed.
    fn changed(&self) -> bool {
        let now = look(&self.files);
        let mut seen = self.seen.lock();
        let changed = *seen != now;
        *seen = now;
        changed
    }
}

fn look(files: &TlsFiles) -> Seen {
    [&files.certificate, &files.key].map(|path| std::fs::metadata(path).ok().map(Stamp::of))
}

impl Stamp {
    fn of(metadata: Metadata) -> Self {
        Self {
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            length: metadata.len(),
            inode: metadata.ino(),
        }
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let unusable = |reason: String| TlsError::Pair {
        files: files.clone(),
        reason,
    };
    let chain = read_chain(&files.certificate).map_err(|error| {
        let reason = match error {
            pem::Error::NoItemsFound => "it holds no certificate in PEM".to_owned(),
            error => error.to_string(),
        };
        file_error("certificate", &files.certificate, reason)
    })?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| {
        let reason = match error {
            pem::Error::NoItemsFound => {
                "it holds no private key in PEM, or one under a passphrase".to_owned()
            }
            error => error.to_string(),
        };
        file_error("key", &files.key, reason)
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| unusable(error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    let chain = CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>()?;
    if chain.is_empty() {
        return Err(pem::Error::NoItemsFound);
    }
    Ok(chain)
}

fn file_error(what: &'static str, path: &Path, reason: String) -> TlsError {
    TlsError::File {
        what,
        path: path.to_owned(),
        reason,
    }
}
