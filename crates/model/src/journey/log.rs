//! The newest journeys, and which of them a step belongs to.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use super::note::cut;
use super::{Journey, Note, Outcome, Step, Taken};

/// How many journeys are kept.
pub const MOST_JOURNEYS: usize = 200;
/// How many steps are kept of each: its first ones and its last ones.
pub const MOST_STEPS: usize = 60;
/// How many of a journey's first steps are never left out.
const FIRST_STEPS: usize = 20;
/// For how long steps of strangers are taken for one journey, in milliseconds.
const ONE_VISIT: i64 = 30 * 60_000;
/// For how long another agent at the same address may go on with what one
/// began, in milliseconds: some clients log in with another HTTP library.
const OTHER_AGENT: i64 = 2 * 60_000;

/// What the server saw of a request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// When it came, milliseconds since 1970.
    pub at: i64,
    /// How long the answer took, in milliseconds.
    pub took: u64,
    /// The client's address.
    pub address: String,
    /// Its `User-Agent`; empty when it sent none.
    pub agent: String,
    /// The HTTP method and path, without the query, where secrets may stand.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
}

/// The newest journeys. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Journeys(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    journeys: VecDeque<Kept>,
    counted: u64,
}

#[derive(Debug)]
struct Kept {
    journey: Journey,
    /// The logins that its browser was seen in.
    logins: Vec<String>,
}

impl Journeys {
    /// Adds a step to the journey it belongs to, or begins one.
    pub fn record(&self, seen: Seen, note: Note) {
        let mut log = self.0.lock();
        let index = log.place(&seen, &note);
        if let Some(stray) = log.stray(index, &seen) {
            log.join(stray, index);
        }
        if let Some(kept) = log.journeys.get_mut(index) {
            kept.add(seen, note);
        }
    }

    /// The journeys, the one that moved last first.
    pub fn newest(&self) -> Vec<Journey> {
        let log = self.0.lock();
        let mut journeys: Vec<Journey> = log
            .journeys
            .iter()
            .map(|kept| kept.journey.clone())
            .collect();
        journeys.sort_by_key(|journey| std::cmp::Reverse((journey.last(), journey.id)));
        journeys
    }

    /// The journey of that number, while it is kept.
    pub fn get(&self, id: u64) -> Option<Journey> {
        let log = self.0.lock();
        let found = log.journeys.iter().find(|kept| kept.journey.id == id);
        found.map(|kept| kept.journey.clone())
    }
}

impl Log {
    /// The index of the journey that the step belongs to; a new one's where
    /// none is.
    fn place(&mut self, seen: &Seen, note: &Note) -> usize {
        let fits: [fn(&Kept, &Seen, &Note) -> bool; 4] = [
            Kept::is_of_login,
            Kept::is_of_client,
            Kept::is_of_visitor,
            Kept::may_be_of_visitor,
        ];
        let newest_first = || self.journeys.iter().enumerate().rev();
        for fit in fits {
            let found = newest_first().find(|(_, kept)| fit(kept, seen, note));
            if let Some((index, _)) = found {
                return index;
            }
        }
        self.begin(seen, note)
    }

    /// A journey of nobody known that the same program began just now, while
    /// the step belongs to an older one: a client that was away for long came
    /// back with a token that had ended, and only then said who it is.
    fn stray(&self, index: usize, seen: &Seen) -> Option<usize> {
        let agent = cut(&seen.agent);
        let is_stray = |kept: &Kept| {
            let journey = &kept.journey;
            journey.client_id.is_none()
                && journey.subject.is_none()
                && journey.address == seen.address
                && journey.agent == agent
                && kept.is_recent(seen, OTHER_AGENT)
        };
        let known = &self.journeys.get(index)?.journey;
        known.client_id.as_ref()?;
        (index + 1..self.journeys.len())
            .rev()
            .find(|&other| self.journeys.get(other).is_some_and(is_stray))
    }

    /// Moves the steps of a journey to the end of an older one, whose index
    /// stays what it is.
    fn join(&mut self, stray: usize, older: usize) {
        let steps = self.journeys.remove(stray).map(|kept| kept.journey.steps);
        if let Some(kept) = self.journeys.get_mut(older) {
            for taken in steps.into_iter().flatten() {
                kept.journey.take(taken);
            }
        }
    }

    /// A new journey. Where a client says for the first time who it is, it is
    /// the one that knocked just before, which looked like the last visitor.
    fn begin(&mut self, seen: &Seen, note: &Note) -> usize {
        let knocked = note.client.as_ref().and_then(|_| self.take_knocks(seen));
        let (agent, steps) = knocked.unwrap_or_else(|| (cut(&seen.agent), Vec::new()));
        if self.journeys.len() >= MOST_JOURNEYS {
            self.forget_one();
        }
        self.counted += 1;
        self.journeys.push_back(Kept {
            journey: Journey {
                id: self.counted,
                address: seen.address.clone(),
                agent,
                client_id: None,
                client_name: None,
                runtime: None,
                subject: None,
                steps,
                left_out: 0,
            },
            logins: Vec::new(),
        });
        self.journeys.len() - 1
    }

