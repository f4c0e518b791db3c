//! The fetch of what strangers name, over real TLS on loopback. Numbers in
//! names are those of the negative test list.

use std::collections::HashMap;
use std::time::Duration;

use shukuba_testkit::tls::{CannedServer, PrivateCa};
use shukuba_verify::fetch::{Fetched, Outcome, PublicClient, PublicFetchError, Validators};

const HOST: &str = "client.example";
const URL: &str = "https://client.example/id";
const LIMIT: usize = PublicClient::DOCUMENT_LIMIT;
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A server that is the only one the client may find, and the client.
struct Bench {
    ca: PrivateCa,
    server: CannedServer,
    client: PublicClient,
}

impl Bench {
    async fn new() -> Self {
        let ca = PrivateCa::new();
        let server = CannedServer::start(&ca, &[HOST]).await;
        // The own host is found here as well, so only the rule can refuse it.
        let hosts = [
            HOST,
            "own.example",
            "localhost",
            "printer.local",
            "intranet",
        ];
        let servers: HashMap<_, _> = hosts.map(|host| (host.to_owned(), server.address())).into();
        let client = PublicClient::for_tests("own.example", &ca.certificate(), servers).unwrap();
        Self { ca, server, client }
    }

    async fn fetch(&self) -> Result<Outcome, PublicFetchError> {
        self.client.fetch(URL, LIMIT, None).await
    }

    async fn document(&self) -> Fetched {
        match self.fetch().await.unwrap() {
            Outcome::Document(fetched) => fetched,
            other @ Outcome::NotModified { .. } => panic!("{other:?}"),
        }
    }

    /// The error of an answer.
    async fn error(&self, status: u16, headers: &[(&str, &str)], body: &[u8]) -> PublicFetchError {
        self.server.respond("/id", status, headers, body);
        self.fetch().await.unwrap_err()
    }
}

#[tokio::test]
async fn a_document_is_had_with_its_freshness_and_validators() {
    let bench = Bench::new().await;
    let headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Cache-Control", "max-age=600"),
        ("Age", "100"),
        ("ETag", "\"v1\""),
        ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ];
    bench.server.respond("/id", 200, &headers, b"{\"a\":1}");
    let fetched = bench.document().await;
    assert_eq!(&fetched.body[..], b"{\"a\":1}");
    assert_eq!(fetched.fresh_for, Duration::from_secs(500));
    assert_eq!(fetched.validators.etag.as_deref(), Some("\"v1\""));
    let modified = fetched.validators.last_modified.unwrap();
    assert_eq!(modified, "Sun, 06 Nov 1994 08:49:37 GMT");
}

#[tokio::test]
async fn c16_a_version_that_still_holds_is_not_sent_again() {
    let bench = Bench::new().await;
    let headers = [("Cache-Control", "max-age=10")];
    bench.server.respond("/id", 304, &headers, b"");
    let known = Validators {
        etag: Some("\"v1\"".to_owned()),
        last_modified: None,
    };
    let outcome = bench.client.fetch(URL, LIMIT, Some(&known)).await.unwrap();
    let fresh_for = Duration::from_secs(60);
    assert_eq!(outcome, Outcome::NotModified { fresh_for });
    let requests = bench.server.requests();
    assert!(
        requests[0].contains("if-none-match: \"v1\"\r\n"),
        "{requests:?}"
    );
    // Nobody asked whether: the answer makes no sense.
    let unasked = bench.fetch().await;
    assert!(matches!(
        unasked,
        Err(PublicFetchError::Status { status: 304, .. })
    ));
    let nothing_known = Validators::default();
    let unasked = bench.client.fetch(URL, LIMIT, Some(&nothing_known)).await;
    assert!(matches!(
        unasked,
        Err(PublicFetchError::Status { status: 304, .. })
    ));
}

