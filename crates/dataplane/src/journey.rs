//! What a request meant, said for the journey of its client.

use http::Response;
use shukuba_model::ClientId;
use shukuba_model::journey::{Note, Step};
use shukuba_verify::{Permit, Reason};

use crate::fault::Fault;
use crate::reply::Body;

/// Adds a note to an answer; the server takes it off.
pub(crate) fn noted(mut answer: Response<Body>, note: Option<Note>) -> Response<Body> {
    if let Some(note) = note {
        answer.extensions_mut().insert(note);
    }
    answer
}

/// Resource metadata was read.
pub(crate) fn of_metadata() -> Note {
    Note::done(Step::ResourceMetadata)
}

/// The first call with a token; the others go without a note, which would cost
/// each of them.
pub(crate) fn of_call(permit: &Permit, runtime: &str, answer: &Response<Body>) -> Option<Note> {
    let succeeded = answer.status().is_success();
    if !succeeded || !permit.is_used_first() {
        return None;
    }
    let principal = permit.principal();
    let note = Note::done(Step::Call)
        .runtime(runtime)
        .subject(&principal.subject);
    Some(match principal.client.parse::<ClientId>() {
        Ok(client) => note.client(&client),
        Err(_) => note,
    })
}

/// What kept a request from being answered, where it is the way in that did.
pub(crate) fn of_fault(fault: &Fault, runtime: &str) -> Option<Note> {
    let note = match fault {
        Fault::Refused(refusal) if refusal.reason == Reason::MissingToken => {
            Note::done(Step::Challenge)
        }
        Fault::Refused(refusal) => {
            Note::refused(Step::Call, refusal.reason.as_str(), &refusal.message)
        }
        Fault::NoMetadata => {
            Note::refused(Step::ResourceMetadata, fault.label(), &fault.message(""))
        }
        Fault::Unresolved(_) => Note::refused(Step::Call, fault.label(), &fault.message("")),
        _ => return None,
    };
    Some(match runtime {
        "" => note,
        known => note.runtime(known),
    })
}
