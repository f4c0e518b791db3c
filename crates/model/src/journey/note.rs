//! What a part says of a request, for the journey of the client that sent it.

use serde::{Deserialize, Serialize};

use super::{Fact, Step};
use crate::ClientId;

/// The longest text that is kept of a fact or a reason, in characters.
const LONGEST: usize = 600;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Outcome {
    /// It succeeded.
    Done,
    /// The person has to act: a page is shown to them.
    Waits,
    /// It was refused.
    Refused {
        /// A closed, countable word, such as an OAuth error code.
        reason: String,
        /// What was wrong and what to do, as the client was told.
        text: String,
    },
}

/// What a request meant. Holds no token, code, secret or password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub(super) step: Step,
    pub(super) outcome: Outcome,
    pub(super) client: Option<ClientId>,
    pub(super) client_name: Option<String>,
    pub(super) runtime: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) login: Option<String>,
    pub(super) facts: Vec<Fact>,
}

impl Note {
    fn new(step: Step, outcome: Outcome) -> Self {
        Self {
            step,
            outcome,
            client: None,
            client_name: None,
            runtime: None,
            subject: None,
            login: None,
            facts: Vec::new(),
        }
    }

    /// A step that succeeded.
    pub fn done(step: Step) -> Self {
        Self::new(step, Outcome::Done)
    }

    /// A step in which a page asks a person something.
    pub fn waits(step: Step) -> Self {
        Self::new(step, Outcome::Waits)
    }

    /// A step that was refused: a countable word, and what the client was told.
    pub fn refused(step: Step, reason: &str, text: &str) -> Self {
        let outcome = Outcome::Refused {
            reason: cut(reason),
            text: cut(text),
        };
        Self::new(step, outcome)
    }

    /// Who asked, once that is proven or at least said.
    #[must_use]
    pub fn client(mut self, id: &ClientId) -> Self {
        self.client = Some(id.clone());
        self
    }

    /// What the client calls itself.
    #[must_use]
    pub fn client_name(mut self, name: &str) -> Self {
        self.client_name = Some(cut(name));
        self
    }

    /// The runtime that is wanted.
    #[must_use]
    pub fn runtime(mut self, name: &str) -> Self {
        self.runtime = Some(cut(name));
        self
    }

    /// The subject of the token that was given or shown.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(cut(subject));
        self
    }

    /// What ties the steps of one login together: a hash of the authorization
    /// request's id, never the id.
    #[must_use]
    pub fn login(mut self, hash: impl Into<String>) -> Self {
        self.login = Some(hash.into());
        self
    }

    /// Something else worth knowing, cut to a length worth reading.
    #[must_use]
    pub fn fact(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.facts.push(Fact {
                name: name.to_owned(),
                value: cut(value),
            });
        }
        self
    }
}

pub(super) fn cut(text: &str) -> String {
    let mut shown = text.chars().filter(|c| !c.is_control());
    let mut kept: String = shown.by_ref().take(LONGEST).collect();
    if shown.next().is_some() {
        kept.push('…');
    }
    kept
}
