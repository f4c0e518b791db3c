//! A whole server on a socket, with clients of every kind, two people and a
//! runtime, and its database at hand for what only time would make.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shukuba_model::wire::ApiCreate;
use shukuba_model::{
    ApiScope, ApplicationKind, AuthMethod, Client, ClientApi, ClientMetadata, ClientSource,
    GrantType,
};
use shukuba_server::{Issuing, Server, Settings};
use shukuba_store::{
    Launch, NewCode, NewGrant, NewSession, Secret, Store, User, new_grant_id, new_user_id,
};
use shukuba_testkit::provider::{FakeProvider, SEED_API};
use shukuba_testkit::raw::{RawAnswer, RawClient};

use super::row::{Ask, Row, encoded, json};
use crate::prepared::Prepared;
use crate::runtime;

/// What the server is called. Not where it listens: no request tells it.
pub(crate) const PUBLIC: &str = "https://mcp.example";
/// The API of the runtime that people log in to.
pub(crate) const API: &str = "https://mcp.example/mcp/adder";
/// An API that nobody logs in to.
pub(crate) const OTHER_API: &str = "https://other.example/";
/// Where the clients that log people in are called back.
pub(crate) const CALLBACK: &str = "https://client.example/cb";
/// The example of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct Bed {
    pub(crate) server: Server,
    pub(crate) store: Store,
    pub(crate) provider: FakeProvider,
    pub(crate) ann: User,
    pub(crate) bob: User,
    /// The secret of the clients `connector` and `machine`.
    pub(crate) secret: Secret,
    addresses: AtomicU32,
    pub(crate) directory: tempfile::TempDir,
}

impl Bed {
    pub(crate) async fn start() -> Self {
        Self::issuing(Issuing::default()).await
    }

    pub(crate) async fn issuing(issuing: Issuing) -> Self {
        Self::with(issuing, |_| {}).await
    }

    /// With another runtime than the one everybody logs in to.
    pub(crate) async fn with_runtime(change: impl FnOnce(&mut Launch)) -> Self {
        Self::with(Issuing::default(), change).await
    }

    async fn with(issuing: Issuing, change: impl FnOnce(&mut Launch)) -> Self {
        let prepared = Prepared::new().await;
        let store = prepared.store.clone();
        let provider = prepared.host(SEED_API, [change]).await;
        let secret = Secret::generate("skb_");
        fill(&store, &secret).await;
        let (ann, bob) = (user("ann"), user("bob"));
        store.create_user(&ann).await.unwrap();
        store.create_user(&bob).await.unwrap();
        let settings = Settings {
            public_url: Some(PUBLIC.parse().unwrap()),
            trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
            issuing,
            ..prepared.settings()
        };
        Self {
            server: Server::start(settings).await.unwrap(),
            store,
            provider,
            ann,
            bob,
            secret,
            addresses: AtomicU32::new(0),
            directory: prepared.directory,
        }
    }

