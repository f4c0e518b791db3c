//! `/api/v1/journeys`.

use axum::Json as Reply;
use axum::extract::State;
use shukuba_model::wire::{JourneyView, Problem};
use shukuba_pages::Language;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Path;
use crate::{Control, ControlError};

/// Every route of journeys.
pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(show))
}

/// Lists what clients did on their way in, the one that moved last first.
///
/// The newest 200 are kept, until the server ends.
#[utoipa::path(
    get,
    path = "/api/v1/journeys",
    operation_id = "listJourneys",
    tag = "journeys",
    responses(
        (status = OK, description = "The journeys", body = Vec<JourneyView>),
    )
)]
pub(crate) async fn list(State(control): State<Control>) -> Reply<Vec<JourneyView>> {
    Reply(control.journeys(Language::English))
}

/// Shows what one client did on its way in.
#[utoipa::path(
    get,
    path = "/api/v1/journeys/{journey}",
    operation_id = "showJourney",
    tag = "journeys",
    params(("journey" = u64, Path, description = "Its number")),
    responses(
        (status = OK, description = "The journey", body = JourneyView),
        (status = NOT_FOUND, description = "It is not kept", body = Problem),
    )
)]
pub(crate) async fn show(
    State(control): State<Control>,
    Path(journey): Path<String>,
) -> Result<Reply<JourneyView>, ControlError> {
    let id = journey
        .parse()
        .map_err(|_| ControlError::invalid(format!("'{journey}' is no number of a journey")))?;
    control.journey(id, Language::English).map(Reply)
}
