//! Journeys: what each client did on its way in, step by step, and where it
//! got stuck. Kept in memory, a bounded number, without any secret.
//!
//! The part that answers a request knows what it meant and says so by a
//! [`Note`] in the answer's extensions. The server knows who asked and when: it
//! takes the note off and adds a step to the [`Journeys`].

mod log;
mod note;
mod state;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use log::{Journeys, MOST_JOURNEYS, MOST_STEPS, Seen};
pub use note::{Note, Outcome};
pub use state::{State, Stop};

/// A thing that clients, and the browsers they open, do on their way in, in
/// the order in which they do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A call without a token, answered by a challenge (RFC 6750 section 3).
    Challenge,
    /// The protected resource metadata (RFC 9728).
    ResourceMetadata,
    /// The authorization server metadata (RFC 8414) or OpenID configuration.
    IssuerMetadata,
    /// A dynamic registration (RFC 7591).
    Registration,
    /// A device code was asked for (RFC 8628 section 3.1).
    DeviceCode,
    /// The authorization request, in a browser.
    Authorization,
    /// The person proves who they are.
    Login,
    /// The person allows the client, or does not.
    Consent,
    /// A code or a device code is exchanged, or an application asks for itself.
    Token,
    /// A refresh token is used.
    Refresh,
    /// An MCP request with a token.
    Call,
}

impl Step {
    /// The word in listings and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::ResourceMetadata => "resource-metadata",
            Self::IssuerMetadata => "issuer-metadata",
            Self::Registration => "registration",
            Self::DeviceCode => "device-code",
            Self::Authorization => "authorization",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::Token => "token",
            Self::Refresh => "refresh",
            Self::Call => "call",
        }
    }

    /// Whether a person's browser does it, and not the client itself.
    pub fn is_of_browser(self) -> bool {
        matches!(self, Self::Authorization | Self::Login | Self::Consent)
    }
}

/// Something worth knowing of a step, such as its `resource`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A step as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Taken {
    /// What was done.
    pub step: Step,
    /// When it was asked, milliseconds since 1970; of the last one when it was
    /// repeated.
    pub at: i64,
    /// How long the answer took, in milliseconds.
    pub took: u64,
    /// The HTTP method and path, without a query.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// What came of it.
    pub outcome: Outcome,
    /// What else is worth knowing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// How often in a row the same was asked with the same outcome.
    pub times: u32,
}

/// What one client did on its way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Journey {
    /// Its number, counted from the server's start.
    pub id: u64,
    /// The address it came from first.
    pub address: String,
    /// What the client calls itself (`User-Agent`); empty when it says nothing.
    pub agent: String,
    /// Its client id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The name it registered, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The runtime it wants, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The subject of its tokens, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it did, oldest first.
    pub steps: Vec<Taken>,
    /// How many steps between the first and the last ones were left out.
    #[serde(default)]
    pub left_out: u32,
}

impl Journey {
    /// When it began, milliseconds since 1970.
    pub fn began(&self) -> i64 {
        self.steps.first().map_or(0, |taken| taken.at)
    }

    /// When its last step was taken, milliseconds since 1970.
    pub fn last(&self) -> i64 {
        self.steps.last().map_or(0, |taken| taken.at)
    }
}
