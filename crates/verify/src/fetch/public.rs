//! The client for what strangers name: Client ID Metadata Documents and the
//! key sets of clients.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use reqwest::{ClientBuilder, Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::admission::Admission;
use super::freshness::fresh_for;
use super::names::{NameRefused, Source, VettedNames};
use super::public_error::PublicFetchError;
use super::public_url::PublicUrl;
use super::root_cause;

/// Fetches JSON documents from addresses that strangers named, so that nobody
/// can make this server speak to what only it can reach (Client ID Metadata
/// Documents, draft 02, section 8.6).
///
/// `https` on the public Internet only: every address of the host must be
/// there, and only the addresses that were checked are dialled. No redirects,
/// no proxy, no compression, a new connection for each document; limits on
/// time, on size and on how many fetches are under way. Clones share the limits.
#[derive(Debug, Clone)]
pub struct PublicClient {
    // As with `GuardedClient`, a machine without trusted roots still starts.
    client: Result<reqwest::Client, String>,
    own_host: String,
    timeout: Duration,
    admission: Admission,
}

/// What a server said about a version of its document, to ask later whether
/// there is a newer one (RFC 9110 section 13.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes, not parsed.
    pub body: Bytes,
    /// How long it may be used without asking again: 60 s to 24 h.
    pub fresh_for: Duration,
    /// To ask again with.
    pub validators: Validators,
}

/// What a fetch ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The document.
    Document(Fetched),
    /// The version one asked with is still the newest.
    NotModified {
        /// How long it may be used again: 60 s to 24 h.
        fresh_for: Duration,
    },
}

/// The longest validator that is kept, in bytes.
const VALIDATOR_LIMIT: usize = 512;

impl PublicClient {
    /// How long one fetch may take, to the last byte.
    pub const TIMEOUT: Duration = Duration::from_secs(5);
    /// The largest Client ID Metadata Document, in bytes (draft 02 section 8.7).
    pub const DOCUMENT_LIMIT: usize = 5 * 1024;
    /// The largest key set of a client, in bytes.
    pub const KEYS_LIMIT: usize = 12 * 1024;

    /// A client that never asks `own_host`, the host of this server's public address.
    pub fn new(own_host: &str) -> Self {
        Self::built(own_host, Source::System, |builder| builder)
    }

    /// For tests: dials `servers` for the hosts they are given for, wherever
    /// those are, resolves no other name, and trusts the certificates of
    /// `roots` (PEM) and no others. Every other rule stands.
    ///
    /// The feature `testing` is for dev-dependencies: with it enabled in the
    /// program, a mistake could take the guard off.
    ///
    /// # Errors
    /// When `roots` cannot be read.
    #[cfg(feature = "testing")]
    pub fn for_tests(
        own_host: &str,
        roots: &str,
        servers: std::collections::HashMap<String, std::net::SocketAddr>,
    ) -> Result<Self, reqwest::Error> {
        let roots = reqwest::Certificate::from_pem_bundle(roots.as_bytes())?;
        Ok(Self::built(own_host, Source::Servers(servers), |builder| {
            builder.tls_certs_only(roots)
        }))
    }

