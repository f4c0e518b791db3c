//! The signing keys: which there are, and their changes, each after a page
//! that says what it will do.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shukuba_model::wire::KeyView;
use shukuba_model::{Role, SigningAlgorithm};
use shukuba_pages::shown::fill;

use super::act::{Act, see_other};
use super::phrases;
use super::shell::{self, Place, Shell};
use super::shown::Time;
use super::texts::{self, KeyTexts};
use super::trouble::{Kind, Trouble};
use super::visit::Visit;
use crate::{Control, ControlError};

const LIST: &str = "/console/keys";

/// A key on a line.
struct Line {
    kid: String,
    algorithm: &'static str,
    state: &'static str,
    tone: &'static str,
    created: Time,
    kept_until: Option<Time>,
    revoke: String,
}

impl Line {
    fn of(t: &KeyTexts, key: KeyView) -> Self {
        let (state, tone) = match key.state.as_str() {
            "current" => (t.current, "good"),
            "next" => (t.next, "plain"),
            _ => (t.previous, "warn"),
        };
        Self {
            algorithm: key.algorithm.as_str(),
            state,
            tone,
            created: Time::of_seconds(key.created_at),
            kept_until: key.keep_until.map(Time::of_seconds),
            revoke: Change::Revoke(key.kid.clone()).page(),
            kid: key.kid,
        }
    }
}

/// A change to confirm.
struct Offer {
    label: String,
    page: String,
}

#[derive(Template)]
#[template(path = "console/keys.html")]
struct List {
    shell: Shell,
    t: &'static KeyTexts,
    keys: Vec<Line>,
    rotations: Vec<Offer>,
}

/// `GET /console/keys`.
pub(super) async fn list(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::keys(visit.language);
    let keys = match control.keys().await {
        Ok(keys) => keys,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let rotation = |algorithm: SigningAlgorithm| Offer {
        label: fill(t.rotate, &[("algorithm", algorithm.as_str())]),
        page: Change::Rotate(algorithm).page(),
    };
    let view = List {
        shell: Shell::new(&visit, Place::Keys),
        t,
        keys: keys.into_iter().map(|key| Line::of(t, key)).collect(),
        rotations: SigningAlgorithm::ALL.into_iter().map(rotation).collect(),
    };
    shell::page(StatusCode::OK, &view)
}

/// What is to be done.
#[derive(Clone)]
enum Change {
    Rotate(SigningAlgorithm),
    Revoke(String),
}

impl Change {
    /// The page that says what it will do.
    fn page(&self) -> String {
        match self {
            Self::Rotate(algorithm) => {
                format!("{LIST}/change?rotate={}", algorithm.as_str())
            }
            Self::Revoke(kid) => {
                let kid = utf8_percent_encode(kid, NON_ALPHANUMERIC);
                format!("{LIST}/change?revoke={kid}")
            }
        }
    }
}

/// A change as an address and a form name it: one of the two.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Asked {
    rotate: String,
    revoke: String,
}

impl Asked {
    fn change(&self) -> Option<Change> {
        match (self.rotate.as_str(), self.revoke.as_str()) {
            (algorithm, "") => algorithm.parse().ok().map(Change::Rotate),
            ("", kid) => Some(Change::Revoke(kid.to_owned())),
            _ => None,
        }
    }
}

#[derive(Template)]
#[template(path = "console/key_change.html")]
struct Confirm {
    shell: Shell,
    t: &'static KeyTexts,
    title: String,
    /// The field that names the change, and its value.
    field: (&'static str, String),
    /// What it will do, in sentences.
    effects: Vec<&'static str>,
    label: &'static str,
    is_grave: bool,
    key: Option<Line>,
    problem: Option<String>,
}

impl Confirm {
    fn of(visit: &Visit, change: &Change, keys: Vec<KeyView>) -> Result<Self, ControlError> {
        let t = texts::keys(visit.language);
        let key = match change {
            Change::Rotate(algorithm) => keys
                .into_iter()
                .find(|key| key.algorithm == *algorithm && key.state == "current"),
            Change::Revoke(kid) => Some(find(keys, kid)?),
        };
        let title = match change {
            Change::Rotate(algorithm) => fill(t.rotate, &[("algorithm", algorithm.as_str())]),
            Change::Revoke(_) => t.revoke_title.to_owned(),
        };
        let is_rotation = matches!(change, Change::Rotate(_));
        let effects = match (is_rotation, key.as_ref().map(|key| key.state.as_str())) {
            (true, _) => t.rotate_effects.to_vec(),
            (false, Some("next")) => t.revoke_next_effects.to_vec(),
            (false, Some("current")) => t.revoke_current_effects.to_vec(),
            (false, _) => t.revoke_previous_effects.to_vec(),
        };
        Ok(Self {
            shell: Shell::new(visit, Place::Keys),
            t,
            title,
            field: match change {
                Change::Rotate(algorithm) => ("rotate", algorithm.as_str().to_owned()),
                Change::Revoke(kid) => ("revoke", kid.clone()),
            },
            effects,
            label: if is_rotation {
                t.rotate_do
            } else {
                t.revoke_do
            },
            is_grave: !is_rotation,
            key: key.map(|key| Line::of(t, key)),
            problem: None,
        })
    }
}

fn find(keys: Vec<KeyView>, kid: &str) -> Result<KeyView, ControlError> {
    let found = keys.into_iter().find(|key| key.kid == kid);
    found.ok_or_else(|| {
        let kid: String = kid.chars().take(80).collect();
        ControlError::NotFound(format!("there is no signing key '{kid}'"))
    })
}

/// `GET /console/keys/change`: says what a change will do.
pub(super) async fn confirm(
    State(control): State<Control>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    if visit.person.role != Role::Operator {
        return Trouble::of(visit.language, Kind::NotOperator).into_response();
    }
    let Some(change) = asked.change() else {
        return Trouble::of(visit.language, Kind::NoPage).into_response();
    };
    if let Err(login) = visit.require_recent(&control, &change.page()) {
        return login;
    }
    let keys = control.keys().await;
    match keys.and_then(|keys| Confirm::of(&visit, &change, keys)) {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// `POST /console/keys/change`.
pub(super) async fn change(State(control): State<Control>, act: Act<Asked>) -> Response {
    let visit = act.visit;
    let Some(change) = act.form.change() else {
        return Trouble::of(visit.language, Kind::Unreadable).into_response();
    };
    if let Err(login) = visit.require_recent(&control, &change.page()) {
        return login;
    }
    let acting = control.acting(&visit.person);
    let done = match &change {
        Change::Rotate(algorithm) => acting.rotate_keys(Some(*algorithm)).await,
        Change::Revoke(kid) => acting.revoke_key(kid).await,
    };
    let Err(error) = done else {
        return see_other(LIST);
    };
    let status = error.status();
    let problem = phrases::problem(visit.language, &error).message;
    let keys = match error {
        ControlError::Conflict { .. } => control.keys().await,
        error => Err(error),
    };
    match keys.and_then(|keys| Confirm::of(&visit, &change, keys)) {
        Ok(view) => {
            let view = Confirm {
                problem: Some(problem),
                ..view
            };
            shell::page(status, &view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}
