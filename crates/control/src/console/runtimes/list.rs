//! The list of runtimes, a page at a time.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::RuntimeView;
use shukuba_store::RuntimeFilter;

use crate::Control;
use crate::console::search::Search;
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, ApplicationTexts, RuntimeTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;

const HERE: &str = "/console/runtimes";
/// How many runtimes a page shows.
const PAGE: usize = 50;

/// Which runtimes are looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct ListQuery {
    q: String,
    after: String,
}

#[derive(Template)]
#[template(path = "console/runtimes.html")]
struct List {
    shell: Shell,
    t: &'static RuntimeTexts,
    /// The sentences about pages.
    p: &'static ApplicationTexts,
    runtimes: Vec<RuntimeView>,
    /// Where there is more than a page, or something is searched for.
    search: Option<Search>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/runtimes`.
pub(in crate::console) async fn list(
    State(control): State<Control>,
    visit: Visit,
    Query(query): Query<ListQuery>,
) -> Response {
    let text = Search::read(&query.q);
    let after = Some(query.after.as_str()).filter(|after| !after.is_empty());
    let filter = RuntimeFilter {
        after,
        search: Search::wanted(&text),
        // One more than is shown tells whether there is another page.
        limit: u32::try_from(PAGE + 1).ok(),
    };
    let mut runtimes = match control.listed_runtimes(&filter).await {
        Ok(runtimes) => runtimes,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let more = runtimes.len() > PAGE;
    runtimes.truncate(PAGE);
    let searched = Search::query(&text);
    // A name has nothing in it that an address would have to escape.
    let next = runtimes.last().filter(|_| more);
    let next = next.map(|last| format!("{HERE}?after={}{searched}", last.name));
    let is_long = more || after.is_some() || !text.is_empty();
    let l = texts::lists(visit.language);
    let view = List {
        shell: Shell::new(&visit, Place::Runtimes),
        t: texts::runtimes(visit.language),
        p: texts::applications(visit.language),
        runtimes,
        first: after.map(|_| format!("{HERE}?{}", searched.trim_start_matches('&'))),
        next,
        search: is_long.then(|| Search {
            t: l,
            action: HERE,
            carried: None,
            all: HERE.to_owned(),
            hint: l.of_runtimes,
            text,
        }),
    };
    shell::page(StatusCode::OK, &view)
}
