//! Which generation of the protocol a request speaks.

use http::{HeaderMap, HeaderName};

/// `MCP-Protocol-Version`.
pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The revisions that begin with a handshake.
const HANDSHAKE_VERSIONS: [&[u8]; 4] = [b"2024-11-05", b"2025-03-26", b"2025-06-18", b"2025-11-25"];

/// The generation of the protocol a request speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// Up to 2025-11-25: handshake, sessions; a disconnect is not a cancellation.
    Legacy,
    /// From 2026-07-28: stateless; closing the response stream cancels the request.
    Modern,
}

impl Era {
    /// Read from the request: the version header is there and names none of
    /// the handshake revisions. Some legacy clients send no header at all.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(PROTOCOL_VERSION) {
            Some(version) if !HANDSHAKE_VERSIONS.contains(&version.as_bytes()) => Self::Modern,
            _ => Self::Legacy,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_era_is_read_from_the_version_header() {
        let of = |version: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(version) = version {
                headers.insert(PROTOCOL_VERSION, HeaderValue::from_static(version));
            }
            Era::of(&headers)
        };
        assert_eq!(of(None), Era::Legacy);
        for legacy in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
            assert_eq!(of(Some(legacy)), Era::Legacy, "{legacy}");
        }
        assert_eq!(of(Some("2026-07-28")), Era::Modern);
        assert_eq!(of(Some("2027-01-01")), Era::Modern);
    }
}
