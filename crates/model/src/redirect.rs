//! Redirect URIs (replaced at the merge by the finished file).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::NameError;

/// A redirect URI of a client, kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

impl RedirectUri {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a presented URI is this one: byte for byte, but for the port of
    /// loopback hosts (RFC 8252 section 7.3).
    pub fn matches(&self, presented: &str) -> bool {
        self.0 == presented
            || (self.is_loopback() && without_port(&self.0) == without_port(presented))
    }

    /// Whether its host is this machine.
    pub fn is_loopback(&self) -> bool {
        url::Url::parse(&self.0)
            .is_ok_and(|url| url.scheme() == "http" && crate::authorizer::is_loopback(&url))
    }

    /// What a consent page shows: the host, or the scheme of a private-use URI.
    pub fn host_label(&self) -> String {
        url::Url::parse(&self.0).map_or_else(
            |_| self.0.clone(),
            |url| url.host_str().unwrap_or(url.scheme()).to_owned(),
        )
    }

    /// The source expression for a `form-action` policy.
    pub fn origin_for_csp(&self) -> String {
        url::Url::parse(&self.0).map_or_else(
            |_| String::new(),
            |url| match url.host_str() {
                Some(host) if matches!(url.scheme(), "http" | "https") => {
                    let port = url
                        .port()
                        .map(|port| format!(":{port}"))
                        .unwrap_or_default();
                    format!("{}://{host}{port}", url.scheme())
                }
                _ => format!("{}:", url.scheme()),
            },
        )
    }
}

fn without_port(uri: &str) -> Option<String> {
    let mut url = url::Url::parse(uri).ok()?;
    url.set_port(None).ok()?;
    Some(url.into())
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RedirectUri {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        match url::Url::parse(value) {
            Ok(url) if url.fragment().is_none() => Ok(Self(value.to_owned())),
            _ => Err(NameError {
                kind: "redirect URI",
                value: value.chars().take(80).collect(),
                rule: "an absolute URI without fragment".to_owned(),
            }),
        }
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = NameError;
    fn try_from(value: String) -> Result<Self, NameError> {
        value.parse()
    }
}

impl From<RedirectUri> for String {
    fn from(value: RedirectUri) -> Self {
        value.0
    }
}
