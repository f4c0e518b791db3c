//! What runs, as it is told.

use std::collections::HashMap;

use shukuba_model::name::RuntimeId;
use shukuba_model::wire::InstanceView;

use super::{Key, Slot, SlotId, Table};
use crate::activity::Activity;

impl Table {
    /// What is going on in each runtime that has an instance or could not start
    /// its last one.
    pub(in crate::sessions) fn activities(&self) -> HashMap<RuntimeId, Activity> {
        let mut found: HashMap<RuntimeId, Activity> = HashMap::new();
        for slot in self.slots.values() {
            found
                .entry(slot.owner.runtime.clone())
                .or_default()
                .count(slot);
        }
        for (runtime, failure) in self.failures.iter() {
            found.entry(runtime.clone()).or_default().last_failure = Some(failure.clone());
        }
        found
    }

    /// What is going on in a runtime.
    pub(in crate::sessions) fn activity(&self, runtime: &RuntimeId) -> Activity {
        let mut activity = Activity {
            last_failure: self.failures.of(runtime).cloned(),
            ..Activity::default()
        };
        for slot in self.of(runtime) {
            activity.count(slot.1);
        }
        activity
    }

    /// What runs of a runtime, the oldest first.
    pub(in crate::sessions) fn running(&self, runtime: &RuntimeId) -> Vec<InstanceView> {
        let mut running: Vec<(SlotId, InstanceView)> = self
            .of(runtime)
            .map(|(id, slot)| (id, slot.view()))
            .collect();
        running.sort_unstable_by_key(|(id, _)| *id);
        running.into_iter().map(|(_, view)| view).collect()
    }

    fn of(&self, runtime: &RuntimeId) -> impl Iterator<Item = (SlotId, &Slot)> {
        let slots = self.slots.iter();
        slots
            .filter(move |(_, slot)| slot.owner.runtime == *runtime)
            .map(|(id, slot)| (*id, slot))
    }
}

impl Activity {
    fn count(&mut self, slot: &Slot) {
        self.instances += 1;
        self.starting += usize::from(!slot.instance.is_ready());
        self.sessions += slot.sessions();
    }
}

impl Slot {
    /// How many sessions lead here.
    fn sessions(&self) -> usize {
        let is_session = |key: &&Key| !matches!(key, Key::Principal { .. });
        self.keys.iter().filter(is_session).count()
    }

    fn view(&self) -> InstanceView {
        InstanceView {
            id: self.instance.id().to_owned(),
            version: self.owner.version,
            principal: self.owner.principal.clone(),
            ready: self.instance.is_ready(),
            sessions: self.sessions(),
            requests: self.leases,
            started_at: self.born,
            last_used_at: self.idle_since,
        }
    }
}
