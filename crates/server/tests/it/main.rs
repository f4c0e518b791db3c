//! A whole server in this process, over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod administration;
mod apis;
mod application_apis;
mod applications;
mod audit;
mod browsers;
mod calls;
mod clients;
mod console;
mod console_actor;
mod console_api_applications;
mod console_apis;
mod console_applications;
mod console_audit_time;
mod console_clients;
mod console_decoded;
mod console_destroy;
mod console_home;
mod console_hostile;
mod console_house;
mod console_launch;
mod console_lists;
mod console_people;
mod console_phrases;
mod console_recent;
mod console_roles;
mod console_rules;
mod console_runtimes;
mod console_saved_rules;
mod console_tools;
mod document;
mod exposure;
mod grants;
mod journeys;
mod keys;
mod negative;
mod prepared;
mod routes;
mod runtime;
mod runtimes;
mod schema;
mod secrets;
mod shared_login;
mod story;
mod tls;
mod users;

use reqwest::{Method, RequestBuilder};
use shukuba_server::{Server, Settings};

/// The child process behind the runtime `adder`; nothing when run as a test.
#[test]
fn fixture_process() {
    shukuba_testkit::fixture::run_if_child();
}

/// A server on a free port, with a data directory of its own.
struct Bed {
    directory: tempfile::TempDir,
    server: Server,
    http: reqwest::Client,
}

impl Bed {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with other settings than a local one has.
    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = Settings::local(directory.path().join("data"), 0, None);
        change(&mut settings);
        let server = Server::start(settings).await.unwrap();
        let http = reqwest::Client::builder().build().unwrap();
        Self {
            directory,
            server,
            http,
        }
    }

    /// A request without a key.
    fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.server.public_url());
        self.http.request(method, url)
    }

    /// A request with the operator's key.
    fn operator(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path)
            .bearer_auth(self.server.operator_key())
    }
}
