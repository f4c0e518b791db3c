//! An issuer that people log in at: a person, clients, and codes as the
//! authorization endpoint makes them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;
use shukuba_model::{
    ApplicationKind, AuthMethod, Client, ClientApi, ClientMetadata, ClientSource, GrantType,
};
use shukuba_store::{
    NewCode, NewDeviceCode, NewGrant, NewSession, Secret, User, new_grant_id, new_user_id,
};

use crate::{API, Answer, FORM, Fixture, give_scopes, identifier};

/// A public client that may use every grant of people.
pub(crate) const NATIVE: &str = "native";
/// Another one like it.
pub(crate) const STRANGER: &str = "stranger";
/// A client with a secret, to which the operator gave [`API`].
pub(crate) const CONNECTOR: &str = "connector";
/// A public client that may not use refresh tokens.
pub(crate) const FORGETFUL: &str = "forgetful";
pub(crate) const REDIRECT: &str = "http://localhost:3118/callback";
/// The example of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const DAY: i64 = 86_400;

/// A fixture with a person in it.
pub(crate) struct Login {
    pub(crate) fixture: Fixture,
    pub(crate) user: User,
    connector_secret: Secret,
}

/// The tokens of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Login {
    pub(crate) async fn new() -> Self {
        Self::on(Fixture::new().await).await
    }

    pub(crate) async fn on(fixture: Fixture) -> Self {
        let store = &fixture.store;
        let user = User {
            id: new_user_id(),
            name: "ada".parse().unwrap(),
            display_name: "Ada Lovelace".to_owned(),
            email: Some("ada@example.com".to_owned()),
            has_password: false,
            disabled: false,
            role: shukuba_model::Role::None,
            created_at: 1,
        };
        store.create_user(&user).await.unwrap();
        let scopes = ["add", "read"].map(|name| (name, format!("may {name}")));
        give_scopes(store, API, &scopes).await;
        let people = [
            GrantType::AuthorizationCode,
            GrantType::RefreshToken,
            GrantType::DeviceCode,
        ];
        for id in [NATIVE, STRANGER] {
            let client = client(id, AuthMethod::None, &people);
            store.create_client(&client, None).await.unwrap();
        }
        let forgetful = client(FORGETFUL, AuthMethod::None, &people[..1]);
        store.create_client(&forgetful, None).await.unwrap();
        let connector_secret = Secret::generate("skb_");
        let connector = Client {
            apis: vec![ClientApi {
                identifier: identifier(API),
                scopes: Some("add".parse().unwrap()),
            }],
            grant_types: GrantType::ALL.to_vec(),
            ..client(CONNECTOR, AuthMethod::ClientSecret, &[])
        };
        store
            .create_client(&connector, Some(&connector_secret))
            .await
            .unwrap();
        Self {
            fixture,
            user,
            connector_secret,
        }
    }

    /// As after a restart of the server.
    pub(crate) async fn reopened(self) -> Self {
        let Fixture {
            store,
            clock,
            directory,
            ..
        } = self.fixture;
        store.close().await;
        let store = crate::open_store(directory.path()).await;
        let fixture = Fixture {
            issuer: crate::open_issuer(&store, &clock).await,
            store,
            clock,
            directory,
            application: self.fixture.application,
            secret: self.fixture.secret,
        };
        Self { fixture, ..self }
    }

    /// A grant to be, for [`API`], named by its runtime's address.
    pub(crate) fn grant(&self, client_id: &str, scope: &str) -> NewGrant {
        let now = self.fixture.clock.now();
        NewGrant {
            id: new_grant_id(),
            user_id: self.user.id.clone(),
            client_id: client_id.parse().unwrap(),
            client_name: client_id.to_owned(),
            api: identifier(API),
            resource: Some(crate::ADDRESS.to_owned()),
            scope: scope.parse().unwrap(),
            auth_time: now - 5,
            created_at: now,
            expires_at: now + 90 * DAY,
        }
    }

    /// A code of a client, as the authorization endpoint makes it.
    pub(crate) async fn code(&self, client_id: &str) -> Secret {
        self.code_for(self.grant(client_id, "openid add read"))
            .await
    }

    /// A device code of [`NATIVE`] that the person has allowed.
    pub(crate) async fn allowed_device(&self) -> Secret {
        let grant = self.grant(NATIVE, "openid add read");
        let [device_code, user_code] = ["skd_", "sku_"].map(Secret::generate);
        let new = NewDeviceCode {
            device_code: device_code.clone(),
            user_code: user_code.clone(),
            client_id: grant.client_id.clone(),
            client_name: grant.client_name.clone(),
            api: grant.api.clone(),
            resource: grant.resource.clone(),
            scope: grant.scope.clone(),
            interval: 5,
            address: "127.0.0.1".to_owned(),
            created_at: grant.created_at,
            expires_at: grant.created_at + 600,
        };
        let store = &self.fixture.store;
        store.create_device_code(&new).await.unwrap();
        let answered = store.answer_device(&user_code, Some(&grant), grant.created_at);
        assert!(answered.await.unwrap());
        device_code
    }

    pub(crate) async fn code_for(&self, grant: NewGrant) -> Secret {
        let code = Secret::generate("skc_");
        let new = NewCode {
            code: code.clone(),
            expires_at: grant.created_at + 60,
            grant,
            redirect_uri: REDIRECT.parse().unwrap(),
            challenge: CHALLENGE.to_owned(),
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
        };
        self.fixture.store.create_code(&new).await.unwrap();
        code
    }

    /// A form posted without credentials beside those in it.
    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, FORM);
        let body = axum::body::Body::from(body.to_owned());
        self.fixture.send(request.body(body).unwrap()).await
    }

    /// A form posted by [`CONNECTOR`] with its secret.
    pub(crate) async fn post_as_connector(&self, path: &str, body: &str) -> Answer {
        let secret = self.connector_secret.reveal();
        let basic = format!("Basic {}", STANDARD.encode(format!("{CONNECTOR}:{secret}")));
        let request = Request::post(path)
            .header(CONTENT_TYPE, FORM)
            .header(AUTHORIZATION, basic);
        let body = axum::body::Body::from(body.to_owned());
        self.fixture.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn token(&self, body: &str) -> Answer {
        self.post("/oauth/token", body).await
    }

    /// The tokens [`NATIVE`] gets by a code.
    pub(crate) async fn tokens(&self) -> Tokens {
        let code = self.code(NATIVE).await;
        self.token(&redeem(NATIVE, &code)).await.tokens()
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.token(&refreshing(NATIVE, token)).await
    }

    /// Whether a resource server that asks is told that the token is good.
    pub(crate) async fn is_active(&self, token: &str) -> bool {
        let body = format!("token={token}");
        let answer = self.post_as_connector("/oauth/introspect", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["active"].as_bool().unwrap()
    }

    /// The cookies of a browser in which the person is logged in.
    pub(crate) async fn cookies(&self) -> String {
        let session = Secret::generate("sks_");
        let now = self.fixture.clock.now();
        let new = NewSession {
            session: &session,
            replaces: None,
            user: &self.user.id,
            now,
            expires_at: now + DAY,
            address: "127.0.0.1",
            user_agent: "test",
        };
        self.fixture.store.create_session(&new).await.unwrap();
        let browser = Secret::generate("skw_");
        format!(
            "shukuba_browser={}; shukuba_session={}",
            browser.reveal(),
            session.reveal()
        )
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn tokens(&self) -> Tokens {
        assert_eq!(self.status, 200, "{}", self.text);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let json = self.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Tokens {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

pub(crate) fn client(id: &str, auth_method: AuthMethod, grants: &[GrantType]) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        source: ClientSource::Dynamic,
        kind: ApplicationKind::Native,
        auth_method,
        grant_types: grants.to_vec(),
        redirect_uris: vec![REDIRECT.parse().unwrap()],
        apis: Vec::new(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at: 1,
        last_used_at: None,
    }
}

/// The token request for a code.
pub(crate) fn redeem(client_id: &str, code: &Secret) -> String {
    format!(
        "grant_type=authorization_code&client_id={client_id}&code={}&redirect_uri={REDIRECT}&code_verifier={VERIFIER}",
        code.reveal()
    )
}

/// The token request for a device code.
pub(crate) fn redeem_device(client_id: &str, code: &Secret) -> String {
    let code = code.reveal();
    format!("grant_type={DEVICE_GRANT}&client_id={client_id}&device_code={code}")
}

pub(crate) fn refreshing(client_id: &str, token: &str) -> String {
    format!("grant_type=refresh_token&client_id={client_id}&refresh_token={token}")
}

/// The claims of a token, its signature unchecked.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
