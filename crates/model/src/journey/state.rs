//! How far a journey got.

use serde::{Deserialize, Serialize};

use super::{Journey, Outcome, Step, Taken};

/// How long a client may be silent before it counts as stopped, in milliseconds.
const PATIENCE: i64 = 60_000;
/// How long a person may look at a page, in milliseconds.
const PATIENCE_OF_PEOPLE: i64 = 600_000;

/// How far a journey got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum State {
    /// The client calls with a token that is let in.
    Arrived,
    /// It did something a moment ago.
    Underway,
    /// A page waits for the person.
    WaitsForPerson,
    /// It went no further.
    Stopped {
        /// Where.
        at: Step,
        /// Why.
        why: Stop,
    },
}

/// Why a client went no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The step was refused; its outcome says why.
    Refused,
    /// It had the challenge, and asked for no metadata.
    IgnoredChallenge,
    /// It read the resource metadata, and asked nothing of the issuer.
    IgnoredIssuer,
    /// It read where to register and authorize, and did neither.
    WentNoFurther,
    /// It registered, and no browser came.
    NoBrowser,
    /// The person left the page.
    PersonLeft,
    /// The browser was sent back, and no code was exchanged.
    NoExchange,
    /// It got a token, and did not call with it.
    NoCall,
}

impl Journey {
    /// How far it got, at `now`, milliseconds since 1970.
    pub fn state(&self, now: i64) -> State {
        let Some(last) = self.steps.last() else {
            return State::Underway;
        };
        let silence = now.saturating_sub(last.at);
        match &last.outcome {
            Outcome::Done if last.step == Step::Call => State::Arrived,
            Outcome::Refused { .. } if last.step != Step::Challenge => stopped(last, Stop::Refused),
            Outcome::Waits if silence < PATIENCE_OF_PEOPLE => State::WaitsForPerson,
            _ if silence < PATIENCE => State::Underway,
            Outcome::Waits => stopped(last, Stop::PersonLeft),
            _ => stopped(last, silent_after(last.step)),
        }
    }

    /// The step that tells why it stopped, when it was refused.
    pub fn refusal(&self) -> Option<(&str, &str)> {
        match &self.steps.last()?.outcome {
            Outcome::Refused { reason, text } => Some((reason, text)),
            _ => None,
        }
    }
}

fn stopped(last: &Taken, why: Stop) -> State {
    State::Stopped { at: last.step, why }
}

fn silent_after(step: Step) -> Stop {
    match step {
        Step::Challenge => Stop::IgnoredChallenge,
        Step::ResourceMetadata => Stop::IgnoredIssuer,
        Step::IssuerMetadata => Stop::WentNoFurther,
        Step::Registration => Stop::NoBrowser,
        Step::DeviceCode | Step::Login => Stop::PersonLeft,
        Step::Authorization | Step::Consent => Stop::NoExchange,
        Step::Token | Step::Refresh | Step::Call => Stop::NoCall,
    }
}