    /// Sends one request over a connection of its own.
    pub(crate) async fn send(&self, ask: &Ask) -> RawAnswer {
        let n = self.addresses.fetch_add(1, Ordering::Relaxed);
        let own = std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).to_string();
        let from = ask.from.unwrap_or(&own);
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: mcp.example\r\nConnection: close\r\nX-Forwarded-For: {from}\r\n",
            ask.method, ask.target
        )
        .into_bytes();
        for (name, value) in &ask.headers {
            head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        if !ask.body.is_empty() {
            head.extend(format!("Content-Length: {}\r\n", ask.body.len()).into_bytes());
        }
        head.extend(b"\r\n");
        let mut client = RawClient::connect(self.server.address()).await;
        client.send(&head).await;
        // The server may have answered before it has read all of it.
        client.try_send(&ask.body).await.ok();
        let answer = client.answer(ask.method);
        let answer = tokio::time::timeout(Duration::from_secs(60), answer).await;
        answer.unwrap_or_else(|_| panic!("no answer to {} {}", ask.method, ask.target))
    }

    /// Sends every row in its order. All that is wrong is told together.
    pub(crate) async fn hold(&self, rows: Vec<Row>) {
        let mut wrong = Vec::new();
        for Row { number, ask, check } in rows {
            let answer = self.send(&ask).await;
            if let Err(why) = check(&answer) {
                wrong.push(format!(
                    "{number}: {} {:.200}: {} {why:.4000}",
                    ask.method,
                    ask.target,
                    answer.status()
                ));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    /// The cookies of a browser in which a person is logged in.
    pub(crate) async fn cookies(&self, user: &User) -> String {
        let (session, browser) = (Secret::generate("sks_"), Secret::generate("skw_"));
        let now = now();
        let new = NewSession {
            session: &session,
            replaces: None,
            user: &user.id,
            now,
            expires_at: now + 86_400,
            address: "127.0.0.1",
            user_agent: "a test",
        };
        self.store.create_session(&new).await.unwrap();
        format!(
            "__Host-shukuba_browser={}; __Host-shukuba_session={}",
            browser.reveal(),
            session.reveal()
        )
    }

    /// A grant of Ann's to be.
    pub(crate) fn grant(&self, client_id: &str) -> NewGrant {
        let now = now();
        NewGrant {
            id: new_grant_id(),
            user_id: self.ann.id.clone(),
            client_id: client_id.parse().unwrap(),
            client_name: client_id.to_owned(),
            api: API.parse().unwrap(),
            resource: None,
            scope: "openid add read".parse().unwrap(),
            auth_time: now - 5,
            created_at: now,
            expires_at: now + 7_776_000,
        }
    }

    /// A code of a client, as the authorization endpoint makes it.
    pub(crate) async fn code(&self, client_id: &str) -> String {
        self.code_until(self.grant(client_id), now() + 60).await
    }

    /// A code that ends then.
    pub(crate) async fn code_until(&self, grant: NewGrant, expires_at: i64) -> String {
        let code = Secret::generate("skc_");
        let new = NewCode {
            code: code.clone(),
            expires_at,
            grant,
            redirect_uri: CALLBACK.parse().unwrap(),
            challenge: CHALLENGE.to_owned(),
            nonce: None,
        };
        self.store.create_code(&new).await.unwrap();
        code.reveal().to_owned()
    }

    /// The access token and the refresh token that a code gives a public client.
    pub(crate) async fn tokens(&self, client_id: &str) -> (String, String) {
        let code = self.code(client_id).await;
        let answer = self.send(&redeem(client_id, &code)).await;
        let told = json(&answer).unwrap();
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status(), 200, "{told}");
        (text("access_token"), text("refresh_token"))
    }

    /// A form with the credentials of a client that has a secret.
    pub(crate) fn as_client(&self, id: &str, target: &str, body: impl Into<String>) -> Ask {
        Ask::form(target, body).basic(id, self.secret.reveal())
    }
}

/// The token request of a public client for a code.
pub(crate) fn redeem(client_id: &str, code: &str) -> Ask {
    redeem_with(client_id, code, &[])
}

/// [`redeem`] with other or more members; those without a value are left out.
pub(crate) fn redeem_with(client_id: &str, code: &str, changes: &[(&str, &str)]) -> Ask {
    let mut members = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    members.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    members.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    Ask::form("/oauth/token", encoded(&members))
}

pub(crate) fn refresh(client_id: &str, token: &str) -> Ask {
    let members = [
        ("grant_type", "refresh_token"),
        ("client_id", client_id),
        ("refresh_token", token),
    ];
    Ask::form("/oauth/token", encoded(&members))
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Registers APIs and clients.
async fn fill(store: &Store, secret: &Secret) {
    let scopes = ["add", "read"].map(|name| ApiScope::new(name, format!("may {name}")).unwrap());
    for api in [API, OTHER_API] {
        let api = ApiCreate {
            scopes: scopes.to_vec(),
            ..runtime::api(api)
        };
        store.create_api(&api, 1).await.unwrap();
    }
    for client in clients() {
        let given = matches!(client.auth_method, AuthMethod::ClientSecret).then_some(secret);
        store.create_client(&client, given).await.unwrap();
    }
}

fn clients() -> Vec<Client> {
    let given = |api: &str, scopes: &str| ClientApi {
        identifier: api.parse().unwrap(),
        scopes: Some(scopes.parse().unwrap()),
    };
    let mixup = "https://client.example/cb?a=b&iss=https%3A%2F%2Fevil";
    let hidden = "<script>alert(1)</script>\u{202e}";
    vec![
        client("web", &[CALLBACK]),
        client("other", &[CALLBACK]),
        client("two", &[CALLBACK, "https://client.example/other"]),
        client(
            "local",
            &["http://127.0.0.1/cb", "http://localhost:3118/cb"],
        ),
        client("mixup", &[mixup]),
        Client {
            source: ClientSource::Dynamic,
            ..client("stranger", &[CALLBACK])
        },
        Client {
            source: ClientSource::Dynamic,
            name: format!("{hidden}{}", "x".repeat(5_000)),
            ..client("hostile", &[CALLBACK])
        },
        Client {
            grant_types: vec![GrantType::AuthorizationCode],
            ..client("forgetful", &[CALLBACK])
        },
        Client {
            auth_method: AuthMethod::ClientSecret,
            grant_types: GrantType::ALL.to_vec(),
            apis: vec![given(API, "add")],
            ..client("connector", &[CALLBACK])
        },
        Client {
            kind: ApplicationKind::MachineToMachine,
            auth_method: AuthMethod::ClientSecret,
            grant_types: vec![GrantType::ClientCredentials],
            apis: vec![given(OTHER_API, "read")],
            ..client("machine", &[])
        },
    ]
}

pub(crate) fn client(id: &str, redirect_uris: &[&str]) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: format!("the client {id}"),
        source: ClientSource::Registered,
        kind: ApplicationKind::Connector,
        auth_method: AuthMethod::None,
        grant_types: vec![
            GrantType::AuthorizationCode,
            GrantType::RefreshToken,
            GrantType::DeviceCode,
        ],
        redirect_uris: redirect_uris
            .iter()
            .map(|uri| uri.parse().unwrap())
            .collect(),
        apis: Vec::new(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        // What registered itself long ago and was never used is removed.
        created_at: now(),
        last_used_at: None,
    }
}

fn user(name: &str) -> User {
    User {
        id: new_user_id(),
        name: name.parse().unwrap(),
        display_name: name.to_owned(),
        email: None,
        has_password: false,
        disabled: false,
        role: shukuba_model::Role::None,
        created_at: 1,
    }
}
