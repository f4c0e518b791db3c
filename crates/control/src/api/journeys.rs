//! `/api/v1/journeys`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use shukuba_model::wire::JourneyView;

use crate::{Control, ControlError};

/// `GET`: the newest journeys, the one that moved last first.
pub(crate) async fn list(State(control): State<Control>) -> Reply<Vec<JourneyView>> {
    Reply(control.journeys())
}

/// `GET` of one.
pub(crate) async fn show(
    State(control): State<Control>,
    Path(journey): Path<String>,
) -> Result<Reply<JourneyView>, ControlError> {
    let id = journey
        .parse()
        .map_err(|_| ControlError::invalid(format!("'{journey}' is no number of a journey")))?;
    control.journey(id).map(Reply)
}
