//! How many calls a runtime got and how many it refused, over the last day.

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// How long a slot is, in seconds.
pub const SLOT: i64 = 600;
/// How many slots are kept: those of a day.
pub const SLOTS: usize = 144;

/// What one runtime was asked within the last day. Kept in memory, in a place
/// of fixed size; begins anew with the server.
#[derive(Debug)]
pub struct Traffic(Mutex<Box<[Slot; SLOTS]>>);

/// A span of [`SLOT`] seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slot {
    /// When it began, seconds since 1970.
    pub start: i64,
    /// Requests that were let in and given to an instance.
    pub calls: u32,
    /// Requests with a token that was refused. The first call of a client that
    /// has none yet is no refusal: it is told where to get one.
    pub refusals: u32,
}

impl Default for Traffic {
    fn default() -> Self {
        Self(Mutex::new(Box::new([Slot::default(); SLOTS])))
    }
}

impl Traffic {
    /// Counts a call at `now`, seconds since 1970.
    pub fn count_call(&self, now: i64) {
        self.with(now, |slot| slot.calls = slot.calls.saturating_add(1));
    }

    /// Counts a refusal at `now`, seconds since 1970.
    pub fn count_refusal(&self, now: i64) {
        self.with(now, |slot| slot.refusals = slot.refusals.saturating_add(1));
    }

    /// The slots of the day that ends at `now`, the oldest first.
    pub fn day(&self, now: i64) -> Vec<Slot> {
        let slots = self.0.lock();
        let newest = start_of(now);
        (0..SLOTS as i64)
            .rev()
            .map(|back| {
                let start = newest.saturating_sub(back.saturating_mul(SLOT));
                let kept = slots.get(place_of(start)).copied();
                kept.filter(|slot| slot.start == start)
                    .unwrap_or_else(|| Slot {
                        start,
                        ..Slot::default()
                    })
            })
            .collect()
    }

    fn with(&self, now: i64, count: impl FnOnce(&mut Slot)) {
        let start = start_of(now);
        let mut slots = self.0.lock();
        let Some(slot) = slots.get_mut(place_of(start)) else {
            return;
        };
        if slot.start != start {
            *slot = Slot {
                start,
                ..Slot::default()
            };
        }
        count(slot);
    }
}

/// The slots of the day that ends at `now`, the oldest first, each with what was
/// asked of all these together.
pub fn total<'a>(of: impl IntoIterator<Item = &'a Traffic>, now: i64) -> Vec<Slot> {
    let mut total = Traffic::default().day(now);
    for traffic in of {
        for (sum, slot) in total.iter_mut().zip(traffic.day(now)) {
            sum.calls = sum.calls.saturating_add(slot.calls);
            sum.refusals = sum.refusals.saturating_add(slot.refusals);
        }
    }
    total
}

fn start_of(now: i64) -> i64 {
    now.saturating_sub(now.rem_euclid(SLOT))
}

fn place_of(start: i64) -> usize {
    let place = (start / SLOT).rem_euclid(SLOTS as i64);
    usize::try_from(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_800_000_000;

    #[test]
    fn what_is_counted_stands_in_its_slot_until_a_day_is_over() {
        let traffic = Traffic::default();
        traffic.count_call(NOON);
        traffic.count_call(NOON + SLOT - 1);
        traffic.count_refusal(NOON + SLOT);
        let day = traffic.day(NOON + SLOT);
        assert_eq!(day.len(), SLOTS);
        let last = &day[SLOTS - 2..];
        assert_eq!(
            (last[0].start, last[0].calls, last[0].refusals),
            (NOON, 2, 0)
        );
        assert_eq!((last[1].calls, last[1].refusals), (0, 1));
        assert!(
            day.windows(2)
                .all(|two| two[1].start - two[0].start == SLOT)
        );

        let later = traffic.day(NOON + SLOTS as i64 * SLOT);
        assert_eq!(later.iter().map(|slot| slot.calls).sum::<u32>(), 0);
        assert_eq!(later[0].refusals, 1, "the oldest slot of that day");
        traffic.count_call(NOON + SLOTS as i64 * SLOT);
        let later = traffic.day(NOON + SLOTS as i64 * SLOT);
        assert_eq!(later[SLOTS - 1].calls, 1, "the slot of a day ago is taken");
    }

    #[test]
    fn a_total_has_the_slots_of_a_day_whatever_there_is_to_sum() {
        let (one, other) = (Traffic::default(), Traffic::default());
        one.count_call(NOON);
        one.count_call(NOON + SLOT);
        other.count_call(NOON + SLOT);
        other.count_refusal(NOON + SLOT);
        let day = total([&one, &other], NOON + SLOT);
        let last = &day[SLOTS - 2..];
        assert_eq!((last[0].calls, last[0].refusals), (1, 0));
        assert_eq!((last[1].calls, last[1].refusals), (2, 1));
        assert_eq!(last[1].start, NOON + SLOT);
        assert_eq!(total([], NOON), Traffic::default().day(NOON));
    }

    #[test]
    fn any_clock_is_borne() {
        let traffic = Traffic::default();
        for now in [i64::MIN, -1, 0, i64::MAX] {
            traffic.count_call(now);
            assert_eq!(traffic.day(now).len(), SLOTS);
        }
    }
}
