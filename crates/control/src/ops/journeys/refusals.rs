//! What was refused to clients on their way in, together where it is the same.

use std::cmp::Reverse;
use std::collections::HashMap;

use shukuba_model::journey::{Journey, Outcome, Step, Taken};
use shukuba_pages::Language;

use super::advice;
use crate::Control;

/// Refusals of one reason to one client.
pub(crate) struct Refusals {
    /// What the client did.
    pub(crate) step: Step,
    /// The countable word.
    pub(crate) reason: String,
    /// What the client was told the last time.
    pub(crate) text: String,
    /// What to do.
    pub(crate) fix: &'static str,
    /// The name it registered, else what it calls itself; empty where it has none.
    pub(crate) client: String,
    /// Its client id, where it is known.
    pub(crate) client_id: String,
    /// How often.
    pub(crate) times: u64,
    /// When last, milliseconds since 1970.
    pub(crate) last: i64,
    /// The journey it last happened on.
    pub(crate) journey: u64,
}

impl Control {
    /// What was refused on the journeys that are kept, the last one first.
    pub(crate) fn refusals(&self, language: Language) -> Vec<Refusals> {
        let mut found: HashMap<(Step, String, String), Refusals> = HashMap::new();
        for journey in self.parts().journeys.newest() {
            for taken in &journey.steps {
                let Some(one) = refusal(&journey, taken, language) else {
                    continue;
                };
                let who = match one.client_id.as_str() {
                    "" => one.client.clone(),
                    id => id.to_owned(),
                };
                let key = (one.step, one.reason.clone(), who);
                found
                    .entry(key)
                    .and_modify(|known| known.add(&one))
                    .or_insert(one);
            }
        }
        let mut refusals: Vec<Refusals> = found.into_values().collect();
        refusals.sort_by_key(|one| Reverse((one.last, one.journey)));
        refusals
    }
}

impl Refusals {
    fn add(&mut self, other: &Self) {
        self.times += other.times;
        if other.last > self.last {
            self.last = other.last;
            self.journey = other.journey;
            self.text.clone_from(&other.text);
        }
    }
}

fn refusal(journey: &Journey, taken: &Taken, language: Language) -> Option<Refusals> {
    let Outcome::Refused { reason, text } = &taken.outcome else {
        return None;
    };
    let client = journey.client_name.as_ref().unwrap_or(&journey.agent);
    Some(Refusals {
        step: taken.step,
        reason: reason.clone(),
        text: text.clone(),
        fix: advice::after_refusal(language, taken.step, reason),
        client: client.clone(),
        client_id: journey.client_id.clone().unwrap_or_default(),
        times: u64::from(taken.times),
        last: taken.at,
        journey: journey.id,
    })
}
