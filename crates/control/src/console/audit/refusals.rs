//! What was refused to clients, with what to do about it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use shukuba_pages::shown::{clean, fill};

use crate::Control;
use crate::console::shell::{self, Place, Shell};
use crate::console::shown::Time;
use crate::console::texts::{self, AuditTexts, JourneyTexts};
use crate::console::visit::Visit;
use crate::ops::journeys::Refusals;

/// The longest name of a client, in characters.
const LONGEST_NAME: usize = 60;
/// The longest text of a refusal, in characters.
const LONGEST: usize = 600;

/// Refusals of one reason to one client.
struct Group {
    reason: String,
    step: &'static str,
    client: String,
    client_id: String,
    times: String,
    last: Time,
    text: String,
    fix: &'static str,
    journey: u64,
}

impl Group {
    fn of(t: &AuditTexts, j: &JourneyTexts, found: Refusals) -> Self {
        let name = clean(&found.client, LONGEST_NAME);
        Self {
            reason: found.reason,
            step: j.step(found.step),
            client: if name.is_empty() {
                j.nameless.to_owned()
            } else {
                name
            },
            client_id: clean(&found.client_id, LONGEST),
            times: fill(t.times, &[("count", &found.times.to_string())]),
            last: Time::of_millis(found.last),
            text: clean(&found.text, LONGEST),
            fix: found.fix,
            journey: found.journey,
        }
    }
}

#[derive(Template)]
#[template(path = "console/refusals.html")]
struct View {
    shell: Shell,
    t: &'static AuditTexts,
    is_log: bool,
    groups: Vec<Group>,
}

/// `GET /console/audit/refusals`.
pub(in crate::console) async fn refusals(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::audit(visit.language);
    let j = texts::journeys(visit.language);
    let found = control.refusals(visit.language);
    let view = View {
        shell: Shell::new(&visit, Place::Audit),
        t,
        is_log: false,
        groups: found.into_iter().map(|one| Group::of(t, j, one)).collect(),
    };
    shell::page(StatusCode::OK, &view)
}
