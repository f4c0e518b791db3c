//! The authorization endpoint over the router, cases A01 to A37 of
//! reference/oauth.md section 3.4 by their numbers.

mod accepted;
mod answered;
mod anything;
mod pages;
mod prompts;
mod sent_back;
mod whole;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, SET_COOKIE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_issuer::{Issuer, IssuerSettings, Resources, RuntimeFacts, SharedResources};
use shukuba_model::{
    ApiIdentifier, ApplicationKind, AuthMethod, Client, ClientApi, ClientSource, GrantType,
};
use shukuba_store::{NewSession, Secret, User, new_user_id};
use url::Url;

use crate::{API, Answer, FORM, Fixture, ISSUER, OTHER_API, TwoRuntimes, give_scopes, identifier};

/// A registered client's redirect URI.
const CALLBACK: &str = "https://client.example/cb";
/// The S256 challenge of RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const HTML: &str = "text/html,application/xhtml+xml";

/// An issuer with clients of every kind and two people.
struct Bed {
    fixture: Fixture,
    ann: User,
    bob: User,
}

impl Bed {
    async fn new() -> Self {
        Self::letting_in(&[]).await
    }

    /// With a runtime that lets only these people in.
    async fn letting_in(allowed: &[&str]) -> Self {
        let fixture = Fixture::new().await;
        let store = &fixture.store;
        for client in clients() {
            store.create_client(&client, None).await.unwrap();
        }
        let scopes = ["tools:read", "tools:write"].map(|name| (name, format!("what {name} means")));
        give_scopes(store, API, &scopes).await;
        give_scopes(store, OTHER_API, &scopes).await;
        let (ann, bob) = (user("ann"), user("bob"));
        store.create_user(&ann).await.unwrap();
        store.create_user(&bob).await.unwrap();
        let resources = Guarded {
            allowed: allowed.iter().map(|name| (*name).to_owned()).collect(),
        };
        let mut bed = Self { fixture, ann, bob };
        bed.fixture.issuer = bed.issuer_with(Arc::new(resources)).await;
        bed
    }

    /// An issuer for other runtimes over the same database.
    async fn issuer_with(&self, resources: SharedResources) -> Issuer {
        let settings = IssuerSettings::new(ISSUER, resources);
        let Fixture { store, clock, .. } = &self.fixture;
        Issuer::open(settings, store.clone(), clock.clone())
            .await
            .unwrap()
    }

    fn browser(&self) -> Browser<'_> {
        Browser {
            bed: self,
            cookies: RefCell::default(),
        }
    }

    /// A browser in which Ann is logged in.
    async fn anns(&self) -> Browser<'_> {
        let browser = self.browser();
        browser.log_in(&self.ann).await;
        browser
    }
}

