//! A runtime made from files that an operator uploads, or a new version of one,
//! and how far its launch got.

mod form;
mod upload;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::{Role, wire::Problem};
use shukuba_pages::shown::{fill, line};

use self::form::{Fields, Form};
use self::upload::{Files, MOST_BODY, Upload};
use super::act::see_other;
use super::phrases;
use super::shell::{self, Place, Shell};
use super::texts::{self, LaunchTexts};
use super::trouble::{Kind, Trouble};
use super::visit::Visit;
use crate::ops::launches::{End, Progress};
use crate::{Control, ControlError};

/// The longest line of a tool that is shown.
const LONGEST_LINE: usize = 1000;

/// `/console/launches/new`, beside runtimes and not below them: any name may be
/// a runtime's.
pub(super) fn new() -> MethodRouter<Control> {
    get(ask)
        .post(submit)
        .layer(DefaultBodyLimit::max(MOST_BODY))
}

/// For which runtime a version is made.
#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    runtime: String,
}

#[derive(Template)]
#[template(path = "console/runtime_new.html")]
struct New {
    shell: Shell,
    t: &'static LaunchTexts,
    title: String,
    form: Form,
    failed: Option<Problem>,
    /// Whether it was sent before, so that files must be chosen again.
    again: bool,
}

impl New {
    fn of(visit: &Visit, form: Form) -> Self {
        let t = texts::launches(visit.language);
        let title = match &form.of {
            Some(runtime) => fill(t.new_version_of, &[("runtime", runtime.name.as_str())]),
            None => t.new_runtime.to_owned(),
        };
        Self {
            shell: Shell::new(visit, Place::Runtimes),
            t,
            title,
            form,
            failed: None,
            again: false,
        }
    }
}

async fn ask(State(control): State<Control>, visit: Visit, Query(wish): Query<Wish>) -> Response {
    if visit.person.role != Role::Operator {
        return Trouble::of(visit.language, Kind::NotOperator).into_response();
    }
    let t = texts::launches(visit.language);
    match Form::new(&control, t, Form::fresh(wish.runtime)).await {
        Ok(form) => shell::page(StatusCode::OK, &New::of(&visit, form)),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn submit(State(control): State<Control>, upload: Upload) -> Response {
    let Upload {
        visit,
        fields,
        files,
    } = upload;
    let control = control.acting(&visit.person);
    match begin(&control, &visit, fields, files).await {
        Ok(Ok(id)) => see_other(&format!("/console/launches/{id}")),
        Ok(Err(view)) => {
            let status = match view.failed {
                Some(_) => StatusCode::CONFLICT,
                None => StatusCode::BAD_REQUEST,
            };
            shell::page(status, &*view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// The launch's id, or the form again.
async fn begin(
    control: &Control,
    visit: &Visit,
    fields: Fields,
    files: Files,
) -> Result<Result<u64, Box<New>>, ControlError> {
    let t = texts::launches(visit.language);
    let mut form = Form::new(control, t, fields).await?;
    let name = form.name(control).await?;
    form.judge_files(&files);
    let packed = tokio::task::spawn_blocking(|| files.pack()).await;
    let packed = packed
        .map_err(ControlError::internal)?
        .map_err(ControlError::internal)?;
    let request = form.request(control, &packed.sha256).await?;
    let again = |form| {
        Box::new(New {
            again: true,
            ..New::of(visit, form)
        })
    };
    let (Some(name), Some(request), true) = (name, request, form.problems.is_empty()) else {
        return Ok(Err(again(form)));
    };
    match control.begin_launch(name, packed, request).await {
        Ok(id) => Ok(Ok(id)),
        Err(error @ ControlError::Conflict { .. }) => {
            let mut view = again(form);
            view.failed = Some(phrases::problem(visit.language, &error));
            Ok(Err(view))
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "console/launch.html")]
struct Watched {
    shell: Shell,
    t: &'static LaunchTexts,
    title: String,
    runtime: String,
    steps: Vec<String>,
    output: Vec<String>,
    under_way: bool,
    /// What to say of the version that serves.
    launched: Option<String>,
    failed: Option<Problem>,
}

/// `GET /console/launches/{id}`.
pub(super) async fn watch(
    State(control): State<Control>,
    visit: Visit,
    Path(id): Path<String>,
) -> Response {
    if visit.person.role != Role::Operator {
        return Trouble::of(visit.language, Kind::NotOperator).into_response();
    }
    match control.launch_progress(&id) {
        Ok(progress) => shell::page(StatusCode::OK, &watched(&visit, progress)),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

fn watched(visit: &Visit, progress: Progress) -> Watched {
    let t = texts::launches(visit.language);
    let under_way = progress.end.is_none();
    let said = |steps: Vec<String>| {
        let steps = steps.iter();
        steps
            .map(|step| phrases::said(visit.language, step))
            .collect()
    };
    let (launched, failed) = match progress.end {
        None => (None, None),
        Some(End::Launched(number)) => {
            let number = number.to_string();
            (Some(fill(t.launched, &[("version", &number)])), None)
        }
        Some(End::Failed(problem)) => (None, Some(phrases::said_of(visit.language, problem))),
    };
    let output = progress.output.iter();
    Watched {
        shell: Shell::new(visit, Place::Runtimes),
        t,
        title: fill(t.launch_of, &[("runtime", progress.runtime.as_str())]),
        runtime: progress.runtime.to_string(),
        steps: said(progress.steps),
        output: output.map(|text| line(text, LONGEST_LINE)).collect(),
        under_way,
        launched,
        failed,
    }
}
