//! The parts of a URL exactly as written.
//!
//! Addresses that are compared byte by byte must not be read through a parser
//! that repairs them: it drops tabs, turns backslashes around and decodes hosts,
//! so what was checked would not be what is compared.

/// A hierarchical URL (`scheme://host:port/rest`) cut into its parts. Every
/// byte is kept; nothing is normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawUrl<'a> {
    /// What stands before `://`.
    pub scheme: &'a str,
    /// The host; an IPv6 address with its brackets.
    pub host: &'a str,
    /// The port, when one is written: 1 to 65,535.
    pub port: Option<u16>,
    /// Path and query, as written; empty, or beginning with `/` or `?`.
    pub rest: &'a str,
}

impl<'a> RawUrl<'a> {
    /// The longest URL that is taken, in bytes.
    pub const LIMIT: usize = 2048;

    /// Cuts `text`. Refuses what readers of URLs disagree about: anything but
    /// the characters of RFC 3986 section 2, user information, fragments, an
    /// encoded or odd host, an empty port or port 0.
    ///
    /// # Errors
    /// The rule that is broken, to be read after "must be".
    pub fn split(text: &'a str) -> Result<Self, &'static str> {
        check_characters(text)?;
        let (scheme, after) = text
            .split_once("://")
            .ok_or("an absolute URL, such as https://client.example/callback")?;
        if !is_scheme(scheme) {
            return Err("a URL that begins with a scheme, such as https");
        }
        let end = after.find(['/', '?']).unwrap_or(after.len());
        let (authority, rest) = after.split_at_checked(end).unwrap_or((after, ""));
        if authority.contains('@') {
            return Err("free of a user name or password ('@' before the path)");
        }
        let (host, port) = split_port(authority)?;
        if !is_host(host) {
            return Err("a URL whose host is a plain name or an IP address");
        }
        Ok(Self {
            scheme,
            host,
            port,
            rest,
        })
    }

    /// The path, without the query.
    pub fn path(&self) -> &'a str {
        self.rest
            .split_once('?')
            .map_or(self.rest, |(path, _)| path)
    }

    /// The query, without its question mark.
    pub fn query(&self) -> Option<&'a str> {
        self.rest.split_once('?').map(|(_, query)| query)
    }
}

/// Checks length, characters and percent-encoding, and that there is no fragment.
pub(crate) fn check_characters(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.len() > RawUrl::LIMIT {
        return Err("1 to 2,048 bytes long");
    }
    if text.contains('#') {
        return Err("free of a fragment ('#')");
    }
    if text.contains('\\') {
        return Err("free of backslashes");
    }
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte);
    if !text.bytes().all(allowed) {
        return Err("free of spaces, control characters and others a URL must percent-encode");
    }
    let encoded = |tail: &str| {
        tail.as_bytes()
            .get(..2)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if text.split('%').skip(1).all(encoded) {
        Ok(())
    } else {
        Err("free of a '%' that two hexadecimal digits do not follow")
    }
}

/// Whether `text` is a scheme (RFC 3986 section 3.1).
pub(crate) fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    let in_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    let after_brackets = authority.get(in_brackets..).unwrap_or_default();
    let Some(colon) = after_brackets.find(':').map(|at| at + in_brackets) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at_checked(colon).unwrap_or((authority, ""));
    let digits = port.get(1..).unwrap_or_default();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse() {
        Ok(port) if plain => Ok((host, Some(port))),
        _ => Err("a URL whose port, where it has one, is 1 to 65535"),
    }
}

/// Letters, digits, hyphens, underscores and full stops; or an address in
/// brackets. No `;`, `,` or quote, which would mean something in a header.
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').map(|rest| rest.strip_suffix(']')) {
        Some(Some(address)) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        Some(None) => false,
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_parts_are_cut_as_they_are_written() {
        let url = RawUrl::split("HTTPS://H.example:8443/a%2Fb/..?x=/?").unwrap();
        assert_eq!((url.scheme, url.host), ("HTTPS", "H.example"));
        assert_eq!((url.port, url.rest), (Some(8443), "/a%2Fb/..?x=/?"));
        assert_eq!((url.path(), url.query()), ("/a%2Fb/..", Some("x=/?")));
        let url = RawUrl::split("http://[::1]:80").unwrap();
        assert_eq!((url.host, url.port, url.rest), ("[::1]", Some(80), ""));
        assert_eq!(RawUrl::split("https://h?q").unwrap().rest, "?q");
    }

    #[test]
    fn what_readers_of_urls_disagree_about_is_refused() {
        for bad in [
            "",
            "h",
            "//h/x",
            "https:/h/x",
            "https:///x",
            "1s://h/",
            "https://u@h/",
            "https://u:p@h/",
            "https://h/#",
            "https://h\\@i/",
            "https://h /",
            "https://h/\t",
            "https://h/\u{e9}",
            "https://\u{ff48}/",
            "https://h%2e/",
            "https://h/%2",
            "https://h/%zz",
            "https://h:/",
            "https://h:0/",
            "https://h:00443/",
            "https://h:+1/",
            "https://h:65536/",
            "https://a:b:1/",
            "https://a;b/",
            "https://a,b/",
            "https://[::1/",
            "https://[h]/",
            "https://[::1]x/",
            "https://h/<x>",
        ] {
            assert!(RawUrl::split(bad).is_err(), "{bad:?}");
        }
        let long = format!("https://h/{}", "a".repeat(RawUrl::LIMIT));
        assert!(RawUrl::split(&long).is_err());
    }

    proptest! {
        #[test]
        fn cutting_loses_no_byte(text in "[a-z]{1,4}://[a-z0-9.:@\\[\\]-]{0,12}[/?]?[ -~]{0,12}") {
            if let Ok(url) = RawUrl::split(&text) {
                let port = url.port.map(|port| format!(":{port}")).unwrap_or_default();
                prop_assert_eq!(format!("{}://{}{port}{}", url.scheme, url.host, url.rest), text);
            }
        }
    }
}
