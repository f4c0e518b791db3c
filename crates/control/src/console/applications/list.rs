//! The list of applications, a page at a time.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::Role;
use shukuba_model::wire::{ApplicationView, ListedSource};
use shukuba_pages::shown::clean;

use super::{LONGEST_NAME, address_of, encoded, time};
use crate::Control;
use crate::console::search::Search;
use crate::console::shell::{self, Place, Shell};
use crate::console::shown::Time;
use crate::console::texts::{self, ApplicationTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::ops::clients::ClientPage;

const HERE: &str = "/console/applications";
/// How many applications a page shows.
const PAGE: usize = 50;

/// Which applications are looked at.
#[derive(Deserialize)]
pub(in crate::console) struct ListQuery {
    #[serde(default)]
    source: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// A way to look at the list.
struct Tab {
    link: String,
    label: &'static str,
    current: bool,
}

struct Row {
    link: String,
    name: String,
    id: String,
    kind: &'static str,
    source: &'static str,
    last_used: Option<Time>,
    problem: bool,
}

#[derive(Template)]
#[template(path = "console/applications.html")]
struct View {
    shell: Shell,
    t: &'static ApplicationTexts,
    lead: &'static str,
    none: &'static str,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    shows_source: bool,
    tokens: Option<&'static str>,
    import: Option<&'static str>,
    /// Where there is more than a page, or something is searched for.
    search: Option<Search>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/applications`.
pub(super) async fn page(
    State(control): State<Control>,
    visit: Visit,
    Query(query): Query<ListQuery>,
) -> Response {
    let t = texts::applications(visit.language);
    let source: ListedSource = query.source.parse().unwrap_or_default();
    let after = query.after.as_deref().filter(|after| !after.is_empty());
    let text = Search::read(&query.q);
    let wanted = ClientPage {
        source,
        search: Search::wanted(&text),
        after,
        // One more than is shown tells whether there is another page.
        limit: u32::try_from(PAGE + 1).unwrap_or(u32::MAX),
    };
    let mut found = match control.applications(&wanted).await {
        Ok(found) => found,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let here = |source: ListedSource| format!("{HERE}?source={}", source.as_str());
    let searched = format!("{}{}", here(source), Search::query(&text));
    let is_long = more || after.is_some() || !text.is_empty();
    let l = texts::lists(visit.language);
    let last = found.last().map(|last| encoded(last.client_id.as_str()));
    let view = View {
        shell: Shell::new(&visit, Place::Applications),
        t,
        lead: t.lead(source),
        none: t.none(source),
        tabs: [
            ListedSource::Registered,
            ListedSource::Dynamic,
            ListedSource::Document,
            ListedSource::All,
        ]
        .map(|one| Tab {
            link: here(one),
            label: t.listed(one),
            current: one == source,
        })
        .into(),
        rows: found.iter().map(|one| row(t, one)).collect(),
        shows_source: source == ListedSource::All,
        tokens: (source == ListedSource::Dynamic)
            .then(|| texts::registration(visit.language).title),
        import: (source == ListedSource::Document && visit.person.role == Role::Operator)
            .then(|| texts::application_import(visit.language).title),
        first: after.map(|_| searched.clone()),
        next: last
            .filter(|_| more)
            .map(|last| format!("{searched}&after={last}")),
        search: is_long.then(|| Search {
            t: l,
            action: HERE,
            carried: Some(("source", source.as_str())),
            all: here(source),
            hint: l.of_applications,
            text,
        }),
    };
    shell::page(StatusCode::OK, &view)
}

fn row(t: &ApplicationTexts, application: &ApplicationView) -> Row {
    let id = application.client_id.as_str();
    let document = application.document.as_ref();
    Row {
        link: address_of(id),
        name: clean(&application.name, LONGEST_NAME),
        id: id.to_owned(),
        kind: t.kind(application.kind),
        source: t.source(application.source),
        last_used: application.last_used_at.map(time),
        problem: document.is_some_and(|document| document.problem.is_some()),
    }
}
