//! Ties requests to instances, and ends instances that no request needs.

mod failures;
mod lease;
mod table;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use shukuba_model::Clock;
use shukuba_model::name::RuntimeId;
use shukuba_model::session::SessionMode;
use shukuba_model::wire::InstanceView;

use crate::activity::Activity;
use crate::attach::{Attach, AttachError, Selector};
use crate::process::{Driver, Instance};
use crate::settings::Limits;
use lease::Hold;
pub use lease::Lease;
use table::{Key, Owner, SlotId, Table};

/// How often idle instances are looked for.
const SWEEP_PERIOD: Duration = Duration::from_secs(1);

/// The directory of sessions.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

struct Inner {
    driver: Arc<Driver>,
    clock: Clock,
    limits: Limits,
    table: Mutex<Table>,
}

impl Sessions {
    /// An empty directory, swept every second for as long as it is in use.
    pub(crate) fn new(driver: Arc<Driver>, clock: Clock, limits: Limits) -> Self {
        let inner = Arc::new(Inner {
            driver,
            clock,
            limits,
            table: Mutex::default(),
        });
        let weak = Arc::downgrade(&inner);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP_PERIOD).await;
                match weak.upgrade() {
                    Some(inner) => inner.table.lock().sweep(inner.clock.now()),
                    None => break,
                }
            }
        });
        Self(inner)
    }

    /// Ties a request to an instance and waits until that accepts connections.
    pub(crate) async fn attach(&self, wish: Attach<'_>) -> Result<Lease, AttachError> {
        loop {
            let (hold, was_ready) = self.hold(&wish)?;
            match hold.instance.ready().await {
                Ok(authority) => return Ok(Lease::new(hold, authority)),
                // It ended between being found and being asked, and nothing
                // leads to it any more.
                Err(_) if was_ready => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Finds or starts the instance that a request means, and tells whether it
    /// was found ready.
    fn hold(&self, wish: &Attach<'_>) -> Result<(Hold, bool), AttachError> {
        if self.0.driver.closing().is_cancelled() {
            return Err(AttachError::ShuttingDown);
        }
        let owner = Owner {
            runtime: wish.runtime.clone(),
            version: wish.version.number,
            principal: wish.principal.to_owned(),
        };
        let key = key_for(wish, &owner);
        let now = self.0.clock.now();
        let mut table = self.0.table.lock();
        if let Some(key) = &key
            && let Some((slot, instance)) = table.lease(key, wish.lifecycle, now)
        {
            // What is in the table has not ended: it leaves that first.
            let ready = instance.is_ready();
            return Ok((self.held(slot, instance), ready));
        }
        if matches!(wish.selector, Selector::McpSession(_)) {
            return Err(AttachError::UnknownSession);
        }
        table.admit(&owner, &self.0.limits)?;
        let slot = table.next_id();
        let instance = self.start(wish, slot);
        table.insert(slot, Arc::clone(&instance), owner, wish.lifecycle, now);
        if let Some(key) = key {
            table.bind(slot, key);
        }
        Ok((self.held(slot, instance), false))
    }

    fn held(&self, slot: SlotId, instance: Arc<Instance>) -> Hold {
        Hold {
            sessions: Arc::clone(&self.0),
            slot,
            instance,
        }
    }

    fn start(&self, wish: &Attach<'_>, slot: SlotId) -> Arc<Instance> {
        let sessions = Arc::downgrade(&self.0);
        self.0
            .driver
            .start(wish.runtime, &wish.version.command, move |state| {
                if let Some(sessions) = sessions.upgrade() {
                    let now = sessions.clock.now();
                    sessions.table.lock().learn(slot, state, now);
                }
            })
    }

    /// Stops what has been idle or has lived for too long.
    pub(crate) fn sweep(&self) {
        self.0.table.lock().sweep(self.0.clock.now());
    }

    /// Gives no new requests to shared instances of other versions than `current`.
    pub(crate) fn retire(&self, runtime: &RuntimeId, current: u32) {
        self.0.table.lock().retire(runtime, current);
    }

    /// Stops every instance of a runtime and waits for their ends.
    pub(crate) async fn stop_runtime(&self, runtime: &RuntimeId) {
        let stopping = self.0.table.lock().evict_runtime(runtime);
        for instance in stopping {
            instance.exited().await;
        }
    }

    /// What runs of a runtime, the oldest first.
    pub(crate) fn running(&self, runtime: &RuntimeId) -> Vec<InstanceView> {
        self.0.table.lock().running(runtime)
    }

    /// Stops an instance; whether there was one.
    pub(crate) fn stop_instance(&self, runtime: &RuntimeId, id: &str) -> bool {
        self.0.table.lock().evict_instance(runtime, id)
    }

    /// What is going on in a runtime.
    pub(crate) fn activity(&self, runtime: &RuntimeId) -> Activity {
        self.0.table.lock().activity(runtime)
    }

    /// What is going on in each runtime in which something is.
    pub(crate) fn activities(&self) -> HashMap<RuntimeId, Activity> {
        self.0.table.lock().activities()
    }
}

/// The key a wish looks for; none for a fresh instance.
fn key_for(wish: &Attach<'_>, owner: &Owner) -> Option<Key> {
    match wish.selector {
        Selector::RuntimeSession(id) => Some(Key::RuntimeSession {
            runtime: owner.runtime.clone(),
            principal: owner.principal.clone(),
            id: id.as_str().to_owned(),
        }),
        Selector::McpSession(id) => Some(owner.mcp_session_key(id)),
        Selector::NewSession if wish.version.sessions == SessionMode::Stateful => None,
        Selector::NewSession | Selector::Principal => Some(owner.shared_key()),
    }
}
