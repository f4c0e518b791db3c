//! What clients did on their way in: a list, and each as a sequence of steps.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use shukuba_model::journey::{Fact, Outcome, State as Reached, Taken};
use shukuba_model::wire::{Advice, JourneyView};
use shukuba_pages::shown::{clean, fill};

use super::shell::{self, Place, Shell};
use super::shown::Time;
use super::texts::{self, JourneyTexts};
use super::trouble::{Kind, Trouble};
use super::visit::Visit;
use crate::Control;

/// The longest name of a client, in characters.
const LONGEST_NAME: usize = 60;

/// A journey on a line.
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) client: String,
    pub(super) address: String,
    pub(super) runtime: String,
    pub(super) last: Time,
    pub(super) state: String,
    /// The colour of the state: `good`, `warn`, `bad` or `plain`.
    pub(super) tone: &'static str,
}

impl Line {
    /// What the lists show of a journey.
    pub(super) fn of(t: &JourneyTexts, view: &JourneyView) -> Self {
        let journey = &view.journey;
        Self {
            id: journey.id,
            client: client(t, view),
            address: journey.address.clone(),
            runtime: journey.runtime.clone().unwrap_or_default(),
            last: Time::of_millis(journey.last()),
            state: t.state(&view.state),
            tone: match view.state {
                Reached::Arrived => "good",
                Reached::Underway => "plain",
                Reached::WaitsForPerson => "warn",
                Reached::Stopped { .. } => "bad",
            },
        }
    }
}

/// The name a client registered, else what it calls itself.
fn client(t: &JourneyTexts, view: &JourneyView) -> String {
    let journey = &view.journey;
    let said = journey.client_name.as_deref().unwrap_or(&journey.agent);
    let name = clean(said, LONGEST_NAME);
    if name.is_empty() {
        t.nameless.to_owned()
    } else {
        name
    }
}

#[derive(Template)]
#[template(path = "console/journeys.html")]
struct List {
    shell: Shell,
    t: &'static JourneyTexts,
    journeys: Vec<Line>,
}

/// `GET /console/journeys`.
pub(super) async fn list(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::journeys(visit.language);
    let journeys = control.journeys(visit.language);
    let view = List {
        shell: Shell::new(&visit, Place::Journeys),
        t,
        journeys: journeys.iter().map(|one| Line::of(t, one)).collect(),
    };
    shell::page(StatusCode::OK, &view)
}

/// A step of the sequence.
struct StepView {
    name: &'static str,
    by: &'static str,
    is_of_browser: bool,
    after: String,
    request: String,
    status: u16,
    took: String,
    times: Option<String>,
    tone: &'static str,
    facts: Vec<Fact>,
    waits: bool,
    refusal: Option<(String, String)>,
}

impl StepView {
    fn of(t: &JourneyTexts, taken: &Taken, began: i64) -> Self {
        let is_of_browser = taken.step.is_of_browser();
        let after = taken.at.saturating_sub(began).max(0);
        let times = taken.times.to_string();
        Self {
            name: t.step(taken.step),
            by: if is_of_browser {
                t.by_browser
            } else {
                t.by_client
            },
            is_of_browser,
            after: format!("{}.{:03} s", after / 1000, after % 1000),
            request: taken.request.clone(),
            status: taken.status,
            took: fill(t.took, &[("ms", &taken.took.to_string())]),
            times: (taken.times > 1).then(|| fill(t.times, &[("times", &times)])),
            tone: match taken.outcome {
                Outcome::Done => "good",
                Outcome::Waits => "warn",
                Outcome::Refused { .. } => "bad",
            },
            waits: taken.outcome == Outcome::Waits,
            facts: taken.facts.clone(),
            refusal: match &taken.outcome {
                Outcome::Refused { reason, text } => Some((reason.clone(), text.clone())),
                _ => None,
            },
        }
    }
}

#[derive(Template)]
#[template(path = "console/journey.html")]
struct One {
    shell: Shell,
    t: &'static JourneyTexts,
    title: String,
    line: Line,
    known: Vec<(&'static str, String)>,
    began: Time,
    steps: Vec<StepView>,
    left_out: Option<String>,
    advice: Option<Advice>,
}

/// `GET /console/journeys/{number}`.
pub(super) async fn show(
    State(control): State<Control>,
    visit: Visit,
    Path(number): Path<String>,
) -> Response {
    let t = texts::journeys(visit.language);
    let Ok(number) = number.parse::<u64>() else {
        return Trouble::of(visit.language, Kind::NoPage).into_response();
    };
    let view = match control.journey(number, visit.language) {
        Ok(view) => view,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let journey = &view.journey;
    let began = journey.began();
    let left_out = journey.left_out.to_string();
    let page = One {
        shell: Shell::new(&visit, Place::Journeys),
        t,
        title: fill(t.journey, &[("number", &number.to_string())]),
        line: Line::of(t, &view),
        known: known(t, &view),
        began: Time::of_millis(began),
        steps: journey
            .steps
            .iter()
            .map(|taken| StepView::of(t, taken, began))
            .collect(),
        left_out: (journey.left_out > 0).then(|| fill(t.left_out, &[("count", &left_out)])),
        advice: view.advice.clone(),
    };
    shell::page(StatusCode::OK, &page)
}

/// What is known of a client, named.
fn known(t: &JourneyTexts, view: &JourneyView) -> Vec<(&'static str, String)> {
    let journey = &view.journey;
    [
        (t.from, Some(&journey.address)),
        (t.runtime, journey.runtime.as_ref()),
        (t.agent, Some(&journey.agent)),
        (t.client_id, journey.client_id.as_ref()),
        (t.subject, journey.subject.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, clean(value?, 200))))
    .filter(|(_, value)| !value.is_empty())
    .collect()
}
