//! Addresses that strangers name, and which of them are fetched at all.

use std::fmt;
use std::net::IpAddr;

use shukuba_model::RawUrl;
use url::{Host, Url};

use super::special_use::special_use;

/// An `https` address that is not, by its text, one of this machine or of a
/// network around it. What its name resolves to is judged when it is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicUrl(Url);

/// Why an address that a stranger named is not taken. No text of a refused
/// address needs a name to be resolved or a socket to be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Its text breaks a rule.
    #[error("'{url}' cannot be fetched: it must be {rule}")]
    Text {
        /// The address, shortened.
        url: String,
        /// The rule.
        rule: &'static str,
    },
    /// Its host is an IP address outside the public Internet (RFC 6890).
    #[error(
        "'{url}' cannot be fetched: its address {address} is {what}, not on the public Internet"
    )]
    SpecialUse {
        /// The address, shortened.
        url: String,
        /// The IP address as it was understood: 2130706433 is 127.0.0.1.
        address: IpAddr,
        /// What the address is for.
        what: &'static str,
    },
    /// Its host is a name that only means something here (RFC 6761, RFC 6762).
    #[error(
        "'{url}' cannot be fetched: the name '{host}' only means something on a local network; use a public host name"
    )]
    LocalName {
        /// The address, shortened.
        url: String,
        /// The name.
        host: String,
    },
}

/// Domains that are this machine's or a local network's own.
const LOCAL_DOMAINS: &[&str] = &[
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "home.arpa",
];

impl PublicUrl {
    /// Parses an address.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let broken = |rule| PublicUrlError::Text {
            url: shortened(text),
            rule,
        };
        if RawUrl::split(text).map_err(broken)?.scheme != "https" {
            return Err(broken("an https address"));
        }
        let url = Url::parse(text).map_err(|_| broken("an address a browser can open"))?;
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(name)) if !is_local(name) => return Ok(Self(url)),
            Some(Host::Domain(name)) => {
                return Err(PublicUrlError::LocalName {
                    url: shortened(text),
                    host: name.to_owned(),
                });
            }
            None => return Err(broken("an address with a host")),
        };
        match special_use(address) {
            None => Ok(Self(url)),
            Some(what) => Err(PublicUrlError::SpecialUse {
                url: shortened(text),
                address,
                what,
            }),
        }
    }

    /// The address as a URL parser writes it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, without a full stop at its end: the same name with and without.
    pub fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_end_matches('.')
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str()
            .chars()
            .take(200)
            .try_for_each(|c| write!(f, "{c}"))
    }
}

/// Whether a name is meant for a local network, or has a single label.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let within = |domain: &&str| {
        name.strip_suffix(*domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || LOCAL_DOMAINS.iter().any(within)
}

/// Enough of an address to recognise it, safe to print.
fn shortened(url: &str) -> String {
    url.chars()
        .take(200)
        .flat_map(char::escape_default)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_taken() {
        for good in [
            "https://claude.ai/oauth/claude-code-client-metadata",
            "https://client.example:8443/a?b=c",
            "https://notlocalhost.example/",
            "https://local.example/",
            "https://8.8.8.8/",
            "https://[2606:4700::1]/",
        ] {
            assert!(PublicUrl::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn c01_only_plain_https_addresses_are_taken() {
        for bad in [
            "http://client.example/x",
            "ftp://client.example/x",
            "client.example/x",
            "https://u@client.example/x",
            "https://client.example/x#y",
            "https://client.example\\@10.0.0.1/x",
            "https://client.example:0/x",
            "https://client.example/x y",
            "https://client.example/\r\nx",
            "",
        ] {
            let error = PublicUrl::parse(bad).unwrap_err();
            assert!(
                matches!(error, PublicUrlError::Text { .. }),
                "{bad:?}: {error}"
            );
        }
    }

    #[test]
    fn c02_literals_of_special_use_are_refused_in_every_spelling() {
        for (host, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("0x7f000001", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"),
            ("017700000001", "127.0.0.1"),
            ("127.1", "127.0.0.1"),
            ("127.0.0.1.", "127.0.0.1"),
            ("0", "0.0.0.0"),
            ("10.1.2.3", "10.1.2.3"),
            ("172.16.0.1", "172.16.0.1"),
            ("192.168.0.1", "192.168.0.1"),
            ("169.254.169.254", "169.254.169.254"),
            ("100.64.0.1", "100.64.0.1"),
            ("[::1]", "::1"),
            ("[::]", "::"),
            ("[fc00::1]", "fc00::1"),
            ("[fe80::1]", "fe80::1"),
            ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
            ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
            ("[2002:7f00:1::]", "2002:7f00:1::"),
        ] {
            match PublicUrl::parse(&format!("https://{host}/x")) {
                Err(PublicUrlError::SpecialUse { address: found, .. }) => {
                    assert_eq!(found, address.parse::<IpAddr>().unwrap(), "{host}");
                }
                other => panic!("{host}: {other:?}"),
            }
        }
    }

    #[test]
    fn c05_local_names_are_refused() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "router.home.arpa",
            "intranet",
            "single",
        ] {
            let error = PublicUrl::parse(&format!("https://{host}/x")).unwrap_err();
            assert!(
                matches!(error, PublicUrlError::LocalName { .. }),
                "{host}: {error}"
            );
        }
    }
}
