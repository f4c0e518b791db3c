//! Resident memory of a server of its own: when it has just begun to serve, and
//! how much more for each session that waits.

use std::time::Duration;

use crate::client::Link;
use crate::door::Door;
use crate::options::Options;

/// A principal may have 20 instances.
const PER_APPLICATION: usize = 20;
/// Connections that are kept for reuse are given up by then.
const SETTLE: Duration = Duration::from_secs(5);

/// What came out, in bytes.
pub(crate) struct Memory {
    /// One runtime, one answered call, nothing going on.
    pub(crate) idle: u64,
    /// More for each further session.
    pub(crate) per_session: f64,
    /// How many sessions that was measured with.
    pub(crate) sessions: usize,
}

/// Measures a fresh server.
pub(crate) async fn measure(options: &Options) -> anyhow::Result<Memory> {
    let door = Door::open(&options.shukuba).await?;
    let first = door.token(&door.application("first").await?).await?;
    Link::open(door.address)
        .await?
        .call(&door.call(&first)?)
        .await?;
    tokio::time::sleep(SETTLE).await;
    let idle = door.program.resident()?;

    // What the first sessions touch for all, code and tables, is not the next one's.
    begin_sessions(&door, "warm", PER_APPLICATION).await?;
    tokio::time::sleep(SETTLE).await;
    let before = door.program.resident()?;
    let (applications, each) = options.pick((3, PER_APPLICATION), (1, 10));
    for number in 0..applications {
        begin_sessions(&door, &format!("memory-{number}"), each).await?;
    }
    tokio::time::sleep(SETTLE).await;
    let after = door.program.resident()?;
    door.program.stop().await?;
    let sessions = applications * each;
    let more = after.saturating_sub(before);
    Ok(Memory {
        idle,
        per_session: more as f64 / sessions as f64,
        sessions,
    })
}

async fn begin_sessions(door: &Door, name: &str, count: usize) -> anyhow::Result<()> {
    let call = door.call(&door.token(&door.application(name).await?).await?)?;
    let mut link = Link::open(door.address).await?;
    for number in 0..count {
        link.call(&call.clone().in_session(number)?).await?;
    }
    Ok(())
}
