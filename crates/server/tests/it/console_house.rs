//! A server with something of everything the console shows, and every route of
//! the console as its source declares it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shukuba_model::Clock;
use shukuba_store::{Launch, Store};
use shukuba_testkit::browser::{Browser, Page};
use shukuba_testkit::provider::FakeProvider;

use crate::Bed;
use crate::prepared::Prepared;

pub(crate) const API: &str = "https://api.example/";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct House {
    pub(crate) bed: Bed,
    pub(crate) store: Store,
    pub(crate) provider: FakeProvider,
    /// The client id of an application that gets tokens for [`API`].
    pub(crate) client: String,
    /// What nobody may see on a page: the application's secret, an initial
    /// access token.
    pub(crate) secrets: Vec<String>,
    /// What names everything to pages that ask for it in the query.
    query: String,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With another runtime than usual.
    pub(crate) async fn with(change: impl Fn(&mut Launch)) -> Self {
        Self::at(Clock::system(), change).await
    }

    /// With a clock of its own.
    pub(crate) async fn at(clock: Clock, change: impl Fn(&mut Launch)) -> Self {
        let prepared = Prepared::new().await;
        let store = prepared.store.clone();
        let provider = prepared.host(API, [&change, &change]).await;
        let bed = prepared.start(|settings| settings.clock = clock).await;
        Self::furnished(bed, store, provider).await
    }

    async fn furnished(bed: Bed, store: Store, provider: FakeProvider) -> Self {
        let made = async |path: &str, body: Value| {
            let (status, made) = bed.post(path, body).await;
            assert_eq!(status, StatusCode::CREATED, "{path}: {made}");
            made
        };
        let text = |made: &Value, name: &str| made[name].as_str().unwrap().to_owned();
        made(
            "/api/v1/apis",
            json!({ "name": "an API", "identifier": API }),
        )
        .await;
        let application = json!({ "name": "machine", "type": "m2m", "apis": [API] });
        let application = made("/api/v1/applications", application).await;
        let token = json!({ "name": "partners", "uses": 1, "lifetime": 3600 });
        let token = made("/api/v1/initial-access-tokens", token).await;
        let bob = json!({ "name": "bob", "password": PASSWORD, "role": "none" });
        made("/api/v1/users", bob).await;
        // A client that knocks leaves journey 1.
        let request = bed.anonymous(Method::POST, "/mcp/adder");
        request.send().await.unwrap();
        let client = text(&application, "client_id");
        let (_, listed) = bed.get(&format!("/api/v1/applications/{client}")).await;
        let secret = listed["secrets"][0]["id"].as_str().unwrap().to_owned();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("identifier", API)
            .append_pair("id", &client)
            .append_pair("application", &client)
            .append_pair("secret", &secret)
            .append_pair("rotate", "RS256")
            .finish();
        Self {
            secrets: vec![text(&application, "client_secret"), text(&token, "token")],
            bed,
            store,
            provider,
            client,
            query,
        }
    }

    /// A browser in which a new person with that role is logged in.
    pub(crate) async fn browser(&self, name: &str, role: &str) -> Browser {
        let user = json!({ "name": name, "password": PASSWORD, "role": role });
        let (status, created) = self.bed.post("/api/v1/users", user).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        self.browser_of(name).await
    }

    /// Another browser of a person.
    pub(crate) async fn browser_of(&self, name: &str) -> Browser {
        let mut browser = Browser::new(self.bed.server.public_url());
        browser.log_in(name, PASSWORD).await;
        browser
    }

    /// The id of an operator, which is what the audit log names.
    pub(crate) async fn id_of(&self, name: &str) -> String {
        let (_, user) = self.bed.get(&format!("/api/v1/users/{name}")).await;
        user["id"].as_str().unwrap().to_owned()
    }

    /// Everything that a page could change.
    pub(crate) async fn state(&self) -> Vec<Value> {
        let mut state = Vec::new();
        for path in [
            "/api/v1/users",
            "/api/v1/apis",
            "/api/v1/applications",
            "/api/v1/keys",
            "/api/v1/runtimes",
            "/api/v1/runtimes/adder",
            "/api/v1/initial-access-tokens",
            "/api/v1/grants",
        ] {
            let (status, told) = self.bed.get(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            state.push(told);
        }
        state
    }

    /// Every route of the console: its address here, and the methods it takes,
    /// as it says itself.
    pub(crate) async fn routes(&self) -> Vec<(String, Vec<Method>)> {
        let mut routes = Vec::new();
        for path in declared() {
            let address = self.address(&path);
            let request = self.bed.anonymous(Method::DELETE, &address);
            let answer = request.send().await.unwrap();
            let allowed = answer.headers().get("allow");
            let allowed = allowed.unwrap_or_else(|| panic!("{path} takes DELETE, or is not there"));
            let methods = allowed.to_str().unwrap().split(',');
            let methods = methods.map(|method| method.trim().parse().unwrap());
            routes.push((address, methods.collect()));
        }
        routes
    }

    /// A declared path with something in the place of every name.
    pub(crate) fn address(&self, path: &str) -> String {
        let segments = path.split('/').map(|segment| match segment {
            "{user}" => "bob",
            "{journey}" => "1",
            segment if segment.starts_with('{') => "adder",
            segment => segment,
        });
        let path = segments.collect::<Vec<_>>().join("/");
        format!("{path}?{}", self.query)
    }
}

/// An operator at a browser, who sends forms.
pub(crate) struct Ada {
    pub(crate) browser: Browser,
    csrf: String,
}

impl Ada {
    pub(crate) async fn of(house: &House) -> Self {
        let mut browser = house.browser("ada", "operator").await;
        let csrf = form_token(&mut browser).await;
        Self { browser, csrf }
    }

    /// A form with what proves it to be one of our pages'.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        self.browser.send_form(path, &all, &[]).await
    }
}

/// What the forms of the person in that browser carry.
pub(crate) async fn form_token(browser: &mut Browser) -> String {
    let page = browser.open("/console/users/new").await;
    assert_eq!(page.status, StatusCode::OK);
    browser.hidden("csrf").unwrap().to_owned()
}

/// Every path that the console's source routes. Whoever adds a route is held to
/// the rules of these tests without being asked.
pub(crate) fn declared() -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../control/src");
    let mut files = vec![source.join("console.rs")];
    collect(&source.join("console"), &mut files);
    let mut paths = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for other in [
            ".nest(",
            ".route_service(",
            ".nest_service(",
            ".fallback_service(",
        ] {
            assert!(
                !text.contains(other),
                "{}: {other} hides routes",
                file.display()
            );
        }
        for call in text.split(".route(").skip(1) {
            let literal = call.trim_start().strip_prefix('"');
            let path = literal.and_then(|rest| rest.split('"').next());
            let path = path.filter(|path| path.starts_with("/console"));
            let shown = call.get(..60).unwrap_or(call);
            let path = path.unwrap_or_else(|| panic!("{}: no path: {shown}", file.display()));
            paths.push(path.to_owned());
        }
    }
    assert!(paths.len() > 25, "{paths:?}");
    paths
}

/// The name of every field that a form of the console has.
pub(crate) fn fields() -> BTreeSet<String> {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../control/templates/console");
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(templates).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let found = text.split(" name=\"").skip(1);
        let found = found.filter_map(|rest| rest.split('"').next());
        names.extend(found.filter(|name| !name.contains('{')).map(str::to_owned));
    }
    names.remove("csrf");
    assert!(names.len() > 30, "{names:?}");
    names
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
