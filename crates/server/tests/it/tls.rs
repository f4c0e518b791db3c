//! TLS from files, with a certification authority made here.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Certificate, Version};
use serde_json::Value;
use shukuba_server::{Server, Settings, StartError, TlsFiles};
use tokio::net::TcpStream;

const METADATA: &str = "/.well-known/openid-configuration";

/// A private certification authority.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// A certificate for 127.0.0.1 and its key, as PEM.
    fn issue(&self) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// A client that trusts this authority and no other.
    fn client(&self) -> reqwest::Client {
        let root = Certificate::from_pem(self.certificate.as_bytes()).unwrap();
        let builder = reqwest::Client::builder().tls_certs_only([root]);
        builder.build().unwrap()
    }

    /// Whether a client of this authority reaches the server on a new connection.
    async fn is_of(&self, server: &Server) -> bool {
        let url = format!("{}{METADATA}", server.public_url());
        self.client().get(url).send().await.is_ok()
    }
}

/// Files for TLS in a directory.
struct Files(TlsFiles);

impl Files {
    fn new(directory: &Path, (certificate, key): (String, String)) -> Self {
        let files = Self(TlsFiles {
            certificate: directory.join("tls.crt"),
            key: directory.join("tls.key"),
        });
        replace(&files.0.certificate, &certificate);
        replace(&files.0.key, &key);
        files
    }

    fn settings(&self, directory: &Path) -> Settings {
        Settings {
            tls: Some(self.0.clone()),
            ..Settings::local(directory.join("data"), 0, None)
        }
    }
}

/// As tools that renew certificates do: whole, by a rename.
fn replace(path: &PathBuf, content: &str) {
    let partial = path.with_extension("new");
    std::fs::write(&partial, content).unwrap();
    std::fs::rename(partial, path).unwrap();
}

#[tokio::test]
async fn with_tls_files_the_server_speaks_https_and_is_called_so() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let files = Files::new(directory.path(), authority.issue());
    let server = Server::start(files.settings(directory.path()))
        .await
        .unwrap();
    let origin = format!("https://{}", server.address());
    assert_eq!(server.public_url(), origin);

    // One that never says a word holds up nobody.
    let silent = TcpStream::connect(server.address()).await.unwrap();
    let response = authority.client().get(format!("{origin}{METADATA}"));
    let response = response.send().await.unwrap();
    assert_eq!(response.version(), Version::HTTP_11);
    let metadata: Value = response.json().await.unwrap();
    assert_eq!(metadata["issuer"], origin);
    assert!(!Authority::new().is_of(&server).await, "a stranger's root");
    drop(silent);
    server.shutdown().await;
}

#[tokio::test]
async fn changed_tls_files_are_taken_up_and_broken_ones_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (Authority::new(), Authority::new());
    let files = Files::new(directory.path(), old.issue());
    let server = Server::start(files.settings(directory.path()))
        .await
        .unwrap();
    assert!(old.is_of(&server).await);

    // A certificate whose key has yet to follow, and what is none at all.
    let (certificate, key) = new.issue();
    replace(&files.0.certificate, &certificate);
    assert!(old.is_of(&server).await, "the key does not fit yet");
    replace(&files.0.key, &key);
    assert!(new.is_of(&server).await);
    assert!(!old.is_of(&server).await);

    replace(&files.0.certificate, "not a certificate");
    assert!(new.is_of(&server).await);
    std::fs::remove_file(&files.0.key).unwrap();
    assert!(new.is_of(&server).await);

    let (certificate, key) = old.issue();
    replace(&files.0.certificate, &certificate);
    replace(&files.0.key, &key);
    assert!(old.is_of(&server).await, "mended");
    server.shutdown().await;
}

#[tokio::test]
async fn unusable_tls_files_stop_the_start_and_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (certificate, key) = authority.issue();
    let (_, foreign_key) = authority.issue();
    for (certificate, key, named) in [
        (certificate.as_str(), foreign_key.as_str(), "tls.key"),
        (&certificate, "", "tls.key"),
        (&certificate, &certificate, "no private key"),
        ("", &key, "tls.crt"),
        (&key, &key, "no certificate"),
    ] {
        let pair = (certificate.to_owned(), key.to_owned());
        let files = Files::new(directory.path(), pair);
        let started = Server::start(files.settings(directory.path())).await;
        let error = started.err().unwrap();
        assert!(matches!(error, StartError::Tls(_)));
        assert!(error.to_string().contains(named), "{error}");
    }
    let files = Files::new(directory.path(), (certificate, key));
    std::fs::remove_file(&files.0.certificate).unwrap();
    let started = Server::start(files.settings(directory.path())).await;
    let error = started.err().unwrap().to_string();
    assert!(error.contains("tls.crt"), "{error}");
}
