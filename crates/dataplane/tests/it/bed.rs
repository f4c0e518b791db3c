//! A data plane on a loopback port, with an engine, a verifier and a key of
//! its own issuer.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use shukuba_dataplane::{DataPlane, DataPlaneSettings};
use shukuba_engine::{Engine, EngineSettings};
use shukuba_model::jose::{Jwk, JwkSet, OwnIssuer};
use shukuba_model::revocation::Revoked;
use shukuba_model::route::{Lifecycle, Version};
use shukuba_model::session::SessionMode;
use shukuba_model::{
    Authorizer, ClientClaim, Clock, Entry, LoginAllow, LoginEntry, Qualifier, Revocations, Route,
    RouteTable, RuntimeArn, Snapshot,
};
use shukuba_testkit::fixture::{self, FixtureOptions};
use shukuba_testkit::raw::{RawAnswer, RawClient};
use shukuba_verify::{Verifier, VerifierSettings};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) const PUBLIC: &str = "https://mcp.example";
pub(crate) const AUDIENCE: &str = "https://api.example/";
pub(crate) const PATH: &str = "/mcp/fixture";
pub(crate) const ARN: &str =
    "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/fixture-y2iy3YFsSN";
pub(crate) const ENCODED: &str =
    "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2Ffixture-y2iy3YFsSN";
pub(crate) const CALL: &str = r#"{"jsonrpc":"2.0","id":"call-1","method":"tools/call","params":{"name":"add","arguments":{"a":2,"b":3}}}"#;
pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
const NOW: i64 = 1_800_000_000;

pub(crate) struct Options {
    pub(crate) fixture: FixtureOptions,
    pub(crate) sessions: SessionMode,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) engine: shukuba_engine::Limits,
    pub(crate) plane: shukuba_dataplane::Limits,
    pub(crate) scopes: Vec<String>,
    pub(crate) login: Option<LoginAllow>,
    pub(crate) runtimes: Vec<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fixture: FixtureOptions::default(),
            sessions: SessionMode::Stateless,
            lifecycle: Lifecycle::default(),
            engine: shukuba_engine::Limits::default(),
            plane: shukuba_dataplane::Limits::default(),
            scopes: Vec::new(),
            login: None,
            runtimes: vec!["fixture"],
        }
    }
}

pub(crate) struct Bed {
    pub(crate) address: SocketAddr,
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    routes: Snapshot<RouteTable>,
    own: Snapshot<OwnIssuer>,
    options: Options,
    journal: PathBuf,
    key: EcdsaKeyPair,
    server: JoinHandle<()>,
    _directory: tempfile::TempDir,
}

impl Bed {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn stateful() -> Self {
        Self::with(Options {
            sessions: SessionMode::Stateful,
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(mut options: Options) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let journal = directory.path().join("journal");
        options.fixture.journal = Some(journal.clone());
        options.fixture.stateless = options.sessions == SessionMode::Stateless;
        let clock = Clock::fixed(NOW);
        let pkcs8 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let own = Snapshot::new(own_issuer(&pkcs8));
        let verifier = Arc::new(Verifier::new(VerifierSettings::new(
            clock.clone(),
            own.clone(),
        )));
        let engine = Engine::new(EngineSettings {
            limits: options.engine,
            clock: clock.clone(),
            ..EngineSettings::new(directory.path().join("data"))
        })
        .unwrap();
        let routes = Snapshot::new(RouteTable::new(
            options.runtimes.iter().map(|name| route(name, &options)),
        ));
        let settings = DataPlaneSettings {
            limits: options.plane,
            ..DataPlaneSettings::new(PUBLIC)
        };
        let plane = DataPlane::new(settings, routes.clone(), verifier, engine.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            engine,
            clock,
            routes,
            own,
            journal,
            options,
            key: pkcs8,
            server: tokio::spawn(serve(listener, plane)),
            _directory: directory,
        }
    }

    /// Publishes the route of the fixture as it was at the start, changed.
    pub(crate) fn republish(&self, change: impl FnOnce(&mut Route)) {
        let mut changed = route("fixture", &self.options);
        change(&mut changed);
        self.routes.publish(RouteTable::new([changed]));
    }

    /// Publishes the issuer with these revocations.
    pub(crate) fn revoke(&self, revoked: Revoked) {
        let mut own = OwnIssuer::clone(&self.own.load());
        own.revoked = Revocations::new(revoked);
        self.own.publish(own);
    }

    /// A token for the person `who`, given to a client that registered itself.
    pub(crate) fn person(&self, who: &str) -> String {
        let changes = json!({
            "sub": format!("usr_{who}"), "username": who,
            "grant_id": format!("grant-{who}"), "client_id": "self-registered",
        });
        self.token_with(who, changes)
    }

    /// Ends the test: no process is left.
    pub(crate) async fn end(self) {
        self.server.abort();
        self.engine.shutdown().await;
    }

    /// A token that the application `who` got for itself.
    pub(crate) fn token(&self, who: &str) -> String {
        self.token_with(who, json!({}))
    }

    pub(crate) fn token_with(&self, who: &str, changes: Value) -> String {
        self.token_without(who, "", changes)
    }

    pub(crate) fn token_without(&self, who: &str, left_out: &str, changes: Value) -> String {
        let mut claims = json!({
            "iss": PUBLIC, "sub": format!("{who}@clients"), "aud": AUDIENCE, "client_id": who,
            "iat": self.clock.now(), "exp": self.clock.now() + 86_400, "jti": "x",
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().remove(left_out);
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "ES256", "kid": "test", "typ": "at+jwt"});
        let input = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), input.as_bytes())
            .unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    pub(crate) async fn client(&self) -> RawClient {
        RawClient::connect(self.address).await
    }

