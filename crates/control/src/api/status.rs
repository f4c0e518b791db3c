//! `/api/v1/status`.

use axum::Json as Reply;
use axum::extract::State;
use shukuba_model::wire::ServerStatus;

use crate::Control;

/// `GET`: the server's facts.
pub(crate) async fn show(State(control): State<Control>) -> Reply<ServerStatus> {
    Reply(control.status())
}
