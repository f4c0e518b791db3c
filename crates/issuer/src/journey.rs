//! What clients and browsers did here, said for their journeys.

use axum::response::Response;
use shukuba_model::journey::{Note, Step};
use shukuba_model::{ApiIdentifier, ClientId, GrantType};
use shukuba_store::Secret;

use crate::Issuer;
use crate::authorize::failure::Failure;
use crate::authorize::pending::Pending;
use crate::grants::Issued;
use crate::oauth_error::OAuthError;
use crate::token::form::Form;

/// Adds a note to an answer; the server takes it off.
pub(crate) fn noted(mut response: Response, note: Note) -> Response {
    response.extensions_mut().insert(note);
    response
}

/// What an authorization request asks for, with what ties its steps together.
pub(crate) fn of_request(issuer: &Issuer, note: Note, pending: &Pending) -> Note {
    let request = &pending.request;
    let note = note
        .client(&pending.client.id)
        .client_name(&pending.client.name)
        .login(login(&pending.id))
        .fact("goes back to", &request.back.redirect_uri.host_label())
        .fact("scope", &request.scope.to_string());
    let target = &request.target;
    let resource = target.resource.as_deref().unwrap_or(target.api.as_str());
    let note = match target.named {
        true => note.fact("resource", without_query(resource)),
        false => note.fact("resource", "none: the default API"),
    };
    of_api(issuer, note, &request.target.api)
}

/// Which runtime is meant.
fn of_api(issuer: &Issuer, note: Note, api: &ApiIdentifier) -> Note {
    match issuer.0.settings.resources.runtime_of(api) {
        Some(runtime) => note.runtime(&runtime.name),
        None => note,
    }
}

/// An authorization request that goes back to its client with an error.
pub(crate) fn sent_back(step: Step, failure: &Failure) -> Note {
    Note::refused(step, failure.code.as_str(), &failure.description)
}

/// Names the client of a request that was refused before it was looked up.
pub(crate) fn said_by_query(note: Note, query: &str) -> Note {
    let form = Form::parse_noting_repeated(query.as_bytes());
    let id = form.ok().and_then(|(form, _)| {
        let id = form.get("client_id")?;
        id.parse::<ClientId>().ok()
    });
    match id {
        Some(id) => note.client(&id),
        None => note,
    }
}

/// What ties the steps of one authorization request together: part of the hash
/// of its id, never the id.
pub(crate) fn login(request: &Secret) -> String {
    request
        .hash()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A token request of a client that has proven itself.
pub(crate) fn of_grant(
    issuer: &Issuer,
    grant: GrantType,
    client: &ClientId,
    outcome: &Result<Issued, OAuthError>,
) -> Note {
    let step = match grant {
        GrantType::RefreshToken => Step::Refresh,
        _ => Step::Token,
    };
    let note = match outcome {
        Ok(issued) => {
            let note = Note::done(step).fact("for", issued.api.as_str());
            let note = match issued.owner.as_str() {
                "" => note,
                person => note.subject(person),
            };
            of_api(issuer, note, &issued.api)
        }
        Err(OAuthError::AuthorizationPending | OAuthError::SlowDown) => Note::waits(step),
        Err(error) => of_error(step, error),
    };
    note.client(client).fact("grant", grant.as_str())
}

/// A request to an endpoint of programs that was refused.
pub(crate) fn of_error(step: Step, error: &OAuthError) -> Note {
    Note::refused(step, error.code(), &error.description())
}

/// A resource is an address; its query is not needed to know it.
fn without_query(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}
