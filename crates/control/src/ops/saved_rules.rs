//! What changes of rules that were saved on a page meant, for the page that
//! comes next.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use shukuba_model::RuntimeId;
use shukuba_model::wire::{RuntimeRules, RuntimeView};
use shukuba_store::Secret;

use super::rules::RulesSet;
use super::shut_out::Effect;
use crate::{Control, ControlError, sha256};

/// How many are remembered.
const MOST: usize = 20;

/// The newest changes, oldest first.
#[derive(Default)]
pub(crate) struct SavedRules(Mutex<VecDeque<Arc<Saved>>>);

/// A change that was saved.
pub(crate) struct Saved {
    /// The hash of what it is looked up by.
    id: Vec<u8>,
    runtime: RuntimeId,
    /// Who saved it.
    actor: Arc<str>,
    /// What the rules were after it.
    rules: [u8; 32],
    /// When, seconds since 1970.
    pub(crate) at: i64,
    /// What it means to callers.
    pub(crate) effect: Effect,
}

impl SavedRules {
    fn keep(&self, saved: Saved) {
        let mut kept = self.0.lock();
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Arc::new(saved));
    }

    fn find(&self, is: impl Fn(&Saved) -> bool) -> Option<Arc<Saved>> {
        let kept = self.0.lock();
        kept.iter().find(|saved| is(saved)).cloned()
    }
}

impl Control {
    /// Remembers a change for the page that comes next, which names it by what
    /// this gives.
    ///
    /// # Errors
    /// When the rules cannot be written down.
    pub(crate) fn remember_rules(&self, set: &RulesSet) -> Result<Secret, ControlError> {
        let id = Secret::generate("");
        self.0.saved_rules.keep(Saved {
            id: id.hash(),
            runtime: set.runtime.id.clone(),
            actor: Arc::clone(&self.1),
            rules: digest(&set.runtime)?,
            at: self.parts().clock.now(),
            effect: set.effect.clone(),
        });
        Ok(id)
    }

    /// The change of that name: while whoever these act for made it to that
    /// runtime, and the rules are still as it left them.
    ///
    /// # Errors
    /// When the rules cannot be written down.
    pub(crate) fn remembered_rules(
        &self,
        id: &str,
        runtime: &RuntimeView,
    ) -> Result<Option<Arc<Saved>>, ControlError> {
        let (id, rules) = (Secret::presented(id).hash(), digest(runtime)?);
        Ok(self.0.saved_rules.find(|saved| {
            saved.id == id
                && saved.runtime == runtime.id
                && saved.actor == self.1
                && saved.rules == rules
        }))
    }
}

/// What tells rules from others.
fn digest(runtime: &RuntimeView) -> Result<[u8; 32], ControlError> {
    let rules = RuntimeRules {
        authorizer: runtime.authorizer.clone(),
        login: runtime.login,
        login_allow: runtime.login_allow.clone(),
    };
    let rules = serde_json::to_vec(&rules).map_err(ControlError::internal)?;
    Ok(sha256(&rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_remembered() {
        let all = SavedRules::default();
        let saved = |number: usize| Saved {
            id: number.to_le_bytes().to_vec(),
            runtime: "adder-0123456789".parse().unwrap(),
            actor: "operator".into(),
            rules: [0; 32],
            at: 0,
            effect: Effect::default(),
        };
        (0..=MOST).for_each(|number| all.keep(saved(number)));
        let is_there = |number: usize| all.find(|one| one.id == number.to_le_bytes()).is_some();
        assert!(!is_there(0));
        assert!((1..=MOST).all(is_there));
    }
}
