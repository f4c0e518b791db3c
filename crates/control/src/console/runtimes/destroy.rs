//! The end of a runtime, and what it means.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::Role;
use shukuba_pages::shown::fill;

use super::page_of;
use crate::console::act::{Act, see_other};
use crate::console::confirm::{Confirm, List};
use crate::console::shell::{self, Place, Shell};
use crate::console::texts;
use crate::console::trouble::{Kind, Trouble};
use crate::console::visit::Visit;
use crate::{Control, ControlError};

const LIST: &str = "/console/runtimes";

/// `GET /console/runtimes/{runtime}/destroy`: says what it does, and asks.
pub(in crate::console) async fn confirm(
    State(control): State<Control>,
    visit: Visit,
    Path(name): Path<String>,
) -> Response {
    if visit.person.role != Role::Operator {
        return Trouble::of(visit.language, Kind::NotOperator).into_response();
    }
    match question(&control, &visit, &name).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn question(control: &Control, visit: &Visit, name: &str) -> Result<Confirm, ControlError> {
    let t = texts::runtimes(visit.language);
    let runtime = control.runtime(name).await?;
    let name = runtime.name.to_string();
    let page = page_of(&name);
    let ends = [
        ("versions", runtime.versions.len().to_string()),
        ("instances", runtime.instances.to_string()),
    ];
    let ends = ends.each_ref().map(|(gap, count)| (*gap, count.as_str()));
    Ok(Confirm {
        shell: Shell::new(visit, Place::Runtimes),
        list: List {
            page: LIST,
            title: t.title,
        },
        title: fill(t.destroy_title, &[("runtime", &name)]),
        what: vec![
            fill(t.destroy_address, &[("address", &runtime.endpoint)]),
            fill(t.destroy_ends, &ends),
            t.destroy_keeps.to_owned(),
        ],
        action: format!("{page}/destroy"),
        // Another of the same name, made since, is not what was asked about.
        hidden: vec![("id", runtime.id.to_string())],
        submit: t.destroy,
        cancel: t.cancel,
        link: page,
        name,
    })
}

/// Which runtime was asked about.
#[derive(Deserialize)]
pub(in crate::console) struct Meant {
    #[serde(default)]
    id: String,
}

/// `POST /console/runtimes/{runtime}/destroy`.
pub(in crate::console) async fn submit(
    State(control): State<Control>,
    Path(name): Path<String>,
    act: Act<Meant>,
) -> Response {
    let Act { visit, form } = act;
    let acting = control.acting(&visit.person);
    let failed = |error| Trouble::new(visit.language, error).into_response();
    match control.runtime(&name).await {
        Ok(runtime) if runtime.id.as_str() == form.id => {}
        // The page says what is there now.
        Ok(_) => return see_other(&format!("{}/destroy", page_of(&name))),
        Err(error) => return failed(error),
    }
    // It goes on when the browser hangs up: half of a runtime is of no use.
    let operation = tokio::spawn(async move { acting.destroy(&form.id).await });
    match operation.await.map_err(ControlError::internal) {
        Ok(Ok(())) => see_other(LIST),
        Ok(Err(error)) | Err(error) => failed(error),
    }
}
