//! A small chart: the calls and refusals of a runtime within the last day.

use jiff::Timestamp;
use shukuba_model::traffic::{SLOTS, Slot};
use shukuba_pages::shown::fill;

use super::texts::TrafficTexts;

/// The chart's height and the width of a bar with its gap, in its own units.
const HEIGHT: u32 = 48;
const STEP: usize = 3;
/// How many slots are an hour.
const HOUR: usize = 6;

/// The chart as it is drawn.
pub(super) struct Chart {
    pub(super) t: &'static TrafficTexts,
    /// What it shows, in a sentence.
    pub(super) told: String,
    pub(super) calls: u64,
    pub(super) refusals: u64,
    pub(super) width: usize,
    pub(super) height: u32,
    pub(super) bars: Vec<Bar>,
    /// The hours in which something came, the newest first.
    pub(super) hours: Vec<Hour>,
}

/// The bar of a slot: calls at its foot, refusals on top.
pub(super) struct Bar {
    pub(super) x: usize,
    pub(super) calls_y: u32,
    pub(super) calls_height: u32,
    pub(super) refusals_y: u32,
    pub(super) refusals_height: u32,
}

/// An hour in figures.
pub(super) struct Hour {
    pub(super) from: String,
    pub(super) calls: u64,
    pub(super) refusals: u64,
}

impl Chart {
    pub(super) fn of(t: &'static TrafficTexts, slots: &[Slot]) -> Self {
        let most = slots.iter().map(sum).max().unwrap_or_default();
        let bars = slots.iter().enumerate();
        let bars = bars.filter(|(_, slot)| sum(slot) > 0);
        let (calls, refusals) = totals(slots);
        let text = if most == 0 { t.none } else { t.told };
        Self {
            t,
            told: fill(
                text,
                &[
                    ("calls", &calls.to_string()),
                    ("refusals", &refusals.to_string()),
                    ("most", &most.to_string()),
                ],
            ),
            calls,
            refusals,
            width: SLOTS * STEP,
            height: HEIGHT,
            bars: bars
                .map(|(place, slot)| Bar::of(place, slot, most))
                .collect(),
            hours: slots.rchunks(HOUR).filter_map(Hour::of).collect(),
        }
    }
}

impl Bar {
    fn of(place: usize, slot: &Slot, most: u64) -> Self {
        let calls_height = scaled(slot.calls, most);
        let refusals_height = scaled(slot.refusals, most);
        let calls_y = HEIGHT.saturating_sub(calls_height);
        Self {
            x: place * STEP,
            calls_y,
            calls_height,
            refusals_y: calls_y.saturating_sub(refusals_height),
            refusals_height,
        }
    }
}

impl Hour {
    fn of(slots: &[Slot]) -> Option<Self> {
        let (calls, refusals) = totals(slots);
        let first = slots.first().filter(|_| calls + refusals > 0)?;
        let from = Timestamp::from_second(first.start).unwrap_or_default();
        Some(Self {
            from: from.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            calls,
            refusals,
        })
    }
}

fn sum(slot: &Slot) -> u64 {
    u64::from(slot.calls) + u64::from(slot.refusals)
}

fn totals(slots: &[Slot]) -> (u64, u64) {
    slots.iter().fold((0, 0), |(calls, refusals), slot| {
        (
            calls + u64::from(slot.calls),
            refusals + u64::from(slot.refusals),
        )
    })
}

/// The height of a part of a bar; one that is there is seen.
fn scaled(count: u32, most: u64) -> u32 {
    if count == 0 {
        return 0;
    }
    let height = u64::from(count) * u64::from(HEIGHT) / most.max(1);
    u32::try_from(height).unwrap_or(HEIGHT).clamp(1, HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::texts;
    use shukuba_pages::Language;

    #[test]
    fn bars_stand_on_the_foot_and_what_is_there_is_seen() {
        let mut slots: Vec<Slot> = (0..SLOTS as i64)
            .map(|place| Slot {
                start: place * 600,
                ..Slot::default()
            })
            .collect();
        slots[0].calls = 1;
        slots[SLOTS - 1].calls = 96;
        slots[SLOTS - 1].refusals = 96;
        let chart = Chart::of(texts::traffic(Language::English), &slots);
        assert_eq!((chart.calls, chart.refusals), (97, 96));
        assert_eq!(chart.bars.len(), 2);
        assert_eq!((chart.bars[0].calls_height, chart.bars[0].calls_y), (1, 47));
        let last = &chart.bars[1];
        assert_eq!((last.calls_height, last.refusals_height), (24, 24));
        assert_eq!((last.calls_y, last.refusals_y), (24, 0));
        assert_eq!(chart.hours.len(), 2);
        assert_eq!(chart.hours[0].calls, 96);
        assert!(chart.told.contains("97") && chart.told.contains("192"));
        let empty = Chart::of(texts::traffic(Language::English), &[]);
        assert!(empty.bars.is_empty() && empty.hours.is_empty());
    }
}
