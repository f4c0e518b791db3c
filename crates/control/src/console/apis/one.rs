//! One API: its settings, and which applications may use it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::wire::{ApiUpdate, ApiView, ApplicationView};
use shukuba_model::{ApiIdentifier, ApplicationKind};
use shukuba_pages::shown::{clean, fill};

use super::form::{Fields, Form};
use super::{Asked, Line, address};
use crate::console::act::{Act, see_other};
use crate::console::shell::{self, Place, Shell};
use crate::console::shown::Time;
use crate::console::texts::{self, ApiTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// How many applications are shown.
const MOST: u32 = 100;

/// An application that may use the API.
struct User {
    name: String,
    client_id: String,
    kind: &'static str,
    /// Its own page.
    page: String,
    /// Where to get a token as it, where it gets its own.
    token: Option<String>,
}

impl User {
    fn of(t: &ApiTexts, api: &ApiIdentifier, application: &ApplicationView) -> Self {
        let machine = application.kind == ApplicationKind::MachineToMachine;
        let id = application.client_id.as_str();
        let encoded = utf8_percent_encode(id, NON_ALPHANUMERIC);
        let token = format!("{}&application={encoded}", address("token", api));
        Self {
            name: clean(&application.name, 100),
            client_id: id.to_owned(),
            kind: match application.kind {
                ApplicationKind::MachineToMachine => t.m2m,
                ApplicationKind::Connector => t.connector,
                ApplicationKind::Native => t.native,
            },
            page: format!("/console/applications/one?id={encoded}"),
            token: machine.then_some(token),
        }
    }
}

#[derive(Template)]
#[template(path = "console/api.html")]
struct One {
    shell: Shell,
    t: &'static ApiTexts,
    line: Line,
    created: Time,
    token_page: String,
    done: Option<&'static str>,
    long: Option<String>,
    /// Why a button did nothing.
    refused: Option<(String, String)>,
    users: Vec<User>,
    more: Option<String>,
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

async fn found(control: &Control, asked: &Asked) -> Result<ApiView, ControlError> {
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
            let problem = error.problem();
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
    match view(control, visit, api, form).await {
        Ok(view) => shell::page(status, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn view(
    control: &Control,
    visit: &Visit,
    api: &ApiView,
    form: Form,
) -> Result<One, ControlError> {
    let t = texts::apis(visit.language);
    let mut applications = control.applications_of(&api.identifier, MOST + 1).await?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let more = applications.len() > most;
    applications.truncate(most);
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
        users: applications
            .iter()
            .map(|application| User::of(t, &api.identifier, application))
            .collect(),
        more: more.then(|| fill(t.more_applications, &[("count", &MOST.to_string())])),
        scopes: api
            .scopes
            .iter()
            .map(|scope| (scope.name().to_owned(), scope.description().to_owned()))
            .collect(),
        line,
        form,
    })
}
