//! A token of an API, got on the operator's word and shown once.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{ApiView, Explanation};
use shukuba_model::{ApplicationKind, Route, paste};
use shukuba_pages::shown::{clean, fill};

use super::{Asked, address, lifetime};
use crate::console::act::Act;
use crate::console::decoded::Decoded;
use crate::console::phrases;
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, TokenTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// How many applications can be chosen from.
const MOST_APPLICATIONS: u32 = 200;
/// How many runtimes are asked about the token.
const MOST_DOORS: usize = 20;

/// What was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Fields {
    application: String,
}

/// An application to choose.
struct Choice {
    client_id: String,
    name: String,
    chosen: bool,
}

/// What a runtime says of the token.
struct Door {
    runtime: String,
    admitted: bool,
    message: String,
    inspector: String,
    claude: String,
    curl: String,
}

impl Door {
    fn of(route: &Route, explanation: Explanation, token: &str) -> Self {
        let name = route.name.as_str();
        let endpoint = route.addresses.first().map_or("", String::as_str);
        Self {
            runtime: name.to_owned(),
            admitted: explanation.admitted,
            message: explanation.message.unwrap_or_default(),
            inspector: paste::inspector(endpoint, token),
            claude: paste::claude_add_header(name, endpoint, token),
            curl: paste::curl(endpoint, token),
        }
    }
}

/// A token that was got.
struct Got {
    token: String,
    decoded: Option<Decoded>,
    doors: Vec<Door>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "console/api_token.html")]
struct View {
    shell: Shell,
    t: &'static TokenTexts,
    lead: String,
    here: String,
    api_page: String,
    api_name: String,
    lifetime: String,
    choices: Vec<Choice>,
    refused: Option<(String, String)>,
    got: Option<Got>,
}

/// `GET /console/apis/token?identifier=…`.
pub(in crate::console) async fn ask(
    State(control): State<Control>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    let api = match found(&control, &asked).await {
        Ok(api) => api,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    match view(&control, &visit, &api, &asked.application).await {
        Ok(view) => {
            if view.shell.is_operator
                && let Err(login) = visit.require_recent(&control, &visit.here)
            {
                return login;
            }
            shell::page(StatusCode::OK, &view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// `POST /console/apis/token?identifier=…`.
pub(in crate::console) async fn issue(
    State(control): State<Control>,
    Query(asked): Query<Asked>,
    act: Act<Fields>,
) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    if let Err(login) = visit.require_recent(&control, &visit.here) {
        return login;
    }
    match issued(&control, &visit, &asked, &form.application).await {
        Ok((status, view)) => shell::page(status, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn found(control: &Control, asked: &Asked) -> Result<ApiView, ControlError> {
    control.api(&asked.identifier()?).await
}

async fn issued(
    control: &Control,
    visit: &Visit,
    asked: &Asked,
    application: &str,
) -> Result<(StatusCode, View), ControlError> {
    let t = texts::tokens(visit.language);
    let api = found(control, asked).await?;
    let mut view = view(control, visit, &api, application).await?;
    let identifier = Some(api.identifier.clone());
    let issued = match control.issue_token(application, identifier).await {
        Ok(issued) => issued,
        Err(error) => {
            let problem = phrases::problem(visit.language, &error);
            view.refused = Some((problem.message, problem.hint.unwrap_or_default()));
            return Ok((error.status(), view));
        }
    };
    let token = issued.access_token;
    let mut judged = control.explain_everywhere(&token, MOST_DOORS + 1).await;
    let more = judged.len() > MOST_DOORS;
    judged.truncate(MOST_DOORS);
    // Where it is let in is what a person came for.
    judged.sort_by_key(|(_, explanation)| !explanation.admitted);
    let most = MOST_DOORS.to_string();
    view.got = Some(Got {
        decoded: Decoded::of(t, &token, control.parts().clock.now()),
        doors: judged
            .into_iter()
            .map(|(route, explanation)| Door::of(&route, explanation, &token))
            .collect(),
        more: more.then(|| fill(t.more_doors, &[("count", &most)])),
        token,
    });
    Ok((StatusCode::OK, view))
}

async fn view(
    control: &Control,
    visit: &Visit,
    api: &ApiView,
    application: &str,
) -> Result<View, ControlError> {
    let t = texts::tokens(visit.language);
    let of_api = &api.identifier;
    let applications = control.applications_of(of_api, MOST_APPLICATIONS).await?;
    let machines = applications
        .into_iter()
        .filter(|one| one.kind == ApplicationKind::MachineToMachine);
    Ok(View {
        shell: Shell::new(visit, Place::Apis),
        t,
        lead: fill(t.lead, &[("api", &clean(&api.name, 100))]),
        here: address("token", of_api),
        api_page: address("one", of_api),
        api_name: clean(&api.name, 100),
        lifetime: lifetime(texts::apis(visit.language), api.token_lifetime.seconds()),
        choices: machines
            .map(|one| Choice {
                chosen: one.client_id.as_str() == application,
                client_id: one.client_id.to_string(),
                name: clean(&one.name, 100),
            })
            .collect(),
        refused: None,
        got: None,
    })
}
