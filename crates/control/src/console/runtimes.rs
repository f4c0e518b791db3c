//! The runtimes, and each: how to connect, who may call, versions, instances
//! and log.

mod connect;
pub(super) mod destroy;
pub(super) mod list;
mod parts;
pub(super) mod rules;
mod saved;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{Problem, RuntimeView};
use shukuba_pages::shown::{clean, fill, line};

use self::connect::{Client, Connect};
use self::parts::{Instance, Rules, Version};
use self::saved::Saved;
use super::act::{Act, see_other};
use super::phrases;
use super::shell::{self, Place, Shell};
use super::texts::{self, ConnectTexts, RuntimeTexts};
use super::traffic::Chart;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::{Control, ControlError};

/// How many lines of the log are shown, and how long they may be.
const LOG_LINES: usize = 100;
const LONGEST_LINE: usize = 1000;

/// What of the page is wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    /// Which tab is open.
    client: String,
    /// The change of rules that led here.
    saved: String,
}

#[derive(Template)]
#[template(path = "console/runtime.html")]
struct One {
    shell: Shell,
    t: &'static RuntimeTexts,
    c: &'static ConnectTexts,
    runtime: RuntimeView,
    failed: Option<Problem>,
    chart: Chart,
    connect: Connect,
    rules: Rules,
    saved: Option<Saved>,
    versions: Vec<Version>,
    /// What became of the last start, where it failed.
    start_failed: Option<String>,
    instances: Vec<Instance>,
    logs_lead: String,
    log: Vec<String>,
}

/// `GET /console/runtimes/{runtime}`.
pub(super) async fn show(
    State(control): State<Control>,
    visit: Visit,
    Path(name): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    match one(&control, &visit, &name, &wish).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn one(
    control: &Control,
    visit: &Visit,
    name: &str,
    wish: &Wish,
) -> Result<One, ControlError> {
    let client = Client::of(&wish.client);
    let t = texts::runtimes(visit.language);
    let c = texts::connect(visit.language);
    let mut runtime = control.runtime(name).await?;
    runtime.isolation = phrases::said(visit.language, &runtime.isolation);
    let applications = control.applications_near(&runtime.authorizer).await?;
    let instances = control.instances(name).await?;
    let log = control.logs(name, LOG_LINES, false).await?;
    let log: Vec<String> = log.map(|text| line(&text, LONGEST_LINE)).collect().await;
    let versions = runtime.versions.iter().rev();
    let acting = control.acting(&visit.person);
    let saved = acting.remembered_rules(&wish.saved, &runtime)?;
    Ok(One {
        shell: Shell::new(visit, Place::Runtimes),
        t,
        c,
        failed: None,
        chart: Chart::of(
            texts::traffic(visit.language),
            &control.traffic(name).await?,
        ),
        connect: Connect::new(c, control, &runtime, &applications, client),
        rules: Rules::of(t, control, &runtime),
        saved: saved.map(|saved| Saved::of(texts::saved_rules(visit.language), &saved)),
        versions: versions.map(|one| Version::of(t, &runtime, one)).collect(),
        start_failed: parts::start_failed(visit.language, &runtime),
        instances: instances.iter().map(|one| Instance::of(t, one)).collect(),
        logs_lead: fill(
            t.logs_lead,
            &[
                ("count", &LOG_LINES.to_string()),
                ("runtime", runtime.name.as_str()),
            ],
        ),
        log,
        runtime,
    })
}

/// Which version is to serve again.
#[derive(Deserialize)]
pub(super) struct BackTo {
    #[serde(default)]
    version: String,
}

/// `POST /console/runtimes/{runtime}/rollback`.
pub(super) async fn rollback(
    State(control): State<Control>,
    Path(name): Path<String>,
    act: Act<BackTo>,
) -> Response {
    let t = texts::runtimes(act.visit.language);
    let Ok(number) = act.form.version.trim().parse::<u32>() else {
        let text = clean(&act.form.version, 40);
        let error = ControlError::invalid(fill(t.no_number, &[("text", &text)]));
        return failed(&control, &act.visit, &name, error).await;
    };
    let operation = {
        let (control, name) = (control.acting(&act.visit.person), name.clone());
        // It goes on when the browser hangs up, as a launch does.
        tokio::spawn(async move { control.rollback(&name, number).await })
    };
    match operation.await.map_err(ControlError::internal) {
        Ok(Ok(_)) => see_other(&format!("{}#versions", page_of(&name))),
        Ok(Err(error)) | Err(error) => failed(&control, &act.visit, &name, error).await,
    }
}

/// Which instance is to end.
#[derive(Deserialize)]
pub(super) struct ToStop {
    #[serde(default)]
    instance: String,
}

/// `POST /console/runtimes/{runtime}/stop`.
pub(super) async fn stop(
    State(control): State<Control>,
    Path(name): Path<String>,
    act: Act<ToStop>,
) -> Response {
    let acting = control.acting(&act.visit.person);
    match acting.stop_instance(&name, &act.form.instance).await {
        Ok(()) => see_other(&format!("{}#instances", page_of(&name))),
        Err(error) => failed(&control, &act.visit, &name, error).await,
    }
}

/// The page again, and what was not done.
async fn failed(control: &Control, visit: &Visit, name: &str, error: ControlError) -> Response {
    let status = error.status();
    match one(control, visit, name, &Wish::default()).await {
        Ok(view) => {
            let view = One {
                failed: Some(phrases::problem(visit.language, &error)),
                shell: Shell {
                    here: page_of(name),
                    ..view.shell
                },
                ..view
            };
            shell::page(status, &view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// The address of a runtime's page.
pub(super) fn page_of(name: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("/console/runtimes/{name}")
}
