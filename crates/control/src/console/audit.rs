//! The audit log: entries by filter, page by page; as a file; and whether it is
//! as it was written.

mod export;
mod refusals;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::UserName;
use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_pages::shown::{clean, fill};
use shukuba_store::AuditFilter;
use url::form_urlencoded::Serializer;

use super::shell::{self, Place, Shell};
use super::shown::Time;
use super::texts::{self, AuditTexts};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::{Control, ControlError};

pub(super) use export::export;
pub(super) use refusals::refusals;

const LOG: &str = "/console/audit";
/// How many entries a page shows.
const PAGE: u32 = 50;
/// The longest text of an entry that is shown, in characters.
const LONGEST: usize = 300;

/// Which entries are wanted, as the address says it.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    event: String,
    person: String,
    client: String,
    before: String,
}

impl Asked {
    /// The rest of an address that asks for the same from another entry on.
    fn query(&self, before: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [
            ("event", &self.event),
            ("person", &self.person),
            ("client", &self.client),
        ] {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        query.finish()
    }

    /// What the database is asked.
    async fn filter(&self, control: &Control, limit: u32) -> Result<AuditFilter, ControlError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let person = match given(&self.person) {
            Some(which) => Some(control.person_in_audit(&which).await?),
            None => None,
        };
        Ok(AuditFilter {
            before: self.before.parse().ok(),
            event: given(&self.event),
            client_id: given(&self.client),
            person,
            limit,
            ..AuditFilter::default()
        })
    }

    fn is_any(&self) -> bool {
        let all = [&self.event, &self.person, &self.client];
        all.iter().any(|text| !text.trim().is_empty())
    }
}

/// Where the log says what a person did and what was done to them.
pub(super) fn of_person(name: &UserName) -> String {
    let asked = Asked {
        person: name.to_string(),
        ..Asked::default()
    };
    format!("{LOG}?{}", asked.query(None))
}

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
    entries: Vec<Line>,
    newest: Option<String>,
    older: Option<String>,
    export: String,
}

/// `GET /console/audit`.
pub(super) async fn log(
    State(control): State<Control>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    match log_view(&control, &visit, asked).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn log_view(control: &Control, visit: &Visit, asked: Asked) -> Result<Log, ControlError> {
    let filter = asked.filter(control, PAGE + 1).await?;
    let mut entries = control.audit(&filter).await?;
    let is_more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let last = entries.last().map(|entry| entry.seq).filter(|_| is_more);
    let people = control.people_of(&entries).await?;
    let page = |before| format!("{LOG}?{}", asked.query(before));
    Ok(Log {
        shell: Shell::new(visit, Place::Audit),
        t: texts::audit(visit.language),
        is_log: true,
        newest: filter.before.map(|_| page(None)),
        older: last.map(|last| page(Some(last))),
        export: format!("{LOG}/export?{}", asked.query(None)),
        entries: entries
            .into_iter()
            .map(|entry| Line::of(entry, &people))
            .collect(),
        asked,
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
