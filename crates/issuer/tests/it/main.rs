//! The issuer over its router, as clients see it. Test names carry the case
//! numbers of the negative test list (T01 and so on) where there is one.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails must fail its test"
)]

mod assertion;
mod audited;
mod authorize;
mod chain;
mod codes;
mod crash;
mod device;
mod discovery;
mod document_pages;
mod documents;
mod given;
mod id_tokens;
mod imported;
mod introspect;
mod keys;
mod limits;
mod login;
mod machines;
mod manage;
mod people;
mod refresh;
mod refused;
mod register;
mod revoke;
mod rotation;
mod target;
mod tokens;
mod userinfo;
mod verified;

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode, request};
use http_body_util::BodyExt as _;
use serde_json::Value;
use shukuba_issuer::{Issuer, IssuerSettings, Resources, RuntimeFacts};
use shukuba_model::wire::{ApiCreate, ApiUpdate};
use shukuba_model::{
    ApiIdentifier, ApiScope, ApplicationKind, AuthMethod, Client, ClientApi, ClientMetadata,
    ClientSource, Clock, GrantType,
};
use shukuba_store::{ClientSecret, MasterKey, Store, new_client_id};
use tempfile::TempDir;
use tower::ServiceExt as _;

const ISSUER: &str = "http://127.0.0.1:8430";
/// The API every application of these tests has as its default.
const API: &str = "https://api.example/";
/// An API that is registered but not the application's.
const OTHER_API: &str = "https://other.example";
/// A runtime whose entry names [`API`].
const ADDRESS: &str = "http://127.0.0.1:8430/mcp/adder";
const FORM: &str = "application/x-www-form-urlencoded";
const GRANT: &str = "grant_type=client_credentials";

/// An issuer with one application, on a clock that stands still.
struct Fixture {
    issuer: Issuer,
    store: Store,
    clock: Clock,
    application: Client,
    secret: ClientSecret,
    directory: TempDir,
}

/// What clients ask that are never a page's script: no other origin reads it.
const UNSHARED: [&str; 2] = ["/oauth/introspect", "/oauth/device"];

