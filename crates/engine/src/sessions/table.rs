//! Which request belongs to which instance: the bookkeeping, without I/O.

mod activity;

use std::collections::HashMap;
use std::sync::Arc;

use shukuba_model::name::RuntimeId;
use shukuba_model::route::Lifecycle;

use super::failures::Failures;
use crate::attach::AttachError;
use crate::process::{Instance, State};
use crate::settings::Limits;

/// Seconds until a request that met a full house should try again.
const RETRY_AFTER_S: u64 = 5;
/// Seconds that requests may go on after an instance's lifetime has ended. A
/// client's standing GET stream would else keep an instance for ever.
const OVERTIME_S: u64 = 900;

/// What leads to an instance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// An AgentCore runtime session.
    RuntimeSession {
        runtime: RuntimeId,
        principal: String,
        id: String,
    },
    /// An MCP session that an instance gave out.
    McpSession {
        runtime: RuntimeId,
        principal: String,
        id: String,
    },
    /// All requests of a principal that belong to no session.
    Principal {
        runtime: RuntimeId,
        version: u32,
        principal: String,
    },
}

/// Whose an instance is.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub(super) runtime: RuntimeId,
    pub(super) version: u32,
    pub(super) principal: String,
}

/// Names an instance in the table; never used twice.
pub(super) type SlotId = u64;

/// An instance in the table.
#[derive(Debug)]
struct Slot {
    instance: Arc<Instance>,
    owner: Owner,
    lifecycle: Lifecycle,
    /// What leads here. When nothing does, the last lease's end is its end.
    keys: Vec<Key>,
    leases: usize,
    /// When it was made, seconds since 1970.
    born: i64,
    /// When its last lease ended, seconds since 1970.
    idle_since: i64,
    /// Grows with each use; the smallest was used least recently.
    last_use: u64,
}

/// Every instance that requests may use.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: HashMap<SlotId, Slot>,
    keys: HashMap<Key, SlotId>,
    next: SlotId,
    uses: u64,
    failures: Failures,
}

impl Table {
    /// Begins a use of the instance a key leads to.
    pub(super) fn lease(
        &mut self,
        key: &Key,
        lifecycle: Lifecycle,
        now: i64,
    ) -> Option<(SlotId, Arc<Instance>)> {
        let id = *self.keys.get(key)?;
        let slot = self.slots.get_mut(&id)?;
        slot.lifecycle = lifecycle;
        if slot.outlived(now) {
            self.detach(id);
            return None;
        }
        self.uses += 1;
        let slot = self.slots.get_mut(&id)?;
        slot.leases += 1;
        slot.last_use = self.uses;
        Some((id, Arc::clone(&slot.instance)))
    }

    /// Makes room for one more instance of an owner: at a limit, the least
    /// recently used idle instance under that limit is stopped.
    pub(super) fn admit(&mut self, owner: &Owner, limits: &Limits) -> Result<(), AttachError> {
        self.admit_within(limits.per_principal, "of this principal", |other| {
            other.principal == owner.principal
        })?;
        self.admit_within(limits.per_runtime, "of this runtime", |other| {
            other.runtime == owner.runtime
        })?;
        self.admit_within(limits.total, "on this server", |_| true)
    }

    fn admit_within(
        &mut self,
        limit: usize,
        scope: &'static str,
        counts: impl Fn(&Owner) -> bool,
    ) -> Result<(), AttachError> {
        let under_limit = || self.slots.iter().filter(|(_, slot)| counts(&slot.owner));
        if under_limit().count() < limit {
            return Ok(());
        }
        let victim = under_limit()
            .filter(|(_, slot)| slot.leases == 0 && slot.instance.is_ready())
            .min_by_key(|(_, slot)| slot.last_use)
            .map(|(id, _)| *id);
        let Some(victim) = victim else {
            return Err(AttachError::AtCapacity {
                retry_after_s: RETRY_AFTER_S,
                scope,
                limit,
            });
        };
        self.evict(victim);
        Ok(())
    }

    /// The id the next instance will have.
    pub(super) fn next_id(&mut self) -> SlotId {
        self.next += 1;
        self.next
    }

    /// Adds an instance with one lease.
    pub(super) fn insert(
        &mut self,
        id: SlotId,
        instance: Arc<Instance>,
        owner: Owner,
        lifecycle: Lifecycle,
        now: i64,
    ) {
        self.uses += 1;
        self.slots.insert(
            id,
            Slot {
                instance,
                owner,
                lifecycle,
                keys: Vec::new(),
                leases: 1,
                born: now,
                idle_since: now,
                last_use: self.uses,
            },
        );
    }

