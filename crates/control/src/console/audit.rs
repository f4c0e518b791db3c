//! The audit log: entries by filter, page by page; as a file; and whether it is
//! as it was written.

mod asked;
mod export;
mod refusals;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use shukuba_model::UserName;
use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_pages::shown::{clean, fill};

use self::asked::Asked;
use super::problems::{Problem, Problems};
use super::shell::{self, Place, Shell};
use super::shown::Time;
use super::texts::{self, AuditTexts};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::ops::span::Span;
use crate::{Control, ControlError};

pub(super) use asked::of_person;
pub(super) use export::export;
pub(super) use refusals::refusals;

const LOG: &str = "/console/audit";
/// How many entries a page shows.
const PAGE: u32 = 50;
/// The longest text of an entry that is shown, in characters.
const LONGEST: usize = 300;

/// An entry on a line.
struct Line {
    seq: i64,
    at: Time,
    event: String,
    outcome: String,
    tone: &'static str,
    who: String,
    client: String,
    subject: String,
    address: String,
    detail: String,
}

impl Line {
    fn of(entry: AuditView, people: &HashMap<String, UserName>) -> Self {
        let named = |text: &str| match people.get(text) {
            Some(name) => name.to_string(),
            None => clean(text, LONGEST),
        };
        Self {
            seq: entry.seq,
            at: Time::of_seconds(entry.at),
            tone: if entry.outcome == "ok" { "good" } else { "bad" },
            who: named(&entry.actor),
            client: clean(&entry.client_id, LONGEST),
            subject: named(&entry.subject),
            address: entry.address,
            detail: clean(&entry.detail, LONGEST),
            event: entry.event,
            outcome: entry.outcome,
        }
    }
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Log {
    shell: Shell,
    t: &'static AuditTexts,
    is_log: bool,
    asked: Asked,
    /// What is wrong with what is asked; then there are no entries.
    problems: Problems,
    entries: Vec<Line>,
    newest: Option<String>,
    older: Option<String>,
    export: String,
}

impl Log {
    /// Without entries.
    fn empty(visit: &Visit, asked: Asked) -> Self {
        Self {
            shell: Shell::new(visit, Place::Audit),
            t: texts::audit(visit.language),
            is_log: true,
            problems: Problems::default(),
            entries: Vec::new(),
            newest: None,
            older: None,
            export: format!("{LOG}/export?{}", asked.query(None)),
            asked,
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.of(field)
    }
}

/// The page that says what is wrong with what was asked.
fn wrong(visit: &Visit, asked: Asked, wrong: Problem) -> Response {
    let here = format!("{LOG}?{}", asked.query(None));
    let view = Log::empty(visit, asked);
    let view = Log {
        problems: wrong.into(),
        // What was asked for may have been the export.
        shell: Shell { here, ..view.shell },
        ..view
    };
    shell::page(StatusCode::BAD_REQUEST, &view)
}

/// `GET /console/audit`.
pub(super) async fn log(
    State(control): State<Control>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    let span = match asked.span(texts::audit(visit.language)) {
        Ok(span) => span,
        Err(problem) => return wrong(&visit, asked, problem),
    };
    match log_view(&control, &visit, asked, span).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn log_view(
    control: &Control,
    visit: &Visit,
    asked: Asked,
    span: Span,
) -> Result<Log, ControlError> {
    let filter = asked.filter(control, span, PAGE + 1).await?;
    let mut entries = control.audit(&filter).await?;
    let is_more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let last = entries.last().map(|entry| entry.seq).filter(|_| is_more);
    let people = control.people_of(&entries).await?;
    let page = |before| format!("{LOG}?{}", asked.query(before));
    let entries = entries.into_iter();
    Ok(Log {
        newest: filter.before.map(|_| page(None)),
        older: last.map(|last| page(Some(last))),
        entries: entries.map(|entry| Line::of(entry, &people)).collect(),
        ..Log::empty(visit, asked)
    })
}

#[derive(Template)]
#[template(path = "console/audit_check.html")]
struct Checked {
    shell: Shell,
    t: &'static AuditTexts,
    is_log: bool,
    what: String,
    head: Option<String>,
}

/// `GET /console/audit/check`: whether the log is as it was written.
pub(super) async fn check(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::audit(visit.language);
    let check: AuditCheckView = match control.check_audit().await {
        Ok(check) => check,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let what = if check.whole {
        let entries = check.entries.unwrap_or_default().to_string();
        fill(t.whole, &[("count", &entries)])
    } else {
        let entry = check.broken_at.unwrap_or_default().to_string();
        fill(t.broken, &[("number", &entry)])
    };
    let view = Checked {
        shell: Shell::new(&visit, Place::Audit),
        t,
        is_log: true,
        what,
        head: check.head.filter(|_| check.whole),
    };
    shell::page(StatusCode::OK, &view)
}
