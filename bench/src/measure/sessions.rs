//! The first call of a new session, which waits for its instance, against the
//! first call of the same server started by hand.

use std::time::Instant;

use crate::bed::adder;
use crate::client::Link;
use crate::door::Door;
use crate::options::Options;
use crate::program::connected;

/// A principal may have 20 instances; none is to be evicted for another here.
const STARTS: usize = 15;

/// Milliseconds from nothing to the first answer, round by round.
pub(crate) struct Sessions {
    /// The server's own start.
    pub(crate) direct: Vec<f64>,
    /// A new session's first call.
    pub(crate) door: Vec<f64>,
}

/// Starts both in turns.
pub(crate) async fn measure(door: &Door, options: &Options) -> anyhow::Result<Sessions> {
    let application = door.application("sessions").await?;
    let call = door.call(&door.token(&application).await?)?;
    let mut link = Link::open(door.address).await?;
    // The token's signature is checked once; that is no part of a session's start.
    link.call(&call).await?;
    let mut sessions = Sessions {
        direct: Vec::new(),
        door: Vec::new(),
    };
    for number in 0..options.pick(STARTS, 3) {
        sessions.direct.push(own_start(door).await?);
        let call = call.clone().in_session(number)?;
        let began = Instant::now();
        link.call(&call).await?;
        sessions.door.push(milliseconds(began));
    }
    Ok(sessions)
}

async fn own_start(door: &Door) -> anyhow::Result<f64> {
    let began = Instant::now();
    let (program, address) = adder(&door.binary)?;
    let mut link = Link::over(connected(address).await?).await?;
    link.call(&crate::client::Call::to(address, "/mcp")?)
        .await?;
    let elapsed = milliseconds(began);
    program.stop().await?;
    Ok(elapsed)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