    /// Lets a key lead to an instance, and no longer to another.
    pub(super) fn bind(&mut self, id: SlotId, key: Key) {
        if !self.slots.contains_key(&id) || self.keys.get(&key) == Some(&id) {
            return;
        }
        if let Some(former) = self.keys.insert(key.clone(), id)
            && let Some(slot) = self.slots.get_mut(&former)
        {
            slot.keys.retain(|other| *other != key);
            self.end_if_unreachable(former);
        }
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.keys.push(key);
        }
    }

    /// Binds the key of the owner's shared instance, unless another has it.
    pub(super) fn adopt(&mut self, id: SlotId) {
        let Some(slot) = self.slots.get(&id) else {
            return;
        };
        let key = slot.owner.shared_key();
        if !self.keys.contains_key(&key) {
            self.bind(id, key);
        }
    }

    /// The owner of an instance.
    pub(super) fn owner(&self, id: SlotId) -> Option<&Owner> {
        self.slots.get(&id).map(|slot| &slot.owner)
    }

    /// Lets a key lead nowhere, when it led to this instance.
    pub(super) fn unbind(&mut self, id: SlotId, key: &Key) {
        if self.keys.get(key) != Some(&id) {
            return;
        }
        self.keys.remove(key);
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.keys.retain(|other| other != key);
        }
        self.end_if_unreachable(id);
    }

    /// Ends a use.
    pub(super) fn release(&mut self, id: SlotId, now: i64) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.leases = slot.leases.saturating_sub(1);
            slot.idle_since = now;
        }
        self.end_if_unreachable(id);
    }

    /// Learns what became of an instance: one that has ended is forgotten, and
    /// whether it could start is kept. One that was stopped is not here any more.
    pub(super) fn learn(&mut self, id: SlotId, state: &State, now: i64) {
        let Some(slot) = self.slots.get(&id) else {
            return;
        };
        match state {
            State::Starting => return,
            State::Ready(_) => return self.failures.started(&slot.owner.runtime),
            State::Failed(error) => {
                let owner = &slot.owner;
                self.failures
                    .failed(&owner.runtime, owner.version, error, now);
            }
            State::Exited(_) => {}
        }
        self.detach_keys(id);
        self.slots.remove(&id);
    }

    /// Stops what has been idle or has lived for too long.
    pub(super) fn sweep(&mut self, now: i64) {
        let outlived = self.ids_where(|slot| slot.outlived(now));
        for id in outlived {
            self.detach(id);
        }
        let due = self.ids_where(|slot| slot.idle_for_too_long(now) || slot.overtime(now));
        for id in due {
            self.evict(id);
        }
    }

    /// Lets no key of kind [`Key::Principal`] lead to other versions than
    /// `current`, and forgets that another could not start.
    pub(super) fn retire(&mut self, runtime: &RuntimeId, current: u32) {
        self.failures.serves(runtime, current);
        let old: Vec<(SlotId, Key)> = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.owner.runtime == *runtime && slot.owner.version != current)
            .map(|(id, slot)| (*id, slot.owner.shared_key()))
            .collect();
        for (id, key) in old {
            self.unbind(id, &key);
        }
    }

    /// Stops every instance of a runtime and returns them; of the runtime
    /// nothing is kept.
    pub(super) fn evict_runtime(&mut self, runtime: &RuntimeId) -> Vec<Arc<Instance>> {
        self.failures.forget(runtime);
        self.ids_where(|slot| slot.owner.runtime == *runtime)
            .into_iter()
            .filter_map(|id| self.evict(id))
            .collect()
    }

    /// Stops an instance of a runtime, by the id it has in the log.
    pub(super) fn evict_instance(&mut self, runtime: &RuntimeId, id: &str) -> bool {
        let named = |slot: &Slot| slot.owner.runtime == *runtime && slot.instance.id() == id;
        let found = self.ids_where(named);
        for slot in &found {
            self.evict(*slot);
        }
        !found.is_empty()
    }

    fn ids_where(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<SlotId> {
        self.slots
            .iter()
            .filter(|(_, slot)| wanted(slot))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Stops an instance and forgets it.
    fn evict(&mut self, id: SlotId) -> Option<Arc<Instance>> {
        self.detach_keys(id);
        let slot = self.slots.remove(&id)?;
        slot.instance.stop();
        Some(slot.instance)
    }

    /// Lets nothing lead to an instance; it ends with its last lease.
    fn detach(&mut self, id: SlotId) {
        self.detach_keys(id);
        self.end_if_unreachable(id);
    }

    fn detach_keys(&mut self, id: SlotId) {
        if let Some(slot) = self.slots.get_mut(&id) {
            for key in slot.keys.drain(..) {
                self.keys.remove(&key);
            }
        }
    }

    fn end_if_unreachable(&mut self, id: SlotId) {
        let unreachable = |slot: &Slot| slot.keys.is_empty() && slot.leases == 0;
        if self.slots.get(&id).is_some_and(unreachable) {
            self.evict(id);
        }
    }
}

impl Owner {
    /// The key of the instance that the owner's requests share.
    pub(super) fn shared_key(&self) -> Key {
        Key::Principal {
            runtime: self.runtime.clone(),
            version: self.version,
            principal: self.principal.clone(),
        }
    }

    /// The key of an MCP session of the owner.
    pub(super) fn mcp_session_key(&self, id: &str) -> Key {
        Key::McpSession {
            runtime: self.runtime.clone(),
            principal: self.principal.clone(),
            id: id.to_owned(),
        }
    }
}

impl Slot {
    fn outlived(&self, now: i64) -> bool {
        seconds_since(self.born, now) >= self.lifecycle.max_lifetime
    }

    fn overtime(&self, now: i64) -> bool {
        seconds_since(self.born, now) >= self.lifecycle.max_lifetime.saturating_add(OVERTIME_S)
    }

    fn idle_for_too_long(&self, now: i64) -> bool {
        self.leases == 0 && seconds_since(self.idle_since, now) >= self.lifecycle.idle_timeout
    }
}

/// Seconds from `then` to `now`; none when the clock was set back.
fn seconds_since(then: i64, now: i64) -> u64 {
    u64::try_from(now.saturating_sub(then)).unwrap_or(0)
}
