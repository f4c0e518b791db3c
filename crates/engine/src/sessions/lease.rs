//! The use of an instance by one request.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::{Inner, SlotId};
use crate::attach::ExitFacts;
use crate::process::Instance;

/// A place in the table that is given back when dropped.
pub(super) struct Hold {
    pub(super) sessions: Arc<Inner>,
    pub(super) slot: SlotId,
    pub(super) instance: Arc<Instance>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let now = self.sessions.clock.now();
        self.sessions.table.lock().release(self.slot, now);
    }
}

/// The use of an instance by one request. Dropping it ends the use.
pub struct Lease {
    hold: Hold,
    authority: SocketAddr,
}

impl Lease {
    pub(super) fn new(hold: Hold, authority: SocketAddr) -> Self {
        Self { hold, authority }
    }

    /// Where the instance listens, always on 127.0.0.1.
    pub fn authority(&self) -> SocketAddr {
        self.authority
    }

    /// The id of the instance, for logs; unique.
    pub fn instance_id(&self) -> &str {
        self.hold.instance.id()
    }

    /// From now on this `Mcp-Session-Id` means this instance, for this principal.
    pub fn remember_session(&self, mcp_session_id: &str) {
        let mut table = self.hold.sessions.table.lock();
        if let Some(owner) = table.owner(self.hold.slot) {
            let key = owner.mcp_session_key(mcp_session_id);
            table.bind(self.hold.slot, key);
        }
    }

    /// From now on this instance is the one the principal's requests share,
    /// unless they share another already.
    pub fn adopt_for_principal(&self) {
        self.hold.sessions.table.lock().adopt(self.hold.slot);
    }

    /// The session has ended; the instance ends too, after its last lease,
    /// unless something else leads to it.
    pub fn forget_session(&self, mcp_session_id: &str) {
        let mut table = self.hold.sessions.table.lock();
        if let Some(owner) = table.owner(self.hold.slot) {
            let key = owner.mcp_session_key(mcp_session_id);
            table.unbind(self.hold.slot, &key);
        }
    }

    /// Waits until the instance has ended.
    pub async fn exited(&self) -> ExitFacts {
        self.hold.instance.exited().await
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("instance", &self.instance_id())
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}
