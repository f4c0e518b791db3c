//! What many measurements say.

use std::time::Duration;

/// The middle of several rounds, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// Of values; of none, zeroes.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self {
            median: rank(&values, 50),
            low: values.first().copied().unwrap_or_default(),
            high: values.last().copied().unwrap_or_default(),
        }
    }

    /// Of what two series make of each other, round by round.
    pub(crate) fn between(these: &[f64], those: &[f64], what: impl Fn(f64, f64) -> f64) -> Self {
        Self::of(
            these
                .iter()
                .zip(those)
                .map(|(this, that)| what(*this, *that)),
        )
    }
}

/// The median and the 99th percentile of one round, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Latency {
    /// Of single times.
    pub(crate) fn of(times: &[Duration]) -> Self {
        let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e6).collect();
        times.sort_by(f64::total_cmp);
        Self {
            p50: rank(&times, 50),
            p99: rank(&times, 99),
        }
    }
}

/// The value at a percentage of sorted ones, by the nearest rank.
fn rank(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_one_of_the_values() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_micros).collect();
        let Latency { p50, p99 } = Latency::of(&times);
        assert!(
            (p50 - 100.0).abs() < 1e-6 && (p99 - 198.0).abs() < 1e-6,
            "{p50} {p99}"
        );
    }

    #[test]
    fn a_ratio_is_that_of_each_round_not_of_the_medians() {
        let ratio = Spread::between(&[2.0, 30.0, 4.0], &[1.0, 10.0, 4.0], |a, b| a / b);
        assert_eq!(
            ratio,
            Spread {
                median: 2.0,
                low: 1.0,
                high: 3.0
            }
        );
    }

    #[test]
    fn nothing_measured_is_zero() {
        assert_eq!(
            Spread::of([]),
            Spread {
                median: 0.0,
                low: 0.0,
                high: 0.0
            }
        );
    }
}