/// An answer, read to its end.
struct Answer {
    path: String,
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Fixture {
    async fn new() -> Self {
        Self::with_apis(&[API]).await
    }

    /// With an application that may get tokens for `apis`.
    async fn with_apis(apis: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        copy_of_prepared(directory.path()).await;
        let store = open_store(directory.path()).await;
        let clock = Clock::fixed(1_800_000_000);
        for api in [API, OTHER_API] {
            store.create_api(&new_api(api), 1).await.unwrap();
        }
        let application = machine("mcp", apis);
        let secret = ClientSecret::generate();
        store
            .create_client(&application, Some(secret.as_ref()))
            .await
            .unwrap();
        Self {
            issuer: open_issuer(&store, &clock).await,
            store,
            clock,
            application,
            secret,
            directory,
        }
    }

    fn client_id(&self) -> &str {
        self.application.id.as_str()
    }

    fn basic(&self) -> String {
        let userinfo = format!("{}:{}", self.client_id(), self.secret.reveal());
        format!("Basic {}", STANDARD.encode(userinfo))
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let path = request.uri().path().to_owned();
        let response = self.issuer.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            path,
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// A form with the application's credentials by Basic.
    async fn post(&self, body: impl Into<String>) -> Answer {
        let request = token_request().header(AUTHORIZATION, self.basic());
        self.send(request.body(Body::from(body.into())).unwrap())
            .await
    }

    /// A form as it is, without a header of ours.
    async fn post_alone(&self, body: impl Into<String>) -> Answer {
        self.send(token_request().body(Body::from(body.into())).unwrap())
            .await
    }

    /// The access token a form gets.
    async fn token(&self, body: &str) -> String {
        let answer = self.post(body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn description(&self) -> String {
        let json = self.json();
        json["error_description"].as_str().unwrap().to_owned()
    }

    /// Asserts the refusal and what every answer of the endpoint has
    /// (T38: never stored; T40: characters of the description).
    #[track_caller]
    fn refused(&self, status: u16, error: &str) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.json()["error"], error, "{}", self.text);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let shared = (!UNSHARED.contains(&self.path.as_str())).then_some("*");
        assert_eq!(self.header("access-control-allow-origin"), shared);
        let description = self.description();
        let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        assert!(description.chars().all(allowed), "{description}");
        assert!(self.json().get("access_token").is_none());
        self
    }
}

fn token_request() -> request::Builder {
    Request::post("/oauth/token").header(CONTENT_TYPE, FORM)
}

fn identifier(text: &str) -> ApiIdentifier {
    text.parse().unwrap()
}

/// A client as the operator registers it for a machine.
fn machine(name: &str, apis: &[&str]) -> Client {
    let api = |api: &&str| ClientApi {
        identifier: identifier(api),
        scopes: None,
    };
    Client {
        id: new_client_id(),
        name: name.to_owned(),
        source: ClientSource::Registered,
        kind: ApplicationKind::MachineToMachine,
        auth_method: AuthMethod::ClientSecret,
        grant_types: vec![GrantType::ClientCredentials],
        redirect_uris: Vec::new(),
        apis: apis.iter().map(api).collect(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at: 1,
        last_used_at: None,
    }
}

fn new_api(text: &str) -> ApiCreate {
    ApiCreate {
        name: "an API".to_owned(),
        identifier: identifier(text),
        profile: Default::default(),
        signing_algorithm: Default::default(),
        token_lifetime: Default::default(),
        scopes: Vec::new(),
    }
}

/// Gives an API these scopes, each with its description.
async fn give_scopes(store: &Store, api: &str, scopes: &[(&str, String)]) {
    let scopes = scopes
        .iter()
        .map(|(name, description)| ApiScope::new(*name, description).unwrap());
    let update = ApiUpdate {
        scopes: Some(scopes.collect()),
        ..ApiUpdate::default()
    };
    store.update_api(&identifier(api), &update).await.unwrap();
}

/// Two runtimes: one asks for tokens of [`API`] and lets people log in, one
/// of an API nobody registered.
struct TwoRuntimes;

impl Resources for TwoRuntimes {
    fn api_at(&self, asked: &str) -> Option<ApiIdentifier> {
        match asked.split('?').next().unwrap_or_default() {
            ADDRESS => Some(identifier(API)),
            "http://127.0.0.1:8430/mcp/foreign" => Some(identifier("https://foreign.example/")),
            _ => None,
        }
    }

    fn runtime_of(&self, api: &ApiIdentifier) -> Option<RuntimeFacts> {
        (api.as_str() == API).then(|| RuntimeFacts {
            name: "adder".to_owned(),
            address: ADDRESS.to_owned(),
            allowed_users: Vec::new(),
        })
    }

    fn default_api(&self) -> Option<ApiIdentifier> {
        Some(identifier(API))
    }
}

fn settings() -> IssuerSettings {
    IssuerSettings::new(ISSUER, Arc::new(TwoRuntimes))
}

async fn open_store(directory: &Path) -> Store {
    let key = MasterKey::open(&directory.join("master.key")).unwrap();
    Store::open(&directory.join("shukuba.db"), key)
        .await
        .unwrap()
}

async fn open_issuer(store: &Store, clock: &Clock) -> Issuer {
    open_with(settings(), store, clock).await
}

async fn open_with(settings: IssuerSettings, store: &Store, clock: &Clock) -> Issuer {
    Issuer::open(settings, store.clone(), clock.clone())
        .await
        .unwrap()
}

/// Copies a database whose signing keys are made, since an RSA key takes long to find.
async fn copy_of_prepared(directory: &Path) {
    static PREPARED: tokio::sync::OnceCell<TempDir> = tokio::sync::OnceCell::const_new();
    let prepared = PREPARED
        .get_or_init(|| async {
            let directory = tempfile::tempdir().unwrap();
            let store = open_store(directory.path()).await;
            open_issuer(&store, &Clock::fixed(1)).await;
            store.close().await;
            directory
        })
        .await;
    for file in ["master.key", "shukuba.db"] {
        std::fs::copy(prepared.path().join(file), directory.join(file)).unwrap();
    }
}

/// Header and claims of a token, its signature unchecked.
fn decoded(token: &str) -> (Value, Value) {
    let mut parts = token
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}