    /// For tests: the same with another time limit.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn built(
        own_host: &str,
        source: Source,
        trust: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let builder = reqwest::Client::builder()
            .https_only(true)
            .dns_resolver(VettedNames::new(source))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .referer(false)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("shukuba/", env!("CARGO_PKG_VERSION")));
        Self {
            client: trust(builder).build().map_err(|error| root_cause(&error)),
            own_host: own_host.trim_end_matches('.').to_ascii_lowercase(),
            timeout: Self::TIMEOUT,
            admission: Admission::new(),
        }
    }

    /// Fetches `url`, reading at most `limit` bytes of its body. With the
    /// validators of an earlier copy, the answer may be that it still holds.
    ///
    /// # Errors
    /// Says which rule refused the fetch or what kept it from ending well.
    pub async fn fetch(
        &self,
        url: &str,
        limit: usize,
        known: Option<&Validators>,
    ) -> Result<Outcome, PublicFetchError> {
        let url = PublicUrl::parse(url)?;
        if url.host() == self.own_host {
            return Err(PublicFetchError::OwnHost { url });
        }
        let start = Instant::now();
        // Half of the time for a place, so that the rest suffices for the fetch.
        let patience = start + self.timeout / 2;
        let Ok(Ok(_place)) = timeout_at(patience, self.admission.enter(url.host())).await else {
            return Err(PublicFetchError::Busy { url });
        };
        timeout_at(start + self.timeout, self.exchange(&url, limit, known))
            .await
            .unwrap_or_else(|_| {
                Err(PublicFetchError::TimedOut {
                    url,
                    limit: self.timeout,
                })
            })
    }

    /// One request and its whole answer.
    async fn exchange(
        &self,
        url: &PublicUrl,
        limit: usize,
        known: Option<&Validators>,
    ) -> Result<Outcome, PublicFetchError> {
        let client = self
            .client
            .as_ref()
            .map_err(|cause| PublicFetchError::Unreachable {
                url: url.clone(),
                cause: cause.clone(),
            })?;
        let asked = known.map(conditions).unwrap_or_default();
        let conditional = !asked.is_empty();
        let response = client
            .get(url.url().clone())
            .header(ACCEPT, "application/json")
            .headers(asked)
            .send()
            .await
            .map_err(|error| explain(url, &error))?;
        let fresh_for = fresh_for(response.headers(), SystemTime::now());
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if conditional => {
                return Ok(Outcome::NotModified { fresh_for });
            }
            status => {
                return Err(PublicFetchError::Status {
                    url: url.clone(),
                    status: status.as_u16(),
                });
            }
        }
        check_form(url, response.headers())?;
        let validators = Validators {
            etag: validator(response.headers(), &ETAG),
            last_modified: validator(response.headers(), &LAST_MODIFIED),
        };
        Ok(Outcome::Document(Fetched {
            body: read(url, response, limit).await?,
            fresh_for,
            validators,
        }))
    }
}

/// The headers that ask for a newer version only.
fn conditions(known: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (IF_NONE_MATCH, &known.etag),
        (IF_MODIFIED_SINCE, &known.last_modified),
    ] {
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    }
    headers
}

fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty() && value.len() <= VALIDATOR_LIMIT).then(|| value.to_owned())
}

/// Refuses an answer that is not said to be JSON, or not sent as it is.
fn check_form(url: &PublicUrl, headers: &HeaderMap) -> Result<(), PublicFetchError> {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !is_json(said) {
        return Err(PublicFetchError::ContentType {
            url: url.clone(),
            found: said.chars().take(100).collect(),
        });
    }
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        Ok(())
    } else {
        Err(PublicFetchError::Encoded { url: url.clone() })
    }
}

/// Whether a content type is `application/json` or `application/…+json`
/// (RFC 6839 section 3.1), with whatever parameters.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|subtype| {
        subtype == "json"
            || subtype
                .strip_suffix("+json")
                .is_some_and(|kind| !kind.is_empty())
    })
}

/// Reads a body, counting what has come and not what was announced.
async fn read(
    url: &PublicUrl,
    mut response: Response,
    limit: usize,
) -> Result<Bytes, PublicFetchError> {
    let too_large = || PublicFetchError::TooLarge {
        url: url.clone(),
        limit,
    };
    if response
        .content_length()
        .is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit))
    {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| explain(url, &error))?
    {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// What kept an exchange from ending. The refusal of a name comes wrapped in
/// the errors of the connection.
fn explain(url: &PublicUrl, error: &reqwest::Error) -> PublicFetchError {
    let url = url.clone();
    let mut cause = error.source();
    while let Some(inner) = cause {
        match inner.downcast_ref() {
            Some(NameRefused::Private { address, what }) => {
                return PublicFetchError::PrivateAddress {
                    url,
                    address: *address,
                    what,
                };
            }
            Some(NameRefused::Unresolved) => return PublicFetchError::Unresolved { url },
            None => cause = inner.source(),
        }
    }
    PublicFetchError::Unreachable {
        url,
        cause: root_cause(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c10_only_content_types_of_json_are_taken() {
        for good in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/cimd+json",
            "application/jwk-set+json ;x",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/html",
            "text/json",
            "application/octet-stream",
            "application/+json",
            "application/jsonp",
            "x-application/json",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn c03_a_private_answer_of_the_resolver_is_told_as_such() {
        let answers = |_: &str| vec!["10.0.0.1".parse().unwrap()];
        let client =
            PublicClient::built("own.example", Source::Answers(answers), |builder| builder);
        let error = client
            .fetch("https://client.example/x", 100, None)
            .await
            .unwrap_err();
        assert!(
            matches!(error, PublicFetchError::PrivateAddress { address, .. } if address.to_string() == "10.0.0.1"),
            "{error:?}"
        );
        assert!(!error.to_string().contains("10.0.0.1"), "{error}");
    }
}
