//! Bodies about journeys.

use serde::{Deserialize, Serialize};

use crate::journey::{Journey, State};

/// A journey as listed, with how far it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JourneyView {
    /// What the client did.
    pub journey: Journey,
    /// How far it got.
    pub state: State,
    /// Why it went no further and what to do, when it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
}

/// Why a client went no further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Advice {
    /// What happened.
    pub what: String,
    /// What to do.
    pub fix: String,
    /// What that client is known to need, where it is known by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}
