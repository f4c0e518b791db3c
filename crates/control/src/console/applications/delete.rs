//! The end of an application, and what it means.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use shukuba_model::ClientSource;
use shukuba_pages::shown::{clean, fill};

use super::one::{PEOPLE, connected};
use super::{LONGEST_NAME, Which, address_of, list, turned_away};
use crate::console::act::{Act, see_other};
use crate::console::confirm::Confirm;
use crate::console::shell::{self, Place, Shell};
use crate::console::texts;
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// `GET /console/applications/delete`: says what it does, and asks.
pub(super) async fn confirm(
    State(control): State<Control>,
    visit: Visit,
    Query(which): Query<Which>,
) -> Response {
    if let Some(elsewhere) = turned_away(&visit) {
        return elsewhere;
    }
    match question(&control, &visit, which.id).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn question(control: &Control, visit: &Visit, id: String) -> Result<Confirm, ControlError> {
    let t = texts::applications(visit.language);
    let application = control.application(&id).await?;
    let grants = connected(control, &application.client_id, None).await?;
    let count = grants.len().min(PEOPLE);
    let mut number = count.to_string();
    if grants.len() > PEOPLE {
        number.push('+');
    }
    let mut what = vec![t.delete_what.to_owned()];
    if count > 0 {
        what.push(fill(t.delete_people, &[("count", &number)]));
    }
    what.push(
        match application.source {
            ClientSource::Registered => t.delete_registered,
            ClientSource::Dynamic => t.delete_dynamic,
            ClientSource::Document => t.delete_document,
        }
        .to_owned(),
    );
    let name = clean(&application.name, LONGEST_NAME);
    Ok(Confirm {
        shell: Shell::new(visit, Place::Applications),
        list: list(t),
        title: fill(t.delete_title, &[("name", &name)]),
        name,
        link: address_of(&id),
        what,
        action: "/console/applications/delete".to_owned(),
        hidden: vec![("id", id)],
        submit: t.delete,
        cancel: t.cancel,
    })
}

/// `POST /console/applications/delete`.
pub(super) async fn submit(State(control): State<Control>, act: Act<Which>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let source = match control.application(&form.id).await {
        Ok(application) => application.source.as_str(),
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    match control.delete_application(&form.id).await {
        Ok(()) => see_other(&format!("/console/applications?source={source}")),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}
