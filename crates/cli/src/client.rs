//! The administration API of a running server, as the commands use it.

use std::path::Path;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shukuba_model::wire::Problem;
use shukuba_server::Server;

use crate::Global;
use crate::failure::Failure;

/// A server and the operator's key to it.
pub(crate) struct Client {
    http: reqwest::Client,
    server: String,
    /// Where the server is reached, if not under its own name.
    reached_at: String,
    key: String,
}

impl Client {
    /// Reads the operator's key from the data directory.
    ///
    /// # Errors
    /// When there is no key to read.
    pub(crate) fn new(global: &Global) -> Result<Self, Failure> {
        Self::with_key(&global.server, read_operator_key(&global.data_dir)?)
    }

    /// A client that already knows the key.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub(crate) fn with_key(server: &str, key: String) -> Result<Self, Failure> {
        let server = server.trim_end_matches('/');
        Ok(Self {
            http: http_client()?,
            server: server.to_owned(),
            reached_at: server.to_owned(),
            key,
        })
    }

    /// A client of a server in this process. Its public name may lead through
    /// a proxy that does not run yet, so it is reached where it listens.
    ///
    /// # Errors
    /// As [`Client::with_key`].
    pub(crate) fn of_this_process(server: &Server) -> Result<Self, Failure> {
        let reached_at = server.local_url();
        // The certificate bears the public name. Nobody else can answer at a
        // port that this process holds.
        let https = reached_at.starts_with("https:");
        let http = built(http_builder().tls_danger_accept_invalid_certs(https))?;
        Ok(Self {
            http,
            server: server.public_url().to_owned(),
            reached_at,
            key: server.operator_key().to_owned(),
        })
    }

    /// The HTTP client, for requests without the operator's key.
    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// Where an address of the server is reached from here.
    pub(crate) fn reachable(&self, address: &str) -> String {
        match address.strip_prefix(&self.server) {
            Some(path) => format!("{}{path}", self.reached_at),
            None => address.to_owned(),
        }
    }

    /// The server's address, without a trailing slash.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// `GET path`, parsed.
    ///
    /// # Errors
    /// When the server cannot be reached, or says no.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.parsed(self.request(Method::GET, path)).await
    }

    /// `POST path` with a JSON body, parsed.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.parsed(self.request(Method::POST, path).json(body))
            .await
    }

    /// `PATCH path` with a JSON body, parsed.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.parsed(self.request(Method::PATCH, path).json(body))
            .await
    }

    /// `PUT path` with a JSON body, parsed.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.parsed(self.request(Method::PUT, path).json(body))
            .await
    }

    /// `DELETE path`.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(crate) async fn delete(&self, path: &str) -> Result<(), Failure> {
        self.send(self.request(Method::DELETE, path))
            .await
            .map(drop)
    }

    /// A request that carries the operator's key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.reached_at))
            .bearer_auth(&self.key)
    }

    /// Sends a request; an answer that is not a success becomes a failure that
    /// carries the server's own words.
    ///
    /// # Errors
    /// When the server cannot be reached, or says no.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal(response).await)
    }

    async fn parsed<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let response = self.send(request).await?;
        response.json().await.map_err(|error| {
            Failure::failed(format!(
                "{} answered something else than expected: {error}",
                self.server
            ))
            .hint("is that address a Shukuba server of this version?")
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        if error.is_connect() {
            Failure::failed(format!("no server answers at {}", self.reached_at))
                .hint("start one with `shukuba serve`, or name its address with --server or SHUKUBA_SERVER")
        } else {
            Failure::failed(format!(
                "the call to {} failed: {}",
                self.server,
                innermost(error)
            ))
        }
    }
}

/// A text as one segment of a path, or one value of a query.
pub(crate) fn segment(text: &str) -> percent_encoding::PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}

/// The HTTP client of the commands: no redirects, a bounded connect time.
///
/// # Errors
/// When the TLS backend cannot be set up.
pub(crate) fn http_client() -> Result<reqwest::Client, Failure> {
    built(http_builder())
}

fn http_builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .user_agent(concat!("shukuba/", env!("CARGO_PKG_VERSION")))
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Failure> {
    builder
        .build()
        .map_err(|error| Failure::failed(format!("the HTTP client could not be made: {error}")))
}

fn read_operator_key(data_dir: &Path) -> Result<String, Failure> {
    let path = data_dir.join("operator.key");
    match std::fs::read_to_string(&path) {
        Ok(key) => Ok(key.trim().to_owned()),
        Err(error) => Err(Failure::failed(format!(
            "the operator's key cannot be read from {}: {error}",
            path.display()
        ))
        .hint("`shukuba serve` makes it in its data directory; name that directory with --data-dir or SHUKUBA_DATA_DIR, and start a server if none runs")),
    }
}

async fn refusal(response: Response) -> Failure {
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    match serde_json::from_str::<Problem>(&text) {
        Ok(problem) => {
            let failure = Failure::failed(problem.message);
            match problem.hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            }
        }
        Err(_) if status == StatusCode::UNAUTHORIZED => {
            Failure::failed("the server does not accept this operator's key")
                .hint("--data-dir must name the data directory of that server")
        }
        Err(_) => Failure::failed(format!("the server answered {status}: {}", text.trim())),
    }
}

fn innermost(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(next) = source.source() {
        source = next;
    }
    source.to_string()
}
