//! What the server is called, and what it says of itself to browsers.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;
use shukuba_server::{MasterKey, Server, Settings, StartError};
use shukuba_testkit::raw::RawClient;

use crate::Bed;

const METADATA: &str = "/.well-known/openid-configuration";
const LIES: [(&str, &str); 6] = [
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Port", "443"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Forwarded-For", "203.0.113.5"),
    ("Forwarded", "for=203.0.113.5;host=evil.example;proto=https"),
];

fn settings(directory: &tempfile::TempDir) -> Settings {
    Settings::local(directory.path().join("data"), 0, None)
}

async fn started(change: impl FnOnce(&mut Settings)) -> Bed {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = settings(&directory);
    change(&mut settings);
    let server = Server::start(settings).await.unwrap();
    Bed {
        directory,
        server,
        http: reqwest::Client::builder().build().unwrap(),
    }
}

#[tokio::test]
async fn m01_no_header_changes_the_issuer_not_even_a_trusted_proxys() {
    for trusted in ["10.0.0.0/8", "127.0.0.0/8"] {
        let bed =
            started(|settings| settings.trusted_proxies = vec![trusted.parse().unwrap()]).await;
        let honest = bed.anonymous(Method::GET, METADATA).send().await.unwrap();
        let honest: Value = honest.json().await.unwrap();
        assert_eq!(honest["issuer"], bed.server.public_url());
        for target in [METADATA, "/.well-known/oauth-authorization-server"] {
            let mut client = RawClient::connect(bed.server.address()).await;
            let lies: String = LIES
                .iter()
                .map(|(name, lie)| format!("{name}: {lie}\r\n"))
                .collect();
            let head = format!("GET {target} HTTP/1.1\r\nHost: evil.example\r\n{lies}\r\n");
            client.send(head.as_bytes()).await;
            let answer = client.answer("GET").await;
            let told = answer.json();
            assert_eq!(told, honest, "{target}");
        }
        bed.server.shutdown().await;
    }
}

#[tokio::test]
async fn the_public_url_is_the_issuer_wherever_the_server_listens() {
    let bed =
        started(|settings| settings.public_url = Some("https://mcp.example".parse().unwrap()))
            .await;
    assert_eq!(bed.server.public_url(), "https://mcp.example");
    assert_eq!(
        bed.server.local_url(),
        format!("http://{}", bed.server.address())
    );
    let url = format!("{}{METADATA}", bed.server.local_url());
    let metadata: Value = bed
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(metadata["issuer"], "https://mcp.example");
    assert_eq!(
        metadata["token_endpoint"],
        "https://mcp.example/oauth/token"
    );
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_server_on_every_address_does_not_guess_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        listen: Ipv4Addr::UNSPECIFIED.into(),
        ..settings(&directory)
    };
    let error = Server::start(settings.clone()).await.err().unwrap();
    assert!(matches!(error, StartError::NoPublicUrl { .. }));
    assert!(error.hint().unwrap().contains("--public-url"));
    let named = Settings {
        public_url: Some("https://mcp.example".parse().unwrap()),
        ..settings
    };
    let server = Server::start(named).await.unwrap();
    let local = format!("http://127.0.0.1:{}", server.address().port());
    assert_eq!(server.local_url(), local);
    server.shutdown().await;
}

#[tokio::test]
async fn o02_every_answer_of_issuer_and_administration_has_security_headers() {
    for (public_url, transport) in [
        (None, None),
        (Some("https://localhost:8430"), None),
        (Some("https://mcp.example"), Some("max-age=31536000")),
    ] {
        let bed = started(|settings| {
            settings.public_url = public_url.map(|url| url.parse().unwrap());
        })
        .await;
        for path in [
            METADATA,
            "/oauth/authorize",
            "/nowhere",
            "/api/v1/status",
            "/",
        ] {
            let url = format!("{}{path}", bed.server.local_url());
            let response = bed.http.get(url).send().await.unwrap();
            let header = |name: &str| {
                let value = response.headers().get(name);
                value.map(|value| value.to_str().unwrap())
            };
            assert_eq!(header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(header("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(header("strict-transport-security"), transport, "{path}");
        }
        bed.server.shutdown().await;
    }
}

#[tokio::test]
async fn a_given_master_key_lies_in_no_file_and_opens_the_keys_again() {
    let given = |byte: u8| Some(Arc::new(MasterKey::from_bytes(&[byte; 32])));
    let bed = started(|settings| settings.master_key = given(7)).await;
    let keys = bed.anonymous(Method::GET, "/.well-known/jwks.json");
    let keys = keys.send().await.unwrap().text().await.unwrap();
    let Bed {
        directory,
        server,
        http,
    } = bed;
    server.shutdown().await;
    assert!(!directory.path().join("data/master.key").exists());

    let with = |master_key| Settings {
        master_key,
        ..settings(&directory)
    };
    let error = Server::start(with(given(8)))
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("SHUKUBA_MASTER_KEY"), "{error}");
    let again = Server::start(with(given(7))).await.unwrap();
    let url = format!("{}/.well-known/jwks.json", again.public_url());
    assert_eq!(
        http.get(url).send().await.unwrap().text().await.unwrap(),
        keys
    );
    assert!(!format!("{:?}", with(given(7))).contains("7, 7"));
    again.shutdown().await;
}

/// Every file below a directory of the sources.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().flatten();
    entries
        .filter(|entry| {
            let name = entry.file_name();
            // What is built, installed or versioned is no source.
            !["target", "node_modules", "__pycache__"].contains(&&*name.to_string_lossy())
                && !name.to_string_lossy().starts_with('.')
        })
        .flat_map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => sources(&entry.path()),
            Ok(kind) if kind.is_file() => vec![entry.path()],
            _ => Vec::new(),
        })
        .collect()
}

#[tokio::test]
async fn o11_a_server_is_here_alone_until_told_and_no_key_lies_in_the_sources() {
    let (one, other) = (Bed::new().await, Bed::new().await);
    for bed in [&one, &other] {
        assert!(bed.server.address().ip().is_loopback());
    }
    assert_ne!(one.server.operator_key(), other.server.operator_key());
    let keys = async |bed: &Bed| {
        let asked = bed.anonymous(Method::GET, "/.well-known/jwks.json");
        asked.send().await.unwrap().text().await.unwrap()
    };
    assert_ne!(keys(&one).await, keys(&other).await);
    one.server.shutdown().await;
    other.server.shutdown().await;

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = sources(&root);
    assert!(files.len() > 300, "{}", files.len());
    let marks = ["PRIVATE", "ENCRYPTED PRIVATE", "RSA PRIVATE", "EC PRIVATE"]
        .map(|kind| format!("-----BEGIN {kind} KEY-----"));
    for file in files {
        let content = std::fs::read(&file).unwrap();
        let content = String::from_utf8_lossy(&content);
        for mark in &marks {
            assert!(!content.contains(mark), "{} holds a key", file.display());
        }
    }
}
