//! The instance a request is sent to, and an open connection to it.

use std::time::Duration;

use shukuba_engine::{Attach, ExitFacts, Lease};
use shukuba_verify::Permit;

use crate::Plane;
use crate::fault::Fault;
use crate::forward::Connection;
use crate::resolve::Target;
use crate::session::Selection;

/// How long the engine may take to notice that an instance has ended.
const NOTICE: Duration = Duration::from_secs(1);

/// Ties the request to an instance and connects to it; waits for its start.
/// An instance that refuses the connection has got nothing of the request
/// yet, so another one may have it.
pub(crate) async fn attach(
    permit: &Permit,
    target: &Target,
    selection: &Selection<'_>,
    plane: &Plane,
) -> Result<(Lease, Connection), Fault> {
    let lease = lease(permit, target, selection, plane).await?;
    if let Ok(connection) = connect(&lease, target, plane).await {
        return Ok((lease, connection));
    }
    let facts = exited(&lease).await;
    tracing::warn!(
        runtime = target.route.name.as_str(),
        instance = lease.instance_id(),
        ended = facts.is_some(),
        "an instance refused the connection"
    );
    drop(lease);
    let lease = self::lease(permit, target, selection, plane).await?;
    match connect(&lease, target, plane).await {
        Ok(connection) => Ok((lease, connection)),
        Err(_) => Err(Fault::Died(exited(&lease).await)),
    }
}

async fn lease(
    permit: &Permit,
    target: &Target,
    selection: &Selection<'_>,
    plane: &Plane,
) -> Result<Lease, Fault> {
    let wish = Attach {
        runtime: permit.runtime(),
        version: &target.version,
        lifecycle: target.route.lifecycle,
        principal: permit.principal().key(),
        selector: selection.selector(),
    };
    plane.engine.attach(wish).await.map_err(Fault::Attach)
}

async fn connect(
    lease: &Lease,
    target: &Target,
    plane: &Plane,
) -> Result<Connection, crate::forward::ConnectError> {
    let upstream = plane.upstreams.of(lease, &target.version.command.path)?;
    upstream.connection().await
}

/// How the instance ended, if it has.
pub(crate) async fn exited(lease: &Lease) -> Option<ExitFacts> {
    tokio::time::timeout(NOTICE, lease.exited()).await.ok()
}
