//! Redirect URIs: where a browser goes after login.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::name::NameError;
use crate::raw_url::{RawUrl, check_characters, is_scheme};

/// A redirect URI, kept byte for byte as it was registered.
///
/// `https` to any host; `http` to this machine only (`localhost`, `127.0.0.1`,
/// `[::1]`); or a private-use scheme of an installed application (RFC 8252
/// sections 7.1 to 7.3). No fragment (RFC 6749 section 3.1.2), no user name, no
/// wildcard, at most 2,048 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// Schemes that a browser or the system answers itself, by running, showing or
/// opening something: none is an application's own.
const NO_APPLICATION: &[&str] = &[
    "about",
    "blob",
    "cid",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "gopher",
    "intent",
    "jar",
    "javascript",
    "livescript",
    "ldap",
    "mailto",
    "mhtml",
    "ms-its",
    "news",
    "resource",
    "sftp",
    "sms",
    "ssh",
    "tel",
    "telnet",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// The hosts that mean this machine, in the only spellings that are taken.
const LOOPBACK: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

impl RedirectUri {
    /// The URI as it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request may be sent back to `presented`: byte for byte the
    /// registered URI (RFC 9700 section 2.1), but for `http` on loopback, where
    /// the port is the client's to choose, whether or not one was registered
    /// (RFC 8252 section 7.3).
    pub fn matches(&self, presented: &str) -> bool {
        if presented == self.0 {
            return true;
        }
        let (Some(registered), Ok(presented)) = (self.local(), RawUrl::split(presented)) else {
            return false;
        };
        (registered.scheme, registered.host, registered.rest)
            == (presented.scheme, presented.host, presented.rest)
    }

    /// Whether it leads to this machine over the network: any program here may
    /// listen there, so a consent page warns about it.
    pub fn is_loopback(&self) -> bool {
        RawUrl::split(&self.0)
            .is_ok_and(|url| matches!(url.scheme, "http" | "https") && LOOPBACK.contains(&url.host))
    }

    /// What a consent page names as the place one is sent back to: the host as
    /// a browser reads it (punycode stays as it is), or the private-use scheme.
    pub fn host_label(&self) -> String {
        match self.web() {
            Some(url) => url.host_str().unwrap_or_default().to_owned(),
            None => self.scheme(),
        }
    }

    /// What `form-action` of a Content-Security-Policy must allow so that the
    /// form's answer may redirect there: an origin, or a scheme with its colon.
    ///
    /// A policy cannot name an IP address other than 127.0.0.1 (CSP 3 section
    /// 6.7.2.8), so for those it is the scheme. A loopback port is the one of
    /// this URI: ask the URI the request presented, parsed again.
    pub fn origin_for_csp(&self) -> String {
        let Some(url) = self.web() else {
            return format!("{}:", self.scheme());
        };
        match url.host() {
            Some(Host::Domain(_)) | Some(Host::Ipv4(Ipv4Addr::LOCALHOST)) => {
                url.origin().ascii_serialization()
            }
            _ => format!("{}:", url.scheme()),
        }
    }

    /// The parts, when it is an `http` URI, which only loopback may be.
    fn local(&self) -> Option<RawUrl<'_>> {
        RawUrl::split(&self.0)
            .ok()
            .filter(|url| url.scheme == "http")
    }

    fn web(&self) -> Option<Url> {
        Url::parse(&self.0)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
    }

    fn scheme(&self) -> String {
        self.0
            .split_once(':')
            .map_or("", |(scheme, _)| scheme)
            .to_ascii_lowercase()
    }
}

/// Tells which rule a redirect URI breaks, to be read after "must be".
fn check(value: &str) -> Result<(), &'static str> {
    check_characters(value)?;
    if value.contains('*') {
        return Err("one exact address, without a wildcard ('*')");
    }
    let (scheme, rest) = value
        .split_once(':')
        .filter(|(scheme, _)| is_scheme(scheme))
        .ok_or("absolute, such as https://client.example/callback")?;
    if Url::parse(value).is_err() {
        return Err("a URL that a browser can open");
    }
    match scheme {
        "https" => RawUrl::split(value).map(drop),
        "http" if LOOPBACK.contains(&RawUrl::split(value)?.host) => Ok(()),
        "http" => Err("https; plain http only goes to localhost, 127.0.0.1 or [::1]"),
        _ => check_private_use(scheme, rest),
    }
}

fn check_private_use(scheme: &str, rest: &str) -> Result<(), &'static str> {
    let scheme = scheme.to_ascii_lowercase();
    if matches!(scheme.as_str(), "http" | "https") {
        return Err("written with its scheme in lower case");
    }
    // A single letter is a drive on some systems.
    if scheme.len() < 2 || NO_APPLICATION.contains(&scheme.as_str()) {
        return Err("https, http on loopback, or an application's own scheme");
    }
    let authority = rest
        .strip_prefix("//")
        .map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    if authority.is_some_and(|authority| authority.contains('@')) {
        return Err("free of a user name or password ('@' before the path)");
    }
    if rest.trim_start_matches('/').is_empty() {
        return Err("more than a scheme");
    }
    Ok(())
}

impl FromStr for RedirectUri {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        match check(value) {
            Ok(()) => Ok(Self(value.to_owned())),
            Err(rule) => Err(NameError {
                kind: "redirect URI",
                value: value.chars().take(200).collect(),
                rule: format!("it must be {rule}"),
            }),
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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

#[cfg(test)]
mod tests;
