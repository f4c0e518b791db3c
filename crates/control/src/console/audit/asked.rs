//! Which entries of the log are wanted, as an address says it.

use jiff::Timestamp;
use serde::Deserialize;
use shukuba_model::UserName;
use shukuba_pages::shown::fill;
use shukuba_store::AuditFilter;
use url::form_urlencoded::Serializer;

use super::LOG;
use crate::console::problems::Problem;
use crate::console::texts::AuditTexts;
use crate::ops::span::{NoSpan, Span};
use crate::{Control, ControlError};

/// What was typed, and where the page begins.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Asked {
    pub(super) event: String,
    pub(super) person: String,
    pub(super) client: String,
    since: String,
    until: String,
    before: String,
}

impl Asked {
    fn fields(&self) -> [(&'static str, &String); 5] {
        [
            ("event", &self.event),
            ("person", &self.person),
            ("client", &self.client),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    /// The rest of an address that asks for the same from another entry on.
    pub(super) fn query(&self, before: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in self.fields() {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        query.finish()
    }

    /// The span of time.
    ///
    /// # Errors
    /// What is wrong with it, at its field.
    pub(super) fn span(&self, t: &AuditTexts) -> Result<Span, Problem> {
        Span::parse(&self.since, &self.until).map_err(|no| match no {
            NoSpan::NoTime(field, text) => Problem::new(field, fill(t.no_time, &[("text", &text)])),
            NoSpan::Backwards => Problem::new("until", t.backwards),
        })
    }

    /// What the database is asked.
    pub(super) async fn filter(
        &self,
        control: &Control,
        span: Span,
        limit: u32,
    ) -> Result<AuditFilter, ControlError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let person = match given(&self.person) {
            Some(which) => Some(control.person_in_audit(&which).await?),
            None => None,
        };
        Ok(AuditFilter {
            before: self.before.parse().ok(),
            since: span.since,
            until: span.until,
            event: given(&self.event),
            client_id: given(&self.client),
            person,
            limit,
            ..AuditFilter::default()
        })
    }

    pub(super) fn is_any(&self) -> bool {
        let mut fields = self.fields().into_iter();
        fields.any(|(_, text)| !text.trim().is_empty())
    }

    /// The beginning as its field holds it.
    pub(super) fn since_local(&self) -> String {
        local(
            Span::parse(&self.since, "")
                .ok()
                .and_then(|span| span.since),
        )
    }

    /// The end as its field holds it.
    pub(super) fn until_local(&self) -> String {
        local(
            Span::parse("", &self.until)
                .ok()
                .and_then(|span| span.until),
        )
    }
}

/// A time as `<input type="datetime-local">` takes it, here in UTC; empty where
/// there is none.
fn local(second: Option<i64>) -> String {
    let time = second.and_then(|second| Timestamp::from_second(second).ok());
    time.map_or_else(String::new, |time| {
        let whole = time.as_second() % 60 == 0;
        let form = if whole {
            "%Y-%m-%dT%H:%M"
        } else {
            "%Y-%m-%dT%H:%M:%S"
        };
        time.strftime(form).to_string()
    })
}

/// Where the log says what a person did and what was done to them.
pub(in crate::console) fn of_person(name: &UserName) -> String {
    let asked = Asked {
        person: name.to_string(),
        ..Asked::default()
    };
    format!("{LOG}?{}", asked.query(None))
}
