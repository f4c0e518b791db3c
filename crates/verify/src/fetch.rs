//! The clients for outbound requests: small JSON documents, within a time
//! limit, and nothing else.
//!
//! [`GuardedClient`] fetches what whoever runs the server named; the
//! [`PublicClient`] fetches what strangers named.

mod admission;
mod freshness;
mod names;
mod public;
mod public_error;
mod public_url;
mod special_use;

use std::error::Error as _;
use std::time::Duration;

use serde_json::Value;
use shukuba_model::authorizer::is_loopback;
use url::Url;

pub use public::{Fetched, Outcome, PublicClient, Validators};
pub use public_error::PublicFetchError;
pub use public_url::{PublicUrl, PublicUrlError};

/// Why a document could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not an absolute URL.
    #[error("'{url}' is not an absolute URL; give one that begins with https://")]
    BadUrl {
        /// The text.
        url: String,
    },
    /// Plain http would leave this machine.
    #[error("{url} is plain http; use https (http is only for a loopback address)")]
    PlainHttp {
        /// The address.
        url: String,
    },
    /// Nobody answers there.
    #[error("{url} cannot be reached ({cause}); check the address and that the provider is up")]
    Unreachable {
        /// The address.
        url: String,
        /// What went wrong.
        cause: String,
    },
    /// The answer took too long.
    #[error("{url} did not answer within {} s; check that the provider is up", .limit.as_secs_f32())]
    TimedOut {
        /// The address.
        url: String,
        /// The limit.
        limit: Duration,
    },
    /// Another status than 200.
    #[error("{url} answered HTTP {status}{}", redirect_note(*.status))]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// The body is larger than such a document ever is.
    #[error("{url} answered more than {limit} bytes; that is no document of this kind")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body is not JSON.
    #[error("{url} answered something that is not JSON ({cause}); check the address")]
    NotJson {
        /// The address.
        url: String,
        /// What the parser said.
        cause: String,
    },
}

fn redirect_note(status: u16) -> &'static str {
    match status {
        300..400 => "; redirects are not followed, give the address it redirects to",
        404 => "; check the address",
        _ => "",
    }
}

/// Fetches small JSON documents: `https`, or `http` on loopback; no redirects,
/// no proxy from the environment, a limit on time and size.
///
/// Addresses come from whoever runs the server, so private ones are allowed.
#[derive(Debug, Clone)]
pub struct GuardedClient {
    // A machine without trusted roots cannot build a TLS client, but it can
    // still serve tokens of our own; so the error waits for the first fetch.
    client: Result<reqwest::Client, String>,
    timeout: Duration,
}

impl GuardedClient {
    /// How long one fetch may take.
    pub const TIMEOUT: Duration = Duration::from_secs(5);
    /// The largest discovery document, in bytes.
    pub const DISCOVERY_LIMIT: usize = 64 * 1024;
    /// The largest key set, in bytes.
    pub const KEYS_LIMIT: usize = 256 * 1024;

    /// A client whose every fetch ends within `timeout`.
    pub fn new(timeout: Duration) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("shukuba/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| root_cause(&error));
        Self { client, timeout }
    }

    /// Fetches `url` and parses what comes as JSON, reading at most `limit` bytes.
    ///
    /// # Errors
    /// Says what kept the document from being had.
    pub async fn json(&self, url: &str, limit: usize) -> Result<Value, FetchError> {
        let target = guarded(url)?;
        let client = self
            .client
            .as_ref()
            .map_err(|cause| FetchError::Unreachable {
                url: url.to_owned(),
                cause: cause.clone(),
            })?;
        let response = client
            .get(target)
            .header(reqwest::header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| self.explain(url, &error))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status {
                url: url.to_owned(),
                status: response.status().as_u16(),
            });
        }
        let body = self.read(url, response, limit).await?;
        serde_json::from_slice(&body).map_err(|error| FetchError::NotJson {
            url: url.to_owned(),
            cause: error.to_string(),
        })
    }

    async fn read(
        &self,
        url: &str,
        mut response: reqwest::Response,
        limit: usize,
    ) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.explain(url, &error))?
        {
            if body.len() + chunk.len() > limit {
                return Err(FetchError::TooLarge {
                    url: url.to_owned(),
                    limit,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn explain(&self, url: &str, error: &reqwest::Error) -> FetchError {
        if error.is_timeout() {
            FetchError::TimedOut {
                url: url.to_owned(),
                limit: self.timeout,
            }
        } else {
            FetchError::Unreachable {
                url: url.to_owned(),
                cause: root_cause(error),
            }
        }
    }
}

impl Default for GuardedClient {
    fn default() -> Self {
        Self::new(Self::TIMEOUT)
    }
}

/// Parses an address and refuses one whose fetch would travel in the clear.
pub(crate) fn guarded(url: &str) -> Result<Url, FetchError> {
    let parsed = Url::parse(url).map_err(|_| FetchError::BadUrl {
        url: url.chars().take(200).collect(),
    })?;
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if is_loopback(&parsed) => Ok(parsed),
        "http" => Err(FetchError::PlainHttp {
            url: url.to_owned(),
        }),
        _ => Err(FetchError::BadUrl {
            url: url.chars().take(200).collect(),
        }),
    }
}

/// The innermost error, which names the cause where the outer ones repeat the address.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = error.to_string();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback_http_are_fetched() {
        for good in [
            "https://10.0.0.7/.well-known/openid-configuration",
            "http://127.0.0.1:1/x",
            "http://[::1]:1/x",
            "http://localhost/x",
        ] {
            assert!(guarded(good).is_ok(), "{good}");
        }
        assert!(matches!(
            guarded("http://10.0.0.7/x"),
            Err(FetchError::PlainHttp { .. })
        ));
        for bad in ["", "idp.example", "file:///etc/passwd", "ftp://127.0.0.1/x"] {
            assert!(
                matches!(guarded(bad), Err(FetchError::BadUrl { .. })),
                "{bad}"
            );
        }
    }
}
