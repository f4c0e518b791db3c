//! The file of logins, by server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Answer;
use super::discovery::Found;
use crate::failure::Failure;

/// The file: `$XDG_STATE_HOME/shukuba/logins.json`, or below `~/.local/state`.
pub(crate) struct Kept {
    path: PathBuf,
    logins: BTreeMap<String, Login>,
}

/// A login at a server.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) client_id: String,
    pub(super) resource: String,
    pub(super) token_endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) revocation_endpoint: Option<String>,
    pub(super) access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    /// Seconds since 1970.
    pub(super) expires_at: u64,
}

impl Login {
    pub(super) fn new(found: &Found, client_id: String, answer: Answer, now: u64) -> Self {
        let mut login = Self {
            client_id,
            resource: found.resource.clone(),
            token_endpoint: found.server.token_endpoint.clone(),
            revocation_endpoint: found.server.revocation_endpoint.clone(),
            access_token: String::new(),
            refresh_token: None,
            scope: None,
            expires_at: 0,
        };
        login.take(answer, now);
        login
    }

    /// Takes new tokens; a refresh token that was not replaced stays good.
    pub(super) fn take(&mut self, answer: Answer, now: u64) {
        self.access_token = answer.access_token;
        self.refresh_token = answer.refresh_token.or_else(|| self.refresh_token.take());
        self.scope = answer.scope.or_else(|| self.scope.take());
        self.expires_at = now.saturating_add(answer.expires_in);
    }
}

impl Kept {
    /// Reads the file; an absent one holds no login.
    ///
    /// # Errors
    /// When it cannot be read or holds something else.
    pub(crate) fn read() -> Result<Self, Failure> {
        let path = path()?;
        let logins = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                Failure::failed(format!("{} cannot be read: {error}", path.display()))
                    .hint("delete it and log in again")
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => {
                return Err(Failure::failed(format!(
                    "{} cannot be read: {error}",
                    path.display()
                )));
            }
        };
        Ok(Self { path, logins })
    }

    /// Writes the file, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| {
            Failure::failed(format!(
                "{} cannot be written: {error}",
                self.path.display()
            ))
        };
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let text = serde_json::to_vec_pretty(&self.logins)
            .map_err(|error| Failure::failed(format!("the logins do not serialise: {error}")))?;
        shukuba_server::write_private(&self.path, &text)
            .map_err(|error| Failure::failed(error.to_string()))
    }

    pub(super) fn login(&mut self, server: &str) -> Option<&mut Login> {
        self.logins.get_mut(key(server))
    }

    pub(super) fn put(&mut self, server: &str, login: Login) {
        self.logins.insert(key(server).to_owned(), login);
    }

    pub(super) fn remove(&mut self, server: &str) -> Option<Login> {
        self.logins.remove(key(server))
    }
}

fn key(server: &str) -> &str {
    server.trim_end_matches('/')
}

fn path() -> Result<PathBuf, Failure> {
    let state = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".local/state")))
        .ok_or_else(|| Failure::failed("there is no home directory to keep the login in"))?;
    Ok(state.join("shukuba").join("logins.json"))
}
