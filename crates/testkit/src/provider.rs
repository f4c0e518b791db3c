//! Fake identity providers over real HTTP: one shaped like Auth0, one like
//! Cognito. They issue tokens for `client_credentials`, publish discovery
//! documents and keys, and do what tests need besides: rotate keys, go down,
//! answer late, sign anything.
#![expect(clippy::expect_used, reason = "a fixture fails the test that uses it")]

mod endpoint;
mod http;
mod keys;
mod metadata;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use serde_json::Value;
use shukuba_model::jose::JwkSet;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use keys::SigningKey;

/// The API identifier of the seed, which every fake provider knows.
pub const SEED_API: &str = "https://bedrock-agentcore.us-west-2.amazonaws.com/";

/// Whose manners a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Auth0: the issuer ends in a slash, `audience` is required.
    Auth0,
    /// Cognito: the issuer has a path, tokens carry no `aud`.
    Cognito,
}

impl Kind {
    /// The longest lifetime of a token, in seconds.
    pub fn longest_lifetime(self) -> u64 {
        match self {
            Self::Auth0 => 2_592_000,
            Self::Cognito => 86_400,
        }
    }
}

/// The token profile of an API at Auth0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Auth0's own: the client in `azp`.
    Auth0,
    /// RFC 9068: the client in `client_id`.
    Rfc9068,
}

/// A lifetime the provider does not grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifetimeRefused(
    /// What the provider says.
    pub String,
);

/// A running provider; dropping it stops it.
#[derive(Debug)]
pub struct FakeProvider {
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    kind: Kind,
    origin: String,
    client_id: String,
    client_secret: String,
    apis: RwLock<Vec<String>>,
    profile: RwLock<Profile>,
    lifetime: AtomicU64,
    keys: RwLock<Vec<Arc<SigningKey>>>,
    down: AtomicBool,
    delay_ms: AtomicU64,
    requests: Mutex<HashMap<String, usize>>,
}

impl FakeProvider {
    /// Starts a provider like Auth0 on a free loopback port.
    pub async fn auth0() -> Self {
        Self::start(Kind::Auth0, 0).await
    }

    /// Starts a provider like Cognito on a free loopback port.
    pub async fn cognito() -> Self {
        Self::start(Kind::Cognito, 0).await
    }