#[tokio::test]
async fn c01_c02_c05_what_must_not_be_fetched_opens_no_connection() {
    let bench = Bench::new().await;
    bench.server.respond("/id", 200, &[JSON], b"{}");
    let port = bench.server.address().port();
    for url in [
        "http://client.example/id".to_owned(),
        "https://user@client.example/id".to_owned(),
        "https://client.example/id#x".to_owned(),
        format!("https://127.0.0.1:{port}/id"),
        format!("https://2130706433:{port}/id"),
        format!("https://0x7f.1:{port}/id"),
        format!("https://0177.0.0.1:{port}/id"),
        format!("https://[::1]:{port}/id"),
        format!("https://[::ffff:127.0.0.1]:{port}/id"),
        "https://localhost/id".to_owned(),
        "https://printer.local/id".to_owned(),
        "https://intranet/id".to_owned(),
    ] {
        let error = bench.client.fetch(&url, LIMIT, None).await.unwrap_err();
        assert!(
            matches!(error, PublicFetchError::Address(_)),
            "{url}: {error}"
        );
        assert!(!error.is_outage());
    }
    for url in ["https://own.example/id", "https://OWN.example.:444/id"] {
        let error = bench.client.fetch(url, LIMIT, None).await.unwrap_err();
        assert!(
            matches!(error, PublicFetchError::OwnHost { .. }),
            "{url}: {error}"
        );
    }
    assert_eq!(bench.server.connections(), 0);
}

#[tokio::test]
async fn c06_redirects_are_not_followed() {
    let bench = Bench::new().await;
    bench.server.respond("/other", 200, &[JSON], b"{}");
    for status in [301, 302, 303, 307, 308] {
        let headers = [("Location", "https://client.example/other")];
        let error = bench.error(status, &headers, b"").await;
        assert!(
            matches!(error, PublicFetchError::Status { status: found, .. } if found == status),
            "{error}"
        );
        assert!(
            error.to_string().contains("redirects are not followed"),
            "{error}"
        );
    }
    assert_eq!(bench.server.connections(), 5);
}

