//! The first page: the runtimes, and what needs attention.

mod notes;
mod steps;
mod tile;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use shukuba_model::wire::{JourneyView, RuntimeView};
use shukuba_store::RuntimeFilter;

use self::notes::Note;
use self::steps::Steps;
use self::tile::Tile;
use super::journeys::Line;
use super::phrases;
use super::shell::{self, Place, Shell};
use super::texts::{self, HomeTexts, JourneyTexts};
use super::traffic::Chart;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::{Control, ControlError};

/// How many runtimes are shown.
const MOST: usize = 24;
/// How many journeys are shown.
const LAST: usize = 5;

#[derive(Template)]
#[template(path = "console/home.html")]
struct View {
    shell: Shell,
    t: &'static HomeTexts,
    j: &'static JourneyTexts,
    steps: Option<Steps>,
    /// What all runtimes were asked together, where there are several.
    total: Option<Chart>,
    runtimes: Vec<Tile>,
    /// Whether there are runtimes that are not shown.
    more: bool,
    attention: Vec<Note>,
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
    let shell = Shell::new(visit, Place::Home);
    let status = control.status();
    let journeys = control.journeys(visit.language);
    let stuck = |one: &&JourneyView| one.advice.is_some() && !is_ours(one);
    let stopped = journeys.iter().filter(stuck).count();
    let filter = RuntimeFilter {
        // One more than is shown tells whether there are others.
        limit: u32::try_from(MOST + 1).ok(),
        ..RuntimeFilter::default()
    };
    let runtimes = control.listed_runtimes(&filter).await?;
    let came = !journeys.is_empty();
    let total = control.total_traffic();
    Ok(View {
        steps: Steps::left(control, t, &runtimes, came, shell.is_operator).await?,
        attention: notes::all(control, t, stopped).await?,
        total: total.map(|day| Chart::of(texts::traffic(visit.language), &day)),
        more: runtimes.len() > MOST,
        runtimes: tiles(control, visit, runtimes),
        journeys: journeys
            .iter()
            .take(LAST)
            .map(|one| Line::of(j, one))
            .collect(),
        issuer: status.issuer,
        openid: status.openid_configuration,
        isolation: phrases::said(visit.language, &status.isolation),
        shell,
        t,
        j,
    })
}

/// Whether the command line or the console came: they look at what they are
/// asked about, and go.
fn is_ours(one: &JourneyView) -> bool {
    let agent = one.journey.agent.as_str();
    ["shukuba/", "shukuba-console/"]
        .iter()
        .any(|own| agent.starts_with(own))
}

fn tiles(control: &Control, visit: &Visit, runtimes: Vec<RuntimeView>) -> Vec<Tile> {
    let charts = texts::traffic(visit.language);
    let routes = control.parts().routes.load_full();
    let now = control.parts().clock.now();
    let tile = |view: RuntimeView| {
        let route = routes.by_id(view.id.as_str());
        let day = route.map_or_else(Vec::new, |route| route.traffic.day(now));
        Tile::new(visit.language, view, Chart::of(charts, &day))
    };
    runtimes.into_iter().take(MOST).map(tile).collect()
}
