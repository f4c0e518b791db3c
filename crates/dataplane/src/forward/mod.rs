//! Carries a request to its instance and the answer back, as they come.

mod body;
mod events;
mod headers;
mod http;
mod outlive;
mod pool;

use std::sync::Arc;

use ::http::request::Parts;
use ::http::{Method, Request, Response, Uri};
use shukuba_engine::Lease;
use shukuba_verify::Permit;

use crate::Limits;
use crate::era::Era;
use crate::fault::Fault;
use crate::inbound::Inbound;
use crate::reply::Body;
use crate::resolve::Target;
use crate::session::{MCP_SESSION, RUNTIME_SESSION, Selection};

pub(crate) use body::UpstreamBody;
pub(crate) use pool::{ConnectError, Connection, Upstreams};

/// What is forwarded, as the phases before have found out.
pub(crate) struct Call<'a> {
    pub(crate) head: &'a Parts,
    pub(crate) target: &'a Target,
    pub(crate) selection: &'a Selection<'a>,
    pub(crate) limits: Limits,
}

/// Sends the request to its instance; returns with the head of the answer.
///
/// A legacy client may reconnect for its answer, so its request goes on when
/// it has gone (MCP 2025-11-25, transports); a modern client that goes away
/// cancels (MCP 2026-07-28, streamable HTTP). A GET stream is nothing but its
/// connection and ends with it in both eras.
pub(crate) async fn forward(
    _permit: &Permit,
    call: Call<'_>,
    lease: Lease,
    connection: Connection,
    inbound: &mut Inbound,
) -> Result<Response<Body>, Fault> {
    let legacy = Era::of(&call.head.headers) == Era::Legacy;
    let is_get = call.head.method == Method::GET;
    let outlives = legacy && !is_get;
    let session = call.head.headers.get(MCP_SESSION);
    let abandoned = call.limits.abandoned;
    let request = request(&call, &connection, inbound);
    let exchange = http::Exchange {
        connection,
        lease,
        seen: inbound.seen(),
        method: call.head.method.clone(),
        begins_session: *call.selection == Selection::New,
        session: session.cloned(),
        stream_of: session.filter(|_| legacy && is_get).cloned(),
        runtime_session: call.head.headers.get(RUNTIME_SESSION).cloned(),
        route: Arc::clone(&call.target.route),
        limits: call.limits,
        outlives,
    };
    let running = Box::pin(exchange.run(request));
    if outlives {
        outlive::Outliving::new(running, abandoned).await
    } else {
        running.await
    }
}

fn request(
    call: &Call<'_>,
    connection: &Connection,
    inbound: &mut Inbound,
) -> Request<crate::inbound::RequestBody> {
    let mut request = Request::new(inbound.take());
    *request.method_mut() = call.head.method.clone();
    *request.uri_mut() = Uri::clone(connection.target());
    *request.headers_mut() = headers::to_instance(&call.head.headers, connection.host());
    request
}
