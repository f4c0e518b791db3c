//! Discovery documents over real HTTP, good and bad.

use std::time::Duration;

use shukuba_model::ClientClaim;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::jose::OwnIssuer;
use shukuba_testkit::provider::FakeProvider;
use shukuba_verify::fetch::{FetchError, GuardedClient};
use shukuba_verify::{DiscoveryError, discovery};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::Bench;

/// Answers one request with these bytes, then closes.
async fn answering(response: impl Into<Vec<u8>>) -> DiscoveryUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let response = response.into();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 4096];
        assert_ne!(stream.read(&mut head).await.unwrap(), 0);
        stream.write_all(&response).await.ok();
        stream.shutdown().await.ok();
    });
    at(port)
}

fn at(port: u16) -> DiscoveryUrl {
    format!("http://127.0.0.1:{port}/.well-known/openid-configuration")
        .parse()
        .unwrap()
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn error(url: &DiscoveryUrl) -> DiscoveryError {
    discovery::fetch(&GuardedClient::default(), url)
        .await
        .unwrap_err()
}

async fn impatient_error(url: &DiscoveryUrl) -> FetchError {
    let client = GuardedClient::new(Duration::from_millis(500));
    fetch_error(discovery::fetch(&client, url).await.unwrap_err())
}

fn fetch_error(error: DiscoveryError) -> FetchError {
    match error {
        DiscoveryError::Fetch(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn auth0_and_cognito_are_recognised_with_the_preset_they_need() {
    let client = GuardedClient::default();
    let auth0 = FakeProvider::auth0().await;
    let facts = discovery::fetch(&client, &auth0.discovery_url().parse().unwrap())
        .await
        .unwrap();
    assert_eq!(facts.issuer, auth0.issuer());
    assert!(facts.issuer.ends_with('/'));
    assert_eq!(facts.token_endpoint, Some(auth0.token_endpoint()));
    assert_eq!(facts.preset.unwrap().client_claim, ClientClaim::Auth0);
    let cognito = FakeProvider::cognito().await;
    let facts = discovery::fetch(&client, &cognito.discovery_url().parse().unwrap())
        .await
        .unwrap();
    assert_eq!(facts.issuer, cognito.issuer());
    assert_eq!(facts.preset.unwrap().client_claim, ClientClaim::Cognito);
}

#[tokio::test]
async fn our_own_document_is_known_without_a_fetch() {
    let bench = Bench::new(Vec::new());
    let url = at(9);
    bench.own.publish(OwnIssuer {
        issuer: "http://127.0.0.1:9".to_owned(),
        discovery_urls: vec![url.to_string()],
        ..OwnIssuer::default()
    });
    let facts = bench.verifier.discover(&url).await.unwrap();
    assert_eq!(facts.issuer, "http://127.0.0.1:9");
}

#[tokio::test]
async fn nobody_there_a_status_and_a_redirect_are_told_apart() {
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let unreachable = fetch_error(error(&at(port)).await);
    assert!(
        matches!(unreachable, FetchError::Unreachable { .. }),
        "{unreachable}"
    );
    let missing = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    assert!(matches!(
        fetch_error(error(&missing).await),
        FetchError::Status { status: 404, .. }
    ));
    let moved = answering(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let moved = fetch_error(error(&moved).await);
    assert!(matches!(moved, FetchError::Status { status: 302, .. }));
    assert!(
        moved.to_string().contains("redirects are not followed"),
        "{moved}"
    );
}

#[tokio::test]
async fn a_page_an_empty_object_and_another_issuer_are_told_apart() {
    let page = answering(ok("<html>Sign in</html>")).await;
    assert!(matches!(
        fetch_error(error(&page).await),
        FetchError::NotJson { .. }
    ));
    let empty = answering(ok("{}")).await;
    assert!(matches!(
        error(&empty).await,
        DiscoveryError::Missing {
            member: "issuer",
            ..
        }
    ));
    let other = answering(ok(
        r#"{"issuer":"https://idp.example","jwks_uri":"https://idp.example/k"}"#,
    ))
    .await;
    let error = error(&other).await;
    let text = error.to_string();
    assert!(
        matches!(error, DiscoveryError::AnotherIssuer { .. }),
        "{text}"
    );
    assert!(text.contains("found 'https://idp.example'"), "{text}");
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_no_further() {
    let endless = "x".repeat(GuardedClient::DISCOVERY_LIMIT + 1);
    let declared = answering(ok(&endless)).await;
    assert!(matches!(
        fetch_error(error(&declared).await),
        FetchError::TooLarge { .. }
    ));
    let undeclared = answering(format!("HTTP/1.1 200 OK\r\n\r\n{endless}")).await;
    assert!(matches!(
        fetch_error(error(&undeclared).await),
        FetchError::TooLarge { .. }
    ));
}

#[tokio::test]
async fn a_provider_that_hangs_before_or_within_its_answer_times_out() {
    let provider = FakeProvider::auth0().await;
    provider.delay(Duration::from_secs(60));
    let hanging = impatient_error(&provider.discovery_url().parse().unwrap()).await;
    assert!(matches!(hanging, FetchError::TimedOut { .. }), "{hanging}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 4096];
        assert_ne!(stream.read(&mut head).await.unwrap(), 0);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
            .await
            .unwrap();
        std::future::pending::<()>().await;
    });
    let half = impatient_error(&at(port)).await;
    assert!(matches!(half, FetchError::TimedOut { .. }), "{half}");
}
