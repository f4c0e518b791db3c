//! One request, from its head to the head of its answer.

use http::request::Parts;
use http::{Method, Request, Response};
use hyper::body::Incoming;

use crate::account::Account;
use crate::authenticate::{Called, authenticate};
use crate::fault::{Fault, Setting};
use crate::inbound::Inbound;
use crate::journey::noted;
use crate::reply::Body;
use crate::resolve::{Target, resolve};
use crate::{Plane, attach, cors, forward, journey, mirror, session, wellknown};

/// The methods an MCP endpoint answers.
const METHODS: &str = "GET, POST, DELETE, OPTIONS";

/// Answers a request, whatever it is.
pub(crate) async fn invoke(plane: &Plane, request: Request<Incoming>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut inbound = Inbound::new(body, plane.limits.body);
    let mut account = Account::open(&head);
    let mut answer = match phases(plane, &head, &mut inbound, &mut account).await {
        Ok(answer) => answer,
        Err(fault) => explain(plane, &head, inbound, &mut account, &fault).await,
    };
    cors::share(answer.headers_mut());
    account.answered(answer.status());
    answer.map(|body| body.accounted(account))
}

/// The phases of a request. Each takes what the one before has found out;
/// from `select` on they demand the permit.
async fn phases(
    plane: &Plane,
    head: &Parts,
    inbound: &mut Inbound,
    account: &mut Account,
) -> Result<Response<Body>, Fault> {
    if head.method == Method::OPTIONS {
        return Ok(cors::preflight(&head.headers));
    }
    if let Some(asked) = wellknown::asked(head.uri.path()) {
        let answer = wellknown::answer(&plane.directory, asked, head)?;
        return Ok(noted(answer, Some(journey::of_metadata())));
    }
    plane.limits.check(head)?;
    let target = resolve(&plane.directory, &head.uri).map_err(Fault::Unresolved)?;
    account.resolved(&target);
    let permit = authenticate(
        &plane.verifier,
        &called(plane, &target, head),
        &head.headers,
    )
    .await?;
    account.admitted(&permit);
    answers(&head.method)?;
    mirror::check(head, inbound).await?;
    let selection = session::select(&permit, &target, head, inbound).await?;
    let (lease, connection) = attach::attach(&permit, &target, &selection, plane).await?;
    account.attached(lease.instance_id());
    let call = forward::Call {
        head,
        target: &target,
        selection: &selection,
        limits: plane.limits,
    };
    let answer = forward::forward(&permit, call, lease, connection, inbound).await?;
    let note = journey::of_call(&permit, target.route.name.as_str(), &answer);
    Ok(noted(answer, note))
}

fn called<'a>(plane: &'a Plane, target: &'a Target, head: &'a Parts) -> Called<'a> {
    Called {
        target,
        public_url: plane.directory.public_url(),
        path: head.uri.path(),
    }
}

/// HEAD too is refused here: it is no method of MCP, and an instance has
/// better things to do.
fn answers(method: &Method) -> Result<(), Fault> {
    if matches!(*method, Method::GET | Method::POST | Method::DELETE) {
        Ok(())
    } else {
        Err(Fault::Method { allowed: METHODS })
    }
}

/// Tells the client what was in the way, under its own request id.
async fn explain(
    plane: &Plane,
    head: &Parts,
    mut inbound: Inbound,
    account: &mut Account,
    fault: &Fault,
) -> Response<Body> {
    account.failed(fault.label());
    let id = if head.method == Method::POST {
        inbound.request_id().await
    } else {
        None
    };
    inbound.discard();
    let answer = fault.answer(&Setting {
        public_url: plane.directory.public_url(),
        path: head.uri.path(),
        runtime: account.runtime(),
        id: id.as_deref(),
    });
    noted(answer, journey::of_fault(fault, account.runtime()))
}
