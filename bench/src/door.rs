//! A running Shukuba with the built-in adder behind it.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::client::{Call, Link, post};
use crate::filled::{self, Filled};
use crate::program::{Program, free_address};

/// Where the adder is served.
pub(crate) const ENDPOINT: &str = "/mcp/adder";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// `shukuba serve` with a fresh data directory.
pub(crate) struct Door {
    pub(crate) program: Program,
    pub(crate) address: SocketAddr,
    pub(crate) binary: std::path::PathBuf,
    operator_key: String,
    _data: TempDir,
}

/// An application that may call the adder.
pub(crate) struct Application {
    id: String,
    secret: String,
}

impl Door {
    /// Starts the server and launches the adder on it.
    pub(crate) async fn open(binary: &Path) -> anyhow::Result<Self> {
        Self::open_to(binary, false).await
    }

    /// The same, where people may log in.
    pub(crate) async fn open_to_people(binary: &Path) -> anyhow::Result<Self> {
        Self::open_to(binary, true).await
    }

    async fn open_to(binary: &Path, people: bool) -> anyhow::Result<Self> {
        let door = Self::serve(binary, tempfile::tempdir()?, 0).await?;
        door.launch(people).await?;
        Ok(door)
    }

    /// The same with much to show, and without the adder.
    pub(crate) async fn open_filled(binary: &Path) -> anyhow::Result<(Self, Filled)> {
        let data = tempfile::tempdir()?;
        let address = free_address()?;
        let filled = filled::fill(data.path(), &format!("http://{address}")).await?;
        let door = Self::serve(binary, data, address.port()).await?;
        Ok((door, filled))
    }

    async fn serve(binary: &Path, data: TempDir, port: u16) -> anyhow::Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(["serve", "--port", &port.to_string(), "--data-dir"])
            .arg(data.path());
        let (program, origin) =
            Program::announced(&mut command, "Shukuba serves at http://").await?;
        let operator_key = std::fs::read_to_string(data.path().join("operator.key"))?;
        Ok(Self {
            program,
            address: origin.parse()?,
            binary: binary.to_owned(),
            operator_key: operator_key.trim().to_owned(),
            _data: data,
        })
    }

    async fn launch(&self, people: bool) -> anyhow::Result<()> {
        let order = json!({
            "source": { "kind": "builtin" }, "region": "us-west-2", "account": "123456789012",
            "authorizer": null, "login": people, "reuse_unchanged": false,
        });
        let events = self
            .administer("/api/v1/runtimes/adder/versions", &order)
            .await?;
        ensure!(
            events.contains(r#""event":"launched""#),
            "the launch failed: {events}"
        );
        Ok(())
    }

    /// Registers an application.
    pub(crate) async fn application(&self, name: &str) -> anyhow::Result<Application> {
        let api = format!("http://{}{ENDPOINT}", self.address);
        self.application_of(name, &api).await
    }

    /// Registers an API with that signing algorithm, and an application for it.
    pub(crate) async fn application_signed(&self, algorithm: &str) -> anyhow::Result<Application> {
        let api = format!("https://bench.example/{algorithm}");
        let order = json!({
            "name": algorithm, "identifier": api, "signing_algorithm": algorithm,
        });
        self.administer("/api/v1/apis", &order).await?;
        self.application_of(algorithm, &api).await
    }

    async fn application_of(&self, name: &str, api: &str) -> anyhow::Result<Application> {
        let order = json!({ "name": name, "type": "m2m", "apis": [api] });
        let created: Value =
            serde_json::from_str(&self.administer("/api/v1/applications", &order).await?)?;
        Ok(Application {
            id: text(&created, "client_id")?,
            secret: text(&created, "client_secret")?,
        })
    }

    /// Asks the token endpoint, over a connection of its own.
    pub(crate) async fn token(&self, application: &Application) -> anyhow::Result<String> {
        let mut link = Link::open(self.address).await?;
        let body = self.issue(&mut link, application).await?;
        text(&serde_json::from_slice(&body)?, "access_token")
    }

    /// Asks the token endpoint; gives the answer as it came.
    pub(crate) async fn issue(
        &self,
        link: &mut Link,
        application: &Application,
    ) -> anyhow::Result<Bytes> {
        let Application { id, secret } = application;
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = post(self.address, "/oauth/token", FORM, None, form)?;
        let (status, body) = link.exchange(request).await?;
        ensure!(
            status == StatusCode::OK,
            "no token: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(body)
    }

    /// A call to the adder with a token.
    pub(crate) fn call(&self, token: &str) -> anyhow::Result<Call> {
        Call::to(self.address, ENDPOINT)?.bearing(token)
    }

    /// The issuer's public keys.
    pub(crate) async fn keys(&self) -> anyhow::Result<Value> {
        let request = Request::get("/.well-known/jwks.json")
            .header(HOST, self.address.to_string())
            .body(Full::default())?;
        let (_, body) = Link::open(self.address).await?.exchange(request).await?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// Makes a person who logs in with that password.
    pub(crate) async fn person(&self, name: &str, password: &str) -> anyhow::Result<()> {
        self.person_of(name, password, "none").await
    }

    /// The same with a role in the console.
    pub(crate) async fn person_of(
        &self,
        name: &str,
        password: &str,
        role: &str,
    ) -> anyhow::Result<()> {
        let order = json!({ "name": name, "password": password, "role": role });
        self.administer("/api/v1/users", &order).await?;
        Ok(())
    }

    async fn administer(&self, path: &str, order: &Value) -> anyhow::Result<String> {
        let key = Some(self.operator_key.as_str());
        let request = post(
            self.address,
            path,
            "application/json",
            key,
            order.to_string(),
        )?;
        let (status, body) = Link::open(self.address).await?.exchange(request).await?;
        let body = String::from_utf8(body.into())?;
        ensure!(status.is_success(), "{path} was answered {status}: {body}");
        Ok(body)
    }
}

pub(crate) fn text(object: &Value, key: &str) -> anyhow::Result<String> {
    let value = object.get(key).and_then(Value::as_str);
    value
        .map(str::to_owned)
        .with_context(|| format!("the answer has no {key}"))
}
