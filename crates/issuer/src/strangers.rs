//! Events that anybody can cause, recorded so often a minute and no more: the
//! audit log is not a stranger's to fill, and what matters stays in sight.

use shukuba_model::Clock;
use shukuba_store::AuditEvent;

use crate::Issuer;
use crate::throttle::{Throttle, network};

/// Events of one kind from one address that are recorded in a minute.
const PER_ADDRESS: u32 = 10;
/// Events of one kind, whatever the address: against many addresses at once.
const PER_EVENT: u32 = 60;
/// The outcome of the entry that stands for those that are left out.
const MORE: &str = "more";

/// What strangers caused in the last minute.
pub(crate) struct Strangers {
    by_address: Throttle,
    by_event: Throttle,
    /// Of each address that was too much it is said once; of each event too, in
    /// a table of its own, which no number of addresses empties.
    told_of_address: Throttle,
    told_of_event: Throttle,
}

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
enum Kept {
    /// It is recorded.
    Whole,
    /// It is the first that is left out: that there are more is recorded.
    More,
    /// It is left out.
    Not,
}

impl Strangers {
    pub(crate) fn new(clock: &Clock) -> Self {
        let allowing = |allowed| Throttle::new(clock.clone(), allowed);
        Self {
            by_address: allowing(PER_ADDRESS),
            by_event: allowing(PER_EVENT),
            told_of_address: allowing(1),
            told_of_event: allowing(1),
        }
    }

    fn keep(&self, event: &str, address: &str) -> Kept {
        let here = format!("{event} {}", network(address));
        let of_address = if self.by_address.admit(&here).is_ok() {
            Kept::Whole
        } else if self.told_of_address.admit(&here).is_ok() {
            Kept::More
        } else {
            return Kept::Not;
        };
        if self.by_event.admit(event).is_ok() {
            return of_address;
        }
        match self.told_of_event.admit(event) {
            Ok(()) => Kept::More,
            Err(_) => Kept::Not,
        }
    }
}

impl Issuer {
    /// Records an event that whoever asks can cause at will, while there are
    /// not too many of its kind.
    pub(crate) async fn record_of_stranger(&self, event: AuditEvent) {
        match self.0.strangers.keep(event.event, &event.address) {
            Kept::Whole => self.record(event).await,
            Kept::More => {
                let more = AuditEvent {
                    event: event.event,
                    outcome: MORE,
                    address: event.address,
                    detail: "too many of these for a minute; the others are left out".to_owned(),
                    ..AuditEvent::default()
                };
                self.record(more).await;
            }
            Kept::Not => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(strangers: &Strangers, address: &str, times: u32) -> (u32, u32) {
        let mut counted = (0, 0);
        for _ in 0..times {
            match strangers.keep("client.refused", address) {
                Kept::Whole => counted.0 += 1,
                Kept::More => counted.1 += 1,
                Kept::Not => {}
            }
        }
        counted
    }

    #[test]
    fn one_address_leaves_ten_entries_a_minute_and_one_that_says_there_were_more() {
        let clock = Clock::fixed(1_000);
        let strangers = Strangers::new(&clock);
        assert_eq!(of(&strangers, "192.0.2.1", 1_000), (10, 1));
        assert_eq!(of(&strangers, "192.0.2.2", 5), (5, 0));
        assert_eq!(of(&strangers, "2001:db8::1", 20), (10, 1));
        assert_eq!(of(&strangers, "2001:db8::2", 20), (0, 0), "one /64");
        assert_eq!(strangers.keep("login", "192.0.2.1"), Kept::Whole);
        clock.advance(60);
        assert_eq!(of(&strangers, "192.0.2.1", 1_000), (10, 1));
    }

    #[test]
    fn many_addresses_leave_sixty_entries_a_minute_and_one_more() {
        let strangers = Strangers::new(&Clock::fixed(1_000));
        let mut counted = (0, 0);
        for n in 0..20_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(n).to_string();
            let (whole, more) = of(&strangers, &address, 12);
            counted = (counted.0 + whole, counted.1 + more);
        }
        assert_eq!(counted.0 + counted.1, PER_EVENT + 1);
    }
}
