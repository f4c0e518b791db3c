//! How the server is reached from outside, and what to say about it.

use std::net::SocketAddr;

use shukuba_model::PublicOrigin;

use crate::StartError;

/// The public origin: the one that was given, else the address listened on.
///
/// # Errors
/// When the server listens on every address and none was named.
pub(crate) fn public_origin(
    given: Option<PublicOrigin>,
    https: bool,
    address: SocketAddr,
) -> Result<PublicOrigin, StartError> {
    match given {
        Some(origin) => Ok(origin),
        None if address.ip().is_unspecified() => Err(StartError::NoPublicUrl { address }),
        None => Ok(PublicOrigin::of_listener(https, address)),
    }
}

/// What clients will refuse of a public origin, in sentences for the operator.
pub(crate) fn warnings(origin: &PublicOrigin) -> Vec<String> {
    if origin.is_loopback() {
        return Vec::new();
    }
    if !origin.is_https() {
        return vec![format!(
            "{origin} is plain http and not this machine. Claude Code, Inspector 2, mcp-remote and the TypeScript SDK 2 do not log in there, since they want a token endpoint with https; hosted Claude (web, desktop, mobile) connects only to https on port 443. Give --tls-cert and --tls-key, or put a proxy or tunnel with TLS before the server and name its address with --public-url"
        )];
    }
    // The default port is never written.
    let port = url_port(origin.as_str());
    port.map(|port| {
        format!(
            "{origin} is on port {port}: hosted Claude (web, desktop, mobile) connects only to port 443; other clients do not mind"
        )
    })
    .into_iter()
    .collect()
}

fn url_port(origin: &str) -> Option<u16> {
    origin.parse::<http::Uri>().ok()?.port_u16()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_address_must_be_told_its_own() {
        for (address, https, expected) in [
            ("127.0.0.1:8430", false, Some("http://127.0.0.1:8430")),
            ("127.0.0.1:8430", true, Some("https://127.0.0.1:8430")),
            ("[::1]:8430", true, Some("https://[::1]:8430")),
            ("192.0.2.1:443", true, Some("https://192.0.2.1:443")),
            ("0.0.0.0:8430", false, None),
            ("[::]:8430", true, None),
        ] {
            let address = address.parse().unwrap();
            let origin = public_origin(None, https, address).ok();
            assert_eq!(origin.as_ref().map(PublicOrigin::as_str), expected);
            let given: PublicOrigin = "https://mcp.example".parse().unwrap();
            let origin = public_origin(Some(given.clone()), https, address).unwrap();
            assert_eq!(origin, given);
        }
    }

    #[test]
    fn an_origin_that_clients_refuse_is_warned_about_with_their_names() {
        for (origin, named) in [
            ("http://127.0.0.1:8430", None),
            ("http://localhost:8430", None),
            ("https://mcp.example", None),
            (
                "http://mcp.example",
                Some("Claude Code, Inspector 2, mcp-remote"),
            ),
            ("http://192.0.2.1:8430", Some("TypeScript SDK 2")),
            ("https://mcp.example:8443", Some("hosted Claude")),
        ] {
            let warnings = warnings(&origin.parse().unwrap());
            assert_eq!(warnings.len(), usize::from(named.is_some()), "{origin}");
            for warning in warnings {
                assert!(warning.contains(origin), "{warning}");
                assert!(warning.contains(named.unwrap()), "{warning}");
            }
        }
    }
}
