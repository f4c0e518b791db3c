//! One API: its settings, and which applications may use it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use shukuba_model::wire::{ApiUpdate, ApiView};
use shukuba_pages::shown::fill;

use super::applications::Applications;
use super::form::{Fields, Form};
use super::{Asked, Line, address};
use crate::console::act::{Act, see_other};
use crate::console::phrases;
use crate::console::shell::{self, Place, Shell};
use crate::console::shown::Time;
use crate::console::texts::{self, ApiTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

#[derive(Template)]
#[template(path = "console/api.html")]
pub(super) struct One {
    shell: Shell,
    t: &'static ApiTexts,
    line: Line,
    created: Time,
    token_page: String,
    done: Option<&'static str>,
    long: Option<String>,
    /// Why a button did nothing.
    pub(super) refused: Option<(String, String)>,
    pub(super) applications: Applications,
    scopes: Vec<(String, String)>,
    form: Form,
}

/// `GET /console/apis/one?identifier=…`.
pub(in crate::console) async fn show(
    State(control): State<Control>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    let t = texts::apis(visit.language);
    let found = found(&control, &asked).await;
    let shown = match found {
        Ok(api) => {
            let form = Form::again(&control, t, Fields::of(&api));
            view(&control, &visit, &api, form).await
        }
        Err(error) => Err(error),
    };
    match shown {
        Ok(mut view) => {
            view.done = match asked.done.as_str() {
                "registered" => Some(t.registered),
                "saved" => Some(t.saved),
                "given" => Some(t.given),
                "taken" => Some(t.taken),
                "taken_login" => Some(t.taken_login),
                _ => None,
            };
            shell::page(StatusCode::OK, &view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// `POST /console/apis/one?identifier=…`: changes the API, or removes it.
pub(in crate::console) async fn change(
    State(control): State<Control>,
    Query(asked): Query<Asked>,
    act: Act<Fields>,
) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let api = match found(&control, &asked).await {
        Ok(api) => api,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    if form.action == "delete" {
        remove(&control, &visit, &api).await
    } else {
        save(&control, &visit, &api, form).await
    }
}

/// The API that the address names.
///
/// # Errors
/// When there is none.
pub(super) async fn found(control: &Control, asked: &Asked) -> Result<ApiView, ControlError> {
    control.api(&asked.identifier()?).await
}

async fn remove(control: &Control, visit: &Visit, api: &ApiView) -> Response {
    let Err(error) = control.delete_api(&api.identifier).await else {
        return see_other("/console/apis");
    };
    let t = texts::apis(visit.language);
    let form = Form::again(control, t, Fields::of(api));
    match view(control, visit, api, form).await {
        Ok(mut view) => {
            let problem = phrases::problem(visit.language, &error);
            view.refused = Some((problem.message, problem.hint.unwrap_or_default()));
            shell::page(error.status(), &view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn save(control: &Control, visit: &Visit, api: &ApiView, typed: Fields) -> Response {
    let t = texts::apis(visit.language);
    let typed = Fields {
        identifier: api.identifier.to_string(),
        ..typed
    };
    let mut form = Form::again(control, t, typed);
    let mut status = StatusCode::BAD_REQUEST;
    if let Some(meant) = form.meant() {
        let update = ApiUpdate {
            name: Some(meant.name),
            profile: Some(meant.profile),
            signing_algorithm: Some(meant.algorithm),
            token_lifetime: Some(meant.lifetime),
            scopes: Some(meant.scopes),
        };
        match control.update_api(&api.identifier, update).await {
            Ok(_) => {
                let page = address("one", &api.identifier);
                return see_other(&format!("{page}&done=saved"));
            }
            Err(error) => {
                form.refused("name", &error);
                status = error.status();
            }
        }
    }
    match view(control, visit, api, form.said(visit.language)).await {
        Ok(view) => shell::page(status, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// Its page, with that form.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn view(
    control: &Control,
    visit: &Visit,
    api: &ApiView,
    form: Form,
) -> Result<One, ControlError> {
    let t = texts::apis(visit.language);
    let line = Line::of(t, api);
    Ok(One {
        shell: Shell::new(visit, Place::Apis),
        t,
        created: Time::of_millis(api.created_at.saturating_mul(1000)),
        token_page: address("token", &api.identifier),
        done: None,
        long: line
            .is_long
            .then(|| fill(t.long, &[("lifetime", &line.lifetime)])),
        refused: None,
        applications: Applications::of(control, visit, &api.identifier).await?,
        scopes: api
            .scopes
            .iter()
            .map(|scope| (scope.name().to_owned(), scope.description().to_owned()))
            .collect(),
        line,
        form,
    })
}
