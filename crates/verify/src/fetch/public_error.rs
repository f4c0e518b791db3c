//! Why a document that a stranger named was not had.

use std::net::IpAddr;
use std::time::Duration;

use super::public_url::{PublicUrl, PublicUrlError};

/// Why a document that a stranger named was not had.
///
/// The texts are shown to strangers too, so no text tells what a name resolves
/// to in this network; the field does, for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicFetchError {
    /// The address breaks a rule; nothing was resolved or dialled.
    #[error(transparent)]
    Address(#[from] PublicUrlError),
    /// The address is one of this server; nothing was resolved or dialled.
    #[error("{url} cannot be fetched: it is an address of this server itself")]
    OwnHost {
        /// The address.
        url: PublicUrl,
    },
    /// An address of the host is outside the public Internet; nothing was dialled.
    #[error(
        "{url} cannot be fetched: not every IP address of its host is on the public Internet; publish it at a host whose every address is"
    )]
    PrivateAddress {
        /// The address.
        url: PublicUrl,
        /// The first IP address that is not public.
        address: IpAddr,
        /// What that address is for.
        what: &'static str,
    },
    /// The host has no address.
    #[error("{url} cannot be fetched: its host name does not resolve; check the name")]
    Unresolved {
        /// The address.
        url: PublicUrl,
    },
    /// Nobody answers there, or not over TLS that is trusted here.
    #[error(
        "{url} cannot be reached ({cause}); check the address, its certificate and that its server is up"
    )]
    Unreachable {
        /// The address.
        url: PublicUrl,
        /// What went wrong.
        cause: String,
    },
    /// The whole fetch took too long.
    #[error("{url} did not answer in full within {} s; try again when its server is faster", .limit.as_secs_f32())]
    TimedOut {
        /// The address.
        url: PublicUrl,
        /// The limit.
        limit: Duration,
    },
    /// Too many fetches are under way, of this host or of all.
    #[error("{url} was not fetched: too many fetches are under way; try again in a minute")]
    Busy {
        /// The address.
        url: PublicUrl,
    },
    /// Another status than 200.
    #[error("{url} answered HTTP {status}; the document must be answered with 200{}", redirect_note(*.status))]
    Status {
        /// The address.
        url: PublicUrl,
        /// The status.
        status: u16,
    },
    /// The answer does not say that it is JSON.
    #[error(
        "{url} answered with content type '{found}'; it must be application/json or application/…+json"
    )]
    ContentType {
        /// The address.
        url: PublicUrl,
        /// What it said, shortened; empty when it said nothing.
        found: String,
    },
    /// The answer is compressed although that was not asked for.
    #[error("{url} answered with a content encoding; it must be sent uncompressed")]
    Encoded {
        /// The address.
        url: PublicUrl,
    },
    /// The body is larger than such a document may be.
    #[error("{url} answered more than {limit} bytes, the most such a document may have")]
    TooLarge {
        /// The address.
        url: PublicUrl,
        /// The limit, in bytes.
        limit: usize,
    },
}

impl PublicFetchError {
    /// Whether the fault may pass by itself, so that a copy had earlier may
    /// serve meanwhile: the host did not answer, answered too slowly or with a
    /// server error. Every other fault is the document's own.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Unresolved { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Busy { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            Self::Address(_)
            | Self::OwnHost { .. }
            | Self::PrivateAddress { .. }
            | Self::ContentType { .. }
            | Self::Encoded { .. }
            | Self::TooLarge { .. } => false,
        }
    }
}

fn redirect_note(status: u16) -> &'static str {
    match status {
        300..400 => ", and redirects are not followed",
        _ => "",
    }
}
