//! What the person answered.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use shukuba_store::AuditEvent;

use super::dispatch::{self, Step};
use super::endpoint::{go_on, kept_private, load, login_page, parse, unreadable};
use super::failure::{Code, Failure};
use super::pending::Pending;
use super::problem::Problem;
use super::respond::{self, Via};
use super::{CONTINUE, LONGEST, code, consent};
use crate::Issuer;
use crate::people;
use crate::people::session::{self, LoggedIn};

/// `POST /oauth/consent`: what the person answered.
pub(crate) async fn answer(State(issuer): State<Issuer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    let outcome = match to_bytes(body, LONGEST).await {
        Ok(body) => {
            let address = people::address(&parts.extensions);
            answered(&issuer, headers, &body, address).await
        }
        Err(_) => Err(unreadable()),
    };
    outcome.unwrap_or_else(|problem| problem.respond(headers))
}

async fn answered(
    issuer: &Issuer,
    headers: &HeaderMap,
    body: &[u8],
    address: String,
) -> Result<Response, Problem> {
    let form = parse(body)?;
    let pending = load(issuer, headers, &form).await?;
    let Some(who) = session::current(issuer, headers).await? else {
        return Ok(back_to_login(headers, &pending));
    };
    if !consent::is_our_form(issuer, &pending, &who, form.get("csrf")) {
        return Err(Problem::Forged);
    }
    match form.get("action") {
        Some("allow") => allow(issuer, headers, pending, who, address).await,
        Some("deny") => {
            let failure = Failure::new(Code::AccessDenied, "The person did not allow it.");
            let response = code::refuse(issuer, Via::Post, &pending, &failure).await?;
            record(issuer, &pending, &who, "denied", address).await;
            Ok(response)
        }
        Some("login") => Ok(kept_private(login_page(issuer, headers, &pending))),
        _ => Err(Problem::Malformed(
            "its action is none of allow, deny and login.".to_owned(),
        )),
    }
}

async fn allow(
    issuer: &Issuer,
    headers: &HeaderMap,
    pending: Pending,
    who: LoggedIn,
    address: String,
) -> Result<Response, Problem> {
    // The form was made when the page could be shown; ask again whether it
    // still could, with the consent put aside.
    match dispatch::next(issuer, &pending, Some(who)).await? {
        Step::Consent(who) | Step::Issue(who) => {
            pending.answer(issuer).await?;
            consent::remember(issuer, &pending, &who).await?;
            record(issuer, &pending, &who, "ok", address).await;
            code::send(issuer, Via::Post, &pending, &who).await
        }
        Step::Login => Ok(back_to_login(headers, &pending)),
        Step::NotAllowed(_) | Step::Refuse(_) => {
            Ok(go_on(issuer, headers, Via::Post, pending).await)
        }
    }
}

/// Who allowed or denied what to whom.
async fn record(
    issuer: &Issuer,
    pending: &Pending,
    who: &LoggedIn,
    outcome: &'static str,
    address: String,
) {
    let event = AuditEvent {
        event: "consent",
        outcome,
        actor: who.user.id.to_string(),
        client_id: pending.client.id.to_string(),
        subject: pending.request.target.api.to_string(),
        address,
        detail: pending.request.scope.to_string(),
    };
    issuer.record(event).await;
}

fn back_to_login(headers: &HeaderMap, pending: &Pending) -> Response {
    let id = pending.id.reveal();
    respond::to_ourselves(headers, &format!("{CONTINUE}?request={id}"))
}