/// A browser with its cookies.
struct Browser<'a> {
    bed: &'a Bed,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(ACCEPT, HTML), String::new())
            .await
    }

    async fn authorize(&self, ask: &Ask) -> Answer {
        self.get(&ask.path()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(ACCEPT, HTML)
            .header(CONTENT_TYPE, FORM);
        self.send(request, encoded(fields)).await
    }

    /// Sends the consent form of a page.
    async fn answer(&self, page: &Answer, action: &str) -> Answer {
        let (request, csrf) = (page.hidden("request"), page.hidden("csrf"));
        let fields = [
            ("request", request.as_str()),
            ("csrf", csrf.as_str()),
            ("action", action),
        ];
        self.post("/oauth/consent", &fields).await
    }

    async fn send(&self, mut request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        let answer = self
            .bed
            .fixture
            .send(request.body(Body::from(body)).unwrap())
            .await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies
                .borrow_mut()
                .insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Logs a person in now.
    async fn log_in(&self, user: &User) {
        let fixture = &self.bed.fixture;
        let session = Secret::generate("sks_");
        let now = fixture.clock.now();
        let new = NewSession {
            session: &session,
            replaces: None,
            user: &user.id,
            now,
            expires_at: now + 86_400,
            address: "127.0.0.1",
            user_agent: "a test",
        };
        fixture.store.create_session(&new).await.unwrap();
        self.cookies
            .borrow_mut()
            .insert("shukuba_session".to_owned(), session.reveal().to_owned());
    }
}

/// The parameters of an authorization request.
#[derive(Clone)]
struct Ask(Vec<(String, String)>);

impl Ask {
    /// A good request of that client.
    fn of(client_id: &str) -> Self {
        Self(Vec::new())
            .with("response_type", "code")
            .with("client_id", client_id)
            .with("redirect_uri", CALLBACK)
            .with("code_challenge", CHALLENGE)
            .with("code_challenge_method", "S256")
            .with("state", "the state")
    }

    /// With another value of a parameter.
    fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With one more value of a parameter.
    fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    fn query(&self) -> String {
        let pairs: Vec<(&str, &str)> = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        encoded(&pairs)
    }

    fn path(&self) -> String {
        format!("/oauth/authorize?{}", self.query())
    }
}

impl Answer {
    /// Which page it is.
    fn page(&self) -> &'static str {
        match () {
            () if self.text.contains("action=\"/oauth/login\"") => "login",
            () if self.text.contains("action=\"/oauth/consent\"") && self.status == 403 => {
                "not allowed"
            }
            () if self.text.contains("action=\"/oauth/consent\"") => "consent",
            () => "another",
        }
    }

    /// The value of a hidden field.
    fn hidden(&self, name: &str) -> String {
        let tag = self
            .text
            .split('<')
            .find(|tag| tag.starts_with("input") && tag.contains(&format!("name=\"{name}\"")))
            .unwrap_or_else(|| panic!("no field {name}: {} {}", self.status, self.text));
        let value = tag.split("value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    }

    /// Asserts a page that is no redirect.
    #[track_caller]
    fn is_page(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("location"), None);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"));
        assert!(self.header("content-type").unwrap().contains("text/html"));
    }

    /// The members of a redirect to `CALLBACK` or another address.
    #[track_caller]
    fn redirected(&self, status: u16, to: &str) -> BTreeMap<String, String> {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let location = Url::parse(self.header("location").unwrap()).unwrap();
        let mut address = location.clone();
        address.set_query(None);
        assert_eq!(address.as_str(), to);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"));
        let pairs = location.query_pairs();
        pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    /// Asserts an error that was sent back, with `state` and `iss`.
    #[track_caller]
    fn sent_back(&self, error: &str) {
        let members = self.redirected(302, CALLBACK);
        assert_eq!(members["error"], error, "{}", members["error_description"]);
        assert_eq!(members["state"], "the state");
        assert_eq!(members["iss"], ISSUER);
        assert!(!members.contains_key("code"));
        assert!(!members["error_description"].is_empty());
    }
}

/// [`TwoRuntimes`], of which the first lets only some people in.
struct Guarded {
    allowed: Vec<String>,
}

impl Resources for Guarded {
    fn api_at(&self, address: &str) -> Option<ApiIdentifier> {
        TwoRuntimes.api_at(address)
    }

    fn runtime_of(&self, api: &ApiIdentifier) -> Option<RuntimeFacts> {
        TwoRuntimes.runtime_of(api).map(|facts| RuntimeFacts {
            allowed_users: self.allowed.clone(),
            ..facts
        })
    }

    fn default_api(&self) -> Option<ApiIdentifier> {
        TwoRuntimes.default_api()
    }
}

fn clients() -> Vec<Client> {
    let web = || client("web", &[CALLBACK]);
    let other = ClientApi {
        identifier: identifier(OTHER_API),
        scopes: Some("tools:read".parse().unwrap()),
    };
    vec![
        web(),
        client("two", &[CALLBACK, "https://client.example/other"]),
        client(
            "local",
            &["http://127.0.0.1/cb", "http://localhost:3118/cb"],
        ),
        client(
            "mixup",
            &["https://client.example/cb?a=b&iss=https%3A%2F%2Fevil"],
        ),
        Client {
            id: "stranger".parse().unwrap(),
            source: ClientSource::Dynamic,
            ..web()
        },
        Client {
            id: "machine".parse().unwrap(),
            name: "the client machine".to_owned(),
            grant_types: vec![GrantType::ClientCredentials],
            ..web()
        },
        Client {
            id: "given".parse().unwrap(),
            name: "the client given".to_owned(),
            apis: vec![other],
            ..web()
        },
    ]
}

fn client(id: &str, redirect_uris: &[&str]) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: format!("the client {id}"),
        source: ClientSource::Registered,
        kind: ApplicationKind::Connector,
        auth_method: AuthMethod::None,
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        redirect_uris: redirect_uris
            .iter()
            .map(|uri| uri.parse().unwrap())
            .collect(),
        apis: Vec::new(),
        jwks: None,
        jwks_uri: None,
        metadata: Default::default(),
        created_at: 1,
        last_used_at: None,
    }
}

fn user(name: &str) -> User {
    User {
        id: new_user_id(),
        name: name.parse().unwrap(),
        display_name: name.to_owned(),
        email: None,
        has_password: true,
        disabled: false,
        role: shukuba_model::Role::None,
        created_at: 1,
    }
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
