//! How the server is set up, and who said so.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use shukuba_model::setting::{Knob, Setting, SettingSource};
use shukuba_model::wire::ServerStatus;

use super::phrases;
use super::shell::{self, Place, Shell};
use super::texts::{self, SettingTexts};
use super::visit::Visit;
use crate::Control;

/// A setting on a line.
struct Line {
    label: &'static str,
    hint: &'static str,
    value: String,
    /// What is said where the value is nothing.
    nothing: &'static str,
    source: &'static str,
    /// The flag or the variable that said it, or the flag that would.
    by: String,
    tone: &'static str,
}

impl Line {
    fn of(t: &SettingTexts, setting: &Setting) -> Self {
        let knob = setting.knob;
        let flag = knob.flag().map(|flag| format!("--{flag}"));
        let variable = knob.variable().to_owned();
        let (label, hint) = t.knob(knob);
        let (source, by, tone) = match setting.source {
            SettingSource::Flag => (t.by_flag, flag.unwrap_or(variable), "good"),
            SettingSource::Environment => (t.by_environment, variable, "good"),
            SettingSource::Default => (t.by_default, flag.unwrap_or(variable), "plain"),
        };
        Self {
            label,
            hint,
            value: setting.value.clone(),
            nothing: match knob {
                Knob::MasterKey => t.in_environment,
                _ => t.nothing,
            },
            source,
            by,
            tone,
        }
    }
}

#[derive(Template)]
#[template(path = "console/settings.html")]
struct View {
    shell: Shell,
    t: &'static SettingTexts,
    settings: Vec<Line>,
    status: ServerStatus,
    isolation: String,
}

/// `GET /console/settings`.
pub(super) async fn page(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::settings(visit.language);
    let settings = &control.parts().settings;
    let status = control.status();
    let view = View {
        shell: Shell::new(&visit, Place::Settings),
        t,
        settings: settings.iter().map(|one| Line::of(t, one)).collect(),
        isolation: phrases::said(visit.language, &status.isolation),
        status,
    };
    shell::page(StatusCode::OK, &view)
}