    /// Starts a provider on a loopback port; 0 picks a free one.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn start(kind: Kind, port: u16) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port)))
            .await
            .expect("the loopback port is free");
        let address = listener.local_addr().expect("a bound listener has one");
        let state = Arc::new(State {
            kind,
            origin: format!("http://{address}"),
            client_id: format!("FakeClient{}", keys::random_word(22)),
            client_secret: keys::random_word(64),
            apis: RwLock::new(vec![SEED_API.to_owned()]),
            profile: RwLock::new(Profile::Auth0),
            lifetime: AtomicU64::new(match kind {
                Kind::Auth0 => 86_400,
                Kind::Cognito => 3_600,
            }),
            keys: RwLock::new(vec![Arc::new(SigningKey::generate())]),
            down: AtomicBool::new(false),
            delay_ms: AtomicU64::new(0),
            requests: Mutex::default(),
        });
        let task = tokio::spawn(http::serve(listener, Arc::clone(&state)));
        Self { state, task }
    }

    /// The issuer identifier, byte for byte as in `iss`.
    pub fn issuer(&self) -> String {
        self.state.issuer()
    }

    /// The address of the OpenID configuration.
    pub fn discovery_url(&self) -> String {
        self.state.discovery_url()
    }

    /// The address of the token endpoint.
    pub fn token_endpoint(&self) -> String {
        self.state.token_endpoint()
    }

    /// The id of the machine-to-machine client.
    pub fn client_id(&self) -> &str {
        &self.state.client_id
    }

    /// The secret of the machine-to-machine client.
    pub fn client_secret(&self) -> &str {
        &self.state.client_secret
    }

    /// Registers an API (Auth0) or a resource server (Cognito).
    pub fn add_api(&self, identifier: &str) {
        self.state.apis.write().push(identifier.to_owned());
    }

    /// Chooses the shape of tokens issued from now on (Auth0).
    pub fn set_profile(&self, profile: Profile) {
        *self.state.profile.write() = profile;
    }

    /// Chooses the lifetime of tokens issued from now on, in seconds.
    ///
    /// # Errors
    /// Beyond what the provider grants: 30 days at Auth0, one day at Cognito.
    pub fn set_lifetime(&self, seconds: u64) -> Result<(), LifetimeRefused> {
        self.state.set_lifetime(seconds)
    }

    /// Closes every connection without an answer, or stops doing so.
    pub fn down(&self, down: bool) {
        self.state.down.store(down, Ordering::SeqCst);
    }

    /// Waits this long before each answer.
    pub fn delay(&self, delay: Duration) {
        let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.state.delay_ms.store(milliseconds, Ordering::SeqCst);
    }

    /// Signs with a new key from now on; the old ones stay published.
    pub fn rotate_keys(&self) {
        self.state.rotate_keys();
    }

    /// Publishes the current key only.
    pub fn revoke_previous_keys(&self) {
        self.state.keys.write().truncate(1);
    }

    /// The published keys, the current one first.
    pub fn jwks(&self) -> JwkSet {
        serde_json::from_value(self.state.jwks()).expect("what is published is a key set")
    }

    /// The `kid` of the current key.
    pub fn kid(&self) -> String {
        self.state.key().kid.clone()
    }

    /// Gives the current key another `kid`.
    pub fn set_kid(&self, kid: &str) {
        let renamed = self.state.key().renamed(kid);
        if let Some(current) = self.state.keys.write().first_mut() {
            *current = Arc::new(renamed);
        }
    }

    /// How many requests came for `path`, those left without an answer included.
    pub fn requests(&self, path: &str) -> usize {
        self.state
            .requests
            .lock()
            .get(path)
            .copied()
            .unwrap_or_default()
    }

    /// How many requests came for the key set.
    pub fn key_requests(&self) -> usize {
        self.requests(&self.state.jwks_path())
    }

    /// An access token of the client, as the token endpoint would issue it at
    /// `now` (seconds since 1970).
    pub fn token(&self, audience: &str, now: i64) -> String {
        self.state.access_token(Some(audience), None, now)
    }

    /// The header and claims of [`FakeProvider::token`], to be bent and given
    /// to [`FakeProvider::mint`].
    pub fn parts(&self, audience: &str, now: i64) -> (Value, Value) {
        self.state.parts(Some(audience), None, now)
    }

    /// Signs any header and claims with RS256 and the current key, whatever
    /// the header says.
    pub fn mint(&self, header: &Value, claims: &Value) -> String {
        self.state.key().sign(header, claims)
    }

    /// An unsigned token (`alg: none`).
    pub fn unsigned(&self, claims: &Value) -> String {
        keys::unsigned(claims)
    }

    /// Tokens whose HS256 secret is the public key, in each form an attacker
    /// would try: PEM with and without its last line end, DER, JWK.
    pub fn signed_with_public_key(&self, claims: &Value) -> Vec<String> {
        self.state.key().sign_with_public_key(claims)
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn key(&self) -> Arc<SigningKey> {
        let keys = self.keys.read();
        Arc::clone(keys.first().expect("there is always a current key"))
    }

    fn rotate_keys(&self) {
        let key = Arc::new(SigningKey::generate());
        self.keys.write().insert(0, key);
    }

    fn set_lifetime(&self, seconds: u64) -> Result<(), LifetimeRefused> {
        let longest = self.kind.longest_lifetime();
        if seconds == 0 || seconds > longest {
            return Err(LifetimeRefused(format!(
                "Invalid range for token validity: {seconds} s, at most {longest} s."
            )));
        }
        self.lifetime.store(seconds, Ordering::SeqCst);
        Ok(())
    }
}
