//! The metadata document of a client whose host this server cannot reach.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::ClientId;
use shukuba_model::wire::{DocumentImport, DocumentImported};
use shukuba_pages::shown::clean;

use super::{LONGEST_NAME, address_of, turned_away};
use crate::console::act::Act;
use crate::console::phrases;
use crate::console::problems::Problems;
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, ImportTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// How much is shown of a note about the document, in characters.
const LONGEST_NOTE: usize = 600;

/// The form, as it is sent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct ImportForm {
    client_id: String,
    document: String,
}

/// A client that was imported.
struct Imported {
    name: String,
    page: String,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "console/application_import.html")]
struct View {
    shell: Shell,
    t: &'static ImportTexts,
    applications: &'static str,
    client_id: &'static str,
    form: ImportForm,
    problems: Problems,
    imported: Option<Imported>,
}

impl View {
    fn new(visit: &Visit, form: ImportForm) -> Self {
        let t = texts::applications(visit.language);
        Self {
            shell: Shell::new(visit, Place::Applications),
            t: texts::application_import(visit.language),
            applications: t.title,
            client_id: t.client_id,
            form,
            problems: Problems::default(),
            imported: None,
        }
    }
}

/// `GET /console/applications/import`.
pub(super) async fn page(visit: Visit) -> Response {
    let elsewhere = turned_away(&visit);
    elsewhere.unwrap_or_else(|| {
        let view = View::new(&visit, ImportForm::default());
        shell::page(StatusCode::OK, &view)
    })
}

/// `POST /console/applications/import`: what was left out of the document
/// stands in the answer itself.
pub(super) async fn submit(State(control): State<Control>, act: Act<ImportForm>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let import = form.client_id.trim().parse().map(|client_id: ClientId| {
        let document = form.document.clone();
        DocumentImport {
            client_id,
            document,
        }
    });
    let mut view = View::new(&visit, form);
    let import = match import {
        Ok(import) => import,
        Err(error) => {
            let text = phrases::said(visit.language, &error.to_string());
            view.problems.note("client_id", text);
            return shell::page(StatusCode::BAD_REQUEST, &view);
        }
    };
    match control.import_document(import).await {
        Ok(imported) => {
            view.imported = Some(Imported::of(imported));
            view.form = ImportForm::default();
            shell::page(StatusCode::CREATED, &view)
        }
        Err(error @ ControlError::Internal(_)) => {
            Trouble::new(visit.language, error).into_response()
        }
        Err(error) => {
            let text = phrases::in_one(visit.language, &error);
            view.problems.note("document", text);
            shell::page(error.status(), &view)
        }
    }
}

impl Imported {
    fn of(imported: DocumentImported) -> Self {
        let application = imported.application;
        let notes = imported.notes.iter();
        Self {
            name: clean(&application.name, LONGEST_NAME),
            page: address_of(application.client_id.as_str()),
            notes: notes.map(|note| clean(note, LONGEST_NOTE)).collect(),
        }
    }
}
