//! The origin a server is known by.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use url::Url;

use crate::authorizer::is_loopback;
use crate::name::NameError;

/// The public origin of a server (RFC 6454): scheme, host and port, without
/// path and without a slash at its end. It is the issuer identifier, byte for
/// byte, and what every address given out begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicOrigin {
    text: String,
    https: bool,
    loopback: bool,
}

impl PublicOrigin {
    /// The origin of a server that is reached at the address it listens on.
    pub fn of_listener(https: bool, address: SocketAddr) -> Self {
        let scheme = if https { "https" } else { "http" };
        Self {
            text: format!("{scheme}://{address}"),
            https,
            loopback: address.ip().to_canonical().is_loopback(),
        }
    }

    /// The origin, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether clients speak TLS to it, to us or to a proxy before us.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it names this machine only.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for PublicOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for PublicOrigin {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fail = |rule: &str| NameError {
            kind: "public URL",
            value: text.chars().take(200).collect(),
            rule: rule.to_owned(),
        };
        let url = Url::parse(text).map_err(|_| {
            fail("an origin such as https://mcp.example or https://mcp.example:8443")
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fail("https, or http where no TLS is to be had"));
        }
        let origin = url.origin().ascii_serialization();
        let alone = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            // `url` repairs much of what it reads; an issuer is compared byte for byte.
            && !text.contains(['\\', '@', '?', '#', '*', '\t', '\n', '\r', ' ']);
        if !alone {
            return Err(fail(
                "scheme, host and port only: no path, query, fragment, user name or wildcard, since the server has its host to itself",
            ));
        }
        if matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_unspecified())
            || matches!(url.host(), Some(url::Host::Ipv6(address)) if address.is_unspecified())
        {
            return Err(fail("a host that clients can connect to"));
        }
        Ok(Self {
            text: origin,
            https: url.scheme() == "https",
            loopback: is_loopback(&url),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_in_its_one_spelling() {
        for (text, kept) in [
            ("https://mcp.example", "https://mcp.example"),
            ("https://mcp.example/", "https://mcp.example"),
            ("HTTPS://MCP.Example:443/", "https://mcp.example"),
            ("https://mcp.example:8443", "https://mcp.example:8443"),
            ("http://[::1]:8430", "http://[::1]:8430"),
            (
                "https://m\u{fc}nchen.example",
                "https://xn--mnchen-3ya.example",
            ),
        ] {
            assert_eq!(text.parse::<PublicOrigin>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_more_or_less_than_an_origin_is_refused() {
        for bad in [
            "",
            "mcp.example",
            "mcp.example:8430",
            "//mcp.example",
            "ftp://mcp.example",
            "https://mcp.example/shukuba",
            "https://mcp.example//",
            "https://mcp.example/?",
            "https://mcp.example?x=1",
            "https://mcp.example/#",
            "https://user@mcp.example",
            "https://@mcp.example",
            "https://*.example",
            "https://",
            "https:mcp.example/x",
            "https://mcp.example\\",
            " https://mcp.example",
            "http://0.0.0.0:8430",
            "http://[::]",
        ] {
            let error = bad.parse::<PublicOrigin>().unwrap_err().to_string();
            assert!(error.contains(bad), "{error}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (text, loopback, https) in [
            ("http://127.0.0.1:8430", true, false),
            ("https://localhost", true, true),
            ("http://192.0.2.1", false, false),
            ("https://mcp.example", false, true),
        ] {
            let origin: PublicOrigin = text.parse().unwrap();
            assert_eq!((origin.is_loopback(), origin.is_https()), (loopback, https));
        }
    }
}