    /// The steps of a newcomer that stand at the end of another client's
    /// journey from the same address, and the program that took them.
    fn take_knocks(&mut self, seen: &Seen) -> Option<(String, Vec<Taken>)> {
        let mut newest_first = self.journeys.iter_mut().rev();
        newest_first.find_map(|kept| {
            let near = kept.journey.address == seen.address && kept.is_recent(seen, OTHER_AGENT);
            let first = near.then(|| kept.first_knock()).flatten()?;
            Some((
                kept.journey.agent.clone(),
                kept.journey.steps.split_off(first),
            ))
        })
    }

    /// Whoever only knocks, which costs nothing, pushes out nobody who went
    /// further while there are others that did not.
    fn forget_one(&mut self) {
        let knocked = |kept: &Kept| kept.journey.steps.iter().all(Taken::is_knock);
        let index = self.journeys.iter().position(knocked).unwrap_or(0);
        self.journeys.remove(index);
    }
}

impl Kept {
    /// Steps of one authorization request belong together, wherever the
    /// browser and the client are.
    fn is_of_login(&self, _: &Seen, note: &Note) -> bool {
        let login = note.login.as_ref();
        login.is_some_and(|login| self.logins.contains(login))
    }

    /// The same client, and nobody else's.
    fn is_of_client(&self, seen: &Seen, note: &Note) -> bool {
        let Some(client) = &note.client else {
            return false;
        };
        if self.journey.client_id.as_deref() != Some(client.as_str()) {
            return false;
        }
        match (&self.journey.subject, &note.subject) {
            (Some(mine), Some(its)) => mine == its,
            _ => self.is_recent(seen, ONE_VISIT) && !self.has_arrived(),
        }
    }

    /// The same program, from the same address, a while ago.
    fn is_of_visitor(&self, seen: &Seen, note: &Note) -> bool {
        let same = self.journey.agent == cut(&seen.agent);
        same && self.is_of_address(seen, note) && self.is_recent(seen, ONE_VISIT)
    }

    /// Another program at the same address, at once: a browser, or the library
    /// that a client logs in with.
    fn may_be_of_visitor(&self, seen: &Seen, note: &Note) -> bool {
        let goes_on = self
            .journey
            .steps
            .last()
            .is_some_and(|taken| taken.step < note.step);
        goes_on && self.is_of_address(seen, note) && self.is_recent(seen, OTHER_AGENT)
    }

    fn is_of_address(&self, seen: &Seen, note: &Note) -> bool {
        let other = |known: &Option<String>, said: Option<&str>| matches!((known, said), (Some(known), Some(said)) if known != said);
        let client = note.client.as_ref().map(crate::ClientId::as_str);
        let begins_anew = note.step == Step::Challenge && self.has_arrived();
        self.journey.address == seen.address
            && !begins_anew
            && !other(&self.journey.client_id, client)
            && !other(&self.journey.subject, note.subject.as_deref())
            && !other(&self.journey.runtime, note.runtime.as_deref())
    }

    /// Where a client came anew, behind what another one had done, and went no
    /// further than to the metadata.
    fn first_knock(&self) -> Option<usize> {
        self.journey.client_id.as_ref()?;
        let steps = &self.journey.steps;
        let first = steps.iter().rposition(|one| one.step == Step::Challenge)?;
        let only_knocks = steps.iter().skip(first).all(Taken::is_knock);
        (first > 0 && only_knocks).then_some(first)
    }

    fn is_recent(&self, seen: &Seen, patience: i64) -> bool {
        seen.at.saturating_sub(self.journey.last()) < patience
    }

    fn has_arrived(&self) -> bool {
        let last = self.journey.steps.last();
        last.is_some_and(|taken| taken.step == Step::Call && taken.outcome == Outcome::Done)
    }

    fn add(&mut self, seen: Seen, note: Note) {
        let journey = &mut self.journey;
        let known = |field: &mut Option<String>, said: Option<String>| {
            if said.is_some() {
                *field = said;
            }
        };
        known(
            &mut journey.client_id,
            note.client.map(|client| client.to_string()),
        );
        known(&mut journey.client_name, note.client_name);
        known(&mut journey.runtime, note.runtime);
        known(&mut journey.subject, note.subject);
        if let Some(login) = note.login
            && !self.logins.contains(&login)
        {
            self.logins.truncate(MOST_STEPS);
            self.logins.push(login);
        }
        journey.take(Taken {
            step: note.step,
            at: seen.at,
            took: seen.took,
            request: cut(&seen.request),
            status: seen.status,
            outcome: note.outcome,
            facts: note.facts,
            times: 1,
        });
    }
}

impl Journey {
    fn take(&mut self, taken: Taken) {
        if let Some(last) = self.steps.last_mut()
            && last.is_repeated_by(&taken)
        {
            last.times = last.times.saturating_add(1);
            last.at = taken.at;
            last.took = taken.took;
            return;
        }
        if self.steps.len() >= MOST_STEPS {
            self.steps.remove(FIRST_STEPS);
            self.left_out = self.left_out.saturating_add(1);
        }
        self.steps.push(taken);
    }
}

impl Taken {
    /// Whether anybody may do it, saying nothing of themselves.
    fn is_knock(&self) -> bool {
        self.step <= Step::IssuerMetadata
    }

    fn is_repeated_by(&self, next: &Self) -> bool {
        self.step == next.step
            && self.status == next.status
            && self.request == next.request
            && self.outcome == next.outcome
            && self.facts == next.facts
    }
}
