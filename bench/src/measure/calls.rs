//! An authenticated `tools/call` by each of the three ways: how long it takes
//! alone, and how many are answered when many are asked.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::bed::{Bed, Way};
use crate::client::{Call, Link};
use crate::options::Options;
use crate::sample::Latency;

/// Clients at once when the most calls are asked for.
pub(crate) const CLIENTS: usize = 16;
/// Calls that are not counted at the beginning of a round.
const WARM_UP_CALLS: usize = 300;
const WARM_UP: Duration = Duration::from_millis(200);

/// A value for each round, by way.
#[derive(Debug)]
pub(crate) struct Series<T> {
    pub(crate) direct: Vec<T>,
    pub(crate) proxy: Vec<T>,
    pub(crate) door: Vec<T>,
}

/// What came out.
pub(crate) struct Calls {
    /// One client, one call after the other.
    pub(crate) alone: Series<Latency>,
    /// [`CLIENTS`] clients.
    pub(crate) together: Series<Flow>,
    /// Calls in a round of `alone`.
    pub(crate) calls_per_round: usize,
}

/// Calls per second of a round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    /// Per second of the clock.
    pub(crate) per_second: f64,
    /// Per second of CPU time of the process the way begins at.
    pub(crate) per_core_second: f64,
}

impl<T> Series<T> {
    fn push(&mut self, way: Way, value: T) {
        match way {
            Way::Direct => self.direct.push(value),
            Way::Proxy => self.proxy.push(value),
            Way::Door => self.door.push(value),
        }
    }

    /// The same rounds, told as one number each.
    pub(crate) fn map(&self, number: impl Fn(&T) -> f64) -> Series<f64> {
        Series {
            direct: self.direct.iter().map(&number).collect(),
            proxy: self.proxy.iter().map(&number).collect(),
            door: self.door.iter().map(&number).collect(),
        }
    }
}

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self {
            direct: Vec::new(),
            proxy: Vec::new(),
            door: Vec::new(),
        }
    }
}

/// Measures in rounds in which each way has its turn.
pub(crate) async fn measure(bed: &Bed, options: &Options) -> anyhow::Result<Calls> {
    let (rounds, calls_per_round) = options.pick((21, 5_000), (3, 500));
    let mut alone = Series::default();
    for round in 0..rounds {
        for way in turns(round) {
            let (address, call) = bed.way(way);
            alone.push(way, latency(address, call, calls_per_round).await?);
        }
    }
    let (rounds, period) = options.pick(
        (11, Duration::from_secs(2)),
        (3, Duration::from_millis(500)),
    );
    let mut together = Series::default();
    for round in 0..rounds {
        for way in turns(round) {
            together.push(way, flow(bed, way, period).await?);
        }
    }
    Ok(Calls {
        alone,
        together,
        calls_per_round,
    })
}

/// Every way once; each round begins with another one.
fn turns(round: usize) -> impl Iterator<Item = Way> {
    Way::ALL
        .into_iter()
        .cycle()
        .skip(round % Way::ALL.len())
        .take(Way::ALL.len())
}

async fn latency(address: SocketAddr, call: &Call, calls: usize) -> anyhow::Result<Latency> {
    let mut link = Link::open(address).await?;
    for _ in 0..WARM_UP_CALLS {
        link.call(call).await?;
    }
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let began = Instant::now();
        link.call(call).await?;
        times.push(began.elapsed());
    }
    Ok(Latency::of(&times))
}

async fn flow(bed: &Bed, way: Way, period: Duration) -> anyhow::Result<Flow> {
    let (address, call) = bed.way(way);
    ask(address, call, WARM_UP).await?;
    let cpu_before = bed.program(way).cpu_time()?;
    let began = Instant::now();
    let answered = ask(address, call, period).await? as f64;
    let elapsed = began.elapsed();
    let cpu = bed.program(way).cpu_time()?.saturating_sub(cpu_before);
    Ok(Flow {
        per_second: answered / elapsed.as_secs_f64(),
        per_core_second: answered / cpu.as_secs_f64().max(f64::EPSILON),
    })
}

/// Has every client ask as fast as it is answered; how many calls were answered.
async fn ask(address: SocketAddr, call: &Call, period: Duration) -> anyhow::Result<usize> {
    let deadline = Instant::now() + period;
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let call = call.clone();
        clients.spawn(async move {
            let mut link = Link::open(address).await?;
            let mut answered = 0;
            while Instant::now() < deadline {
                link.call(&call).await?;
                answered += 1;
            }
            anyhow::Ok(answered)
        });
    }
    let mut answered = 0;
    while let Some(client) = clients.join_next().await {
        answered += client??;
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_has_every_way_once_and_begins_with_another() {
        let rounds: Vec<Vec<Way>> = (0..3).map(|round| turns(round).collect()).collect();
        for round in &rounds {
            assert!(Way::ALL.iter().all(|way| round.contains(way)) && round.len() == 3);
        }
        let mut first: Vec<_> = rounds.iter().map(|round| round[0]).collect();
        first.dedup();
        assert_eq!(first.len(), 3);
    }
}
