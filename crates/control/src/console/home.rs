//! The first page: the runtimes, and what needs attention.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use shukuba_model::wire::RuntimeView;
use shukuba_pages::shown::fill;
use shukuba_store::RuntimeFilter;

use super::journeys::Line;
use super::shell::{self, Place, Shell};
use super::texts::{self, HomeTexts, JourneyTexts};
use super::traffic::Chart;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::{Control, ControlError};

/// Above how many seconds a token's life is warned about.
const LONG: u64 = 86_400;
/// How many runtimes are shown.
const MOST: usize = 24;
/// How many journeys are shown.
const LAST: usize = 5;

/// A runtime with what it was asked.
struct Tile {
    view: RuntimeView,
    chart: Chart,
}

#[derive(Template)]
#[template(path = "console/home.html")]
struct View {
    shell: Shell,
    t: &'static HomeTexts,
    j: &'static JourneyTexts,
    runtimes: Vec<Tile>,
    /// Whether there are runtimes that are not shown.
    more: bool,
    attention: Vec<String>,
    journeys: Vec<Line>,
    issuer: String,
    openid: String,
    isolation: String,
}

/// `GET /console`.
pub(super) async fn page(State(control): State<Control>, visit: Visit) -> Response {
    match view(&control, &visit).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn view(control: &Control, visit: &Visit) -> Result<View, ControlError> {
    let t = texts::home(visit.language);
    let j = texts::journeys(visit.language);
    let status = control.status();
    let journeys = control.journeys(visit.language);
    let stopped = journeys.iter().filter(|one| one.advice.is_some()).count();
    let mut attention = attention(control, t).await?;
    if stopped > 0 {
        attention.push(fill(t.stopped, &[("count", &stopped.to_string())]));
    }
    let mut runtimes = tiles(control, visit).await?;
    let more = runtimes.len() > MOST;
    runtimes.truncate(MOST);
    Ok(View {
        shell: Shell::new(visit, Place::Home),
        t,
        j,
        runtimes,
        more,
        attention,
        journeys: journeys
            .iter()
            .take(LAST)
            .map(|one| Line::of(j, one))
            .collect(),
        issuer: status.issuer,
        openid: status.openid_configuration,
        isolation: status.isolation,
    })
}

async fn tiles(control: &Control, visit: &Visit) -> Result<Vec<Tile>, ControlError> {
    let t = texts::traffic(visit.language);
    let routes = control.parts().routes.load_full();
    let now = control.parts().clock.now();
    let filter = RuntimeFilter {
        limit: u32::try_from(MOST + 1).ok(),
        ..RuntimeFilter::default()
    };
    let runtimes = control.listed_runtimes(&filter).await?.into_iter();
    let tile = |view: RuntimeView| {
        let route = routes.by_id(view.id.as_str());
        let day = route.map_or_else(Vec::new, |route| route.traffic.day(now));
        Tile {
            chart: Chart::of(t, &day),
            view,
        }
    };
    Ok(runtimes.map(tile).collect())
}

/// What whoever runs the server should look at.
async fn attention(control: &Control, t: &HomeTexts) -> Result<Vec<String>, ControlError> {
    let mut found = Vec::new();
    if control.is_refused_for_http() {
        let url = control.parts().public_url.as_str();
        found.push(fill(t.plain_http, &[("url", url)]));
    }
    for api in control.apis().await? {
        let seconds = api.token_lifetime.seconds();
        if seconds > LONG {
            let days = seconds.div_ceil(LONG).to_string();
            found.push(fill(t.long_tokens, &[("api", &api.name), ("days", &days)]));
        }
    }
    if control.status().isolation.starts_with("none") {
        found.push(t.no_isolation.to_owned());
    }
    Ok(found)
}