    /// A request of `alice`, over a connection of its own.
    pub(crate) async fn ask(
        &self,
        method: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> RawAnswer {
        self.ask_as("alice", method, headers, body).await
    }

    pub(crate) async fn ask_as(
        &self,
        who: &str,
        method: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> RawAnswer {
        let bearer = format!("Bearer {}", self.token(who));
        let mut all = vec![
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        all.extend_from_slice(headers);
        self.client()
            .await
            .request(method, PATH, &all, body.as_bytes())
            .await
    }

    /// The process id of the instance that answers `who`.
    pub(crate) async fn instance_of(&self, who: &str, headers: &[(&str, &str)]) -> String {
        let mut all = vec![("Mcp-Fixture", "pid")];
        all.extend_from_slice(headers);
        let answer = self.ask_as(who, "POST", &all, CALL).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        answer.text()
    }

    /// Begins a legacy session and gives its id.
    pub(crate) async fn initialize(&self, who: &str) -> String {
        let answer = self.ask_as(who, "POST", &[], INITIALIZE).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        answer.header("mcp-session-id").unwrap().to_owned()
    }

    pub(crate) fn journal(&self) -> Vec<String> {
        fixture::journal(&self.journal)
    }

    pub(crate) fn starts(&self) -> usize {
        let journal = self.journal();
        journal
            .iter()
            .filter(|line| line.starts_with("start "))
            .count()
    }

    /// Waits until the journal has a line.
    pub(crate) async fn noted(&self, line: &str) {
        eventually(line, || self.journal().iter().any(|noted| noted == line)).await;
    }

    pub(crate) fn instances(&self) -> usize {
        self.engine.instances(&arn("fixture").id)
    }
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never came true: {what}");
}

async fn serve(listener: TcpListener, plane: DataPlane) {
    while let Ok((stream, _)) = listener.accept().await {
        let plane = plane.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let plane = plane.clone();
                async move {
                    assert!(plane.serves(request.uri().path()));
                    Ok::<_, Infallible>(plane.handle(request).await)
                }
            });
            let _ended = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn own_issuer(key: &EcdsaKeyPair) -> OwnIssuer {
    let point = key.public_key().as_ref();
    let coordinate = |range: std::ops::Range<usize>| Some(URL_SAFE_NO_PAD.encode(&point[range]));
    OwnIssuer {
        issuer: PUBLIC.to_owned(),
        discovery_urls: vec![format!("{PUBLIC}/.well-known/openid-configuration")],
        keys: JwkSet {
            keys: vec![Jwk {
                kty: "EC".to_owned(),
                kid: Some("test".to_owned()),
                usage: Some("sig".to_owned()),
                alg: Some("ES256".to_owned()),
                n: None,
                e: None,
                crv: Some("P-256".to_owned()),
                x: coordinate(1..33),
                y: coordinate(33..65),
            }],
        },
        revoked: Revocations::default(),
    }
}

fn arn(name: &str) -> RuntimeArn {
    ARN.replace("fixture-", &format!("{name}-"))
        .parse()
        .unwrap()
}

pub(crate) fn route(name: &str, options: &Options) -> Route {
    let version = Version {
        number: 1,
        digest: "0".repeat(64),
        command: options.fixture.command(),
        sessions: options.sessions,
    };
    Route {
        name: name.parse().unwrap(),
        arn: arn(name),
        created_at: 0,
        traffic: Arc::default(),
        authorizer: Arc::new(Authorizer {
            entries: vec![Entry {
                name: Entry::CONFIGURED.to_owned(),
                discovery_url: format!("{PUBLIC}/.well-known/openid-configuration")
                    .parse()
                    .unwrap(),
                allowed_audience: vec![AUDIENCE.to_owned()],
                allowed_clients: vec!["alice".to_owned(), "bob".to_owned()],
                allowed_scopes: options.scopes.clone(),
                client_claim: ClientClaim::default(),
            }],
            login: options.login.clone().map(|allow| LoginEntry {
                allow,
                api: AUDIENCE.parse().unwrap(),
            }),
        }),
        authorization_server: PUBLIC.to_owned(),
        endpoints: HashMap::from([(Qualifier::default(), Arc::new(version))]),
        lifecycle: options.lifecycle,
        addresses: Route::addresses_at(PUBLIC, &name.parse().unwrap(), &arn(name)),
    }
}