#[tokio::test]
async fn c07_only_status_200_is_an_answer() {
    let bench = Bench::new().await;
    for (status, outage) in [
        (201, false),
        (206, false),
        (404, false),
        (410, false),
        (500, true),
    ] {
        let error = bench.error(status, &[JSON], b"{}").await;
        assert!(
            matches!(error, PublicFetchError::Status { status: found, .. } if found == status),
            "{error}"
        );
        assert_eq!(error.is_outage(), outage, "{error}");
    }
    bench.server.answer(
        "/id",
        "HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n",
    );
    let error = bench.fetch().await.unwrap_err();
    assert!(
        matches!(error, PublicFetchError::Status { status: 204, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn c08_a_body_may_have_5120_bytes_however_it_is_sent() {
    let bench = Bench::new().await;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    for (length, taken) in [(5_120, true), (5_121, false), (50_000, false)] {
        let body = "x".repeat(length);
        for answer in [
            format!("{head}Content-Length: {length}\r\n\r\n{body}"),
            format!("{head}Connection: close\r\n\r\n{body}"),
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
        ] {
            bench.server.answer("/id", answer);
            match bench.fetch().await {
                Ok(_) => assert!(taken, "{length}"),
                Err(PublicFetchError::TooLarge { limit: 5_120, .. }) => assert!(!taken, "{length}"),
                Err(other) => panic!("{length}: {other}"),
            }
        }
    }
    let huge = format!("{head}Content-Length: 99999999999999\r\n\r\n");
    bench.server.answer("/id", huge);
    let error = bench.fetch().await.unwrap_err();
    assert!(
        matches!(error, PublicFetchError::TooLarge { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn c08_nothing_compressed_is_asked_for_or_taken() {
    let bench = Bench::new().await;
    let bomb = [JSON, ("Content-Encoding", "gzip")];
    let error = bench.error(200, &bomb, &[0x1f, 0x8b, 8, 0]).await;
    assert!(matches!(error, PublicFetchError::Encoded { .. }), "{error}");
    let requests = bench.server.requests();
    assert!(
        !requests[0].to_lowercase().contains("accept-encoding"),
        "{requests:?}"
    );
    assert!(
        !requests[0].to_lowercase().contains("cookie"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn c09_a_body_that_drips_ends_with_the_limit_of_the_whole_fetch() {
    let bench = Bench::new().await;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let limit = Duration::from_millis(300);
    let client = bench.client.with_timeout(limit);
    // A byte comes every 20 ms, so a limit on silence would never end this.
    for beginning in [format!("{head}X-Slow: "), format!("{head}\r\n")] {
        bench.server.drip("/id", beginning);
        let error = client.fetch(URL, usize::MAX, None).await.unwrap_err();
        assert!(
            matches!(error, PublicFetchError::TimedOut { .. }),
            "{error}"
        );
        assert!(error.is_outage());
    }
}

#[tokio::test]
async fn c10_what_is_not_said_to_be_json_is_not_taken() {
    let bench = Bench::new().await;
    for kind in [
        "text/html",
        "application/octet-stream",
        "text/plain; x=application/json",
    ] {
        let error = bench.error(200, &[("Content-Type", kind)], b"{}").await;
        assert!(
            matches!(&error, PublicFetchError::ContentType { found, .. } if found == kind),
            "{error}"
        );
    }
    let error = bench.error(200, &[], b"{}").await;
    assert!(
        matches!(error, PublicFetchError::ContentType { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn c15_a_failed_fetch_leaves_nothing_behind() {
    let bench = Bench::new().await;
    bench.error(500, &[JSON], b"{}").await;
    bench
        .server
        .respond("/id", 200, &[JSON], b"{\"fixed\":true}");
    assert_eq!(&bench.document().await.body[..], b"{\"fixed\":true}");
}

#[tokio::test]
async fn every_fetch_has_a_connection_of_its_own() {
    let bench = Bench::new().await;
    bench.server.respond("/id", 200, &[JSON], b"{}");
    for count in 1..=3 {
        bench.document().await;
        assert_eq!(bench.server.connections(), count);
    }
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_or_for_another_name_is_not_trusted() {
    let bench = Bench::new().await;
    bench.server.respond("/id", 200, &[JSON], b"{}");
    let servers: HashMap<_, _> = [HOST, "other.example"]
        .map(|host| (host.to_owned(), bench.server.address()))
        .into();
    let stranger = PrivateCa::new();
    for (authority, url) in [(&stranger, URL), (&bench.ca, "https://other.example/id")] {
        let roots = authority.certificate();
        let client = PublicClient::for_tests("own.example", &roots, servers.clone()).unwrap();
        let error = client.fetch(url, LIMIT, None).await.unwrap_err();
        assert!(
            matches!(error, PublicFetchError::Unreachable { .. }),
            "{error}"
        );
    }
    assert!(bench.server.requests().is_empty());
}

#[tokio::test]
async fn c19_a_host_that_does_not_answer_holds_four_connections_and_no_more() {
    let bench = Bench::new().await;
    bench.server.drip("/id", "HTTP/1.1 200 OK\r\nX-Slow: ");
    let client = bench.client.with_timeout(Duration::from_millis(500));
    let fetches: Vec<_> = (0..12)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.fetch(URL, LIMIT, None).await.unwrap_err() })
        })
        .collect();
    let (mut busy, mut slow) = (0, 0);
    for fetch in fetches {
        match fetch.await.unwrap() {
            PublicFetchError::Busy { .. } => busy += 1,
            PublicFetchError::TimedOut { .. } => slow += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((busy, slow), (8, 4));
    assert!(bench.server.connections() <= 4);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_an_outage() {
    let bench = Bench::new().await;
    let url = "https://gone.example/id";
    let error = bench.client.fetch(url, LIMIT, None).await.unwrap_err();
    assert!(
        matches!(error, PublicFetchError::Unresolved { .. }),
        "{error}"
    );
    assert!(error.is_outage());
}
