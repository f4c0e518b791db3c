//! Which applications may use an API: the part of its page that says so, and
//! the forms in it.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shukuba_model::wire::{ApiView, ApplicationView};
use shukuba_model::{ApiIdentifier, ApplicationKind, ClientSource};
use shukuba_pages::shown::{clean, fill};

use super::form::{Fields, Form};
use super::{Asked, address, one};
use crate::console::act::{Act, see_other};
use crate::console::phrases;
use crate::console::shell;
use crate::console::texts::{self, ApiTexts};
use crate::console::trouble::{Kind, Trouble};
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// How many applications are shown that may use the API.
const MOST: usize = 100;
/// How many others are picked from; where there are more, one is typed.
const PICKED: usize = 50;
/// How many are suggested to whoever types.
const SUGGESTED: usize = 200;
/// The longest name of an application.
const LONGEST_NAME: usize = 100;

/// An application that may use the API.
pub(super) struct User {
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) kind: &'static str,
    /// Its own page.
    pub(super) page: String,
    /// Where to get a token as it, where it gets its own.
    pub(super) token: Option<String>,
}

impl User {
    fn of(t: &ApiTexts, api: &ApiIdentifier, application: &ApplicationView) -> Self {
        let machine = application.kind == ApplicationKind::MachineToMachine;
        let id = application.client_id.as_str();
        let encoded = utf8_percent_encode(id, NON_ALPHANUMERIC);
        let token = format!("{}&application={encoded}", address("token", api));
        Self {
            name: clean(&application.name, LONGEST_NAME),
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

/// An application that may come to use it.
pub(super) struct Other {
    pub(super) name: String,
    pub(super) client_id: String,
}

/// The applications of an API, as its page shows them.
pub(super) struct Applications {
    pub(super) users: Vec<User>,
    /// That more may use it than are shown.
    pub(super) more: Option<String>,
    pub(super) others: Vec<Other>,
    /// What to type, where there are too many to pick from.
    pub(super) type_it: Option<String>,
    /// What was typed.
    pub(super) typed: String,
    /// Where the forms are sent.
    pub(super) action: String,
}

impl Applications {
    pub(super) async fn of(
        control: &Control,
        visit: &Visit,
        api: &ApiIdentifier,
    ) -> Result<Self, ControlError> {
        let t = texts::apis(visit.language);
        let mut users = control.applications_of(api, one_more(MOST)).await?;
        let more = users.len() > MOST;
        users.truncate(MOST);
        let others = control.applications_without(api, one_more(SUGGESTED));
        let mut others = others.await?;
        let many = others.len() > PICKED;
        others.truncate(SUGGESTED);
        let suggested = others.len().to_string();
        Ok(Self {
            users: users.iter().map(|one| User::of(t, api, one)).collect(),
            more: more.then(|| fill(t.more_applications, &[("count", &MOST.to_string())])),
            type_it: many.then(|| fill(t.other_hint, &[("count", &suggested)])),
            others: others
                .iter()
                .map(|other| Other {
                    name: clean(&other.name, LONGEST_NAME),
                    client_id: other.client_id.to_string(),
                })
                .collect(),
            typed: String::new(),
            action: address("applications", api),
        })
    }
}

fn one_more(count: usize) -> u32 {
    u32::try_from(count + 1).unwrap_or(u32::MAX)
}

/// Which application is meant, and what shall become of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Tie {
    application: String,
    action: String,
}

/// Why nothing came of a form: what is wrong, and what to do.
struct Refused(StatusCode, String, String);

impl From<ControlError> for Refused {
    fn from(error: ControlError) -> Self {
        let problem = error.problem();
        let fix = problem.hint.unwrap_or_default();
        Self(error.status(), problem.message, fix)
    }
}

/// `POST /console/apis/applications?identifier=…`: lets an application use the
/// API, or takes the API from it.
pub(in crate::console) async fn change(
    State(control): State<Control>,
    Query(asked): Query<Asked>,
    act: Act<Tie>,
) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let api = match one::found(&control, &asked).await {
        Ok(api) => api,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let t = texts::apis(visit.language);
    let id = &api.identifier;
    let outcome = match form.action.as_str() {
        "give" => give(&control, t, id, &form.application).await,
        "take" => take(&control, t, id, &form.application).await,
        _ => return Trouble::of(visit.language, Kind::Unreadable).into_response(),
    };
    let page = address("one", id);
    match outcome {
        Ok(done) => see_other(&format!("{page}&done={done}")),
        Err(refused) => {
            // The page is that of the API, whatever form was sent.
            let visit = Visit {
                here: page,
                ..visit
            };
            again(&control, &visit, &api, form, refused).await
        }
    }
}

async fn give(
    control: &Control,
    t: &ApiTexts,
    api: &ApiIdentifier,
    typed: &str,
) -> Result<&'static str, Refused> {
    let application = meant(control, t, typed).await?;
    control
        .give_api(application.client_id.as_str(), api)
        .await?;
    Ok("given")
}

async fn take(
    control: &Control,
    t: &ApiTexts,
    api: &ApiIdentifier,
    typed: &str,
) -> Result<&'static str, Refused> {
    let application = meant(control, t, typed).await?;
    let machine = application.kind == ApplicationKind::MachineToMachine;
    if machine && application.apis == [api.clone()] {
        let name = clean(&application.name, LONGEST_NAME);
        let text = fill(t.last_api, &[("name", &name)]);
        return Err(Refused(StatusCode::BAD_REQUEST, text, String::new()));
    }
    control
        .take_api(application.client_id.as_str(), api)
        .await?;
    Ok(if machine { "taken" } else { "taken_login" })
}

/// The operator's application of that client id or name.
async fn meant(control: &Control, t: &ApiTexts, typed: &str) -> Result<ApplicationView, Refused> {
    let typed = typed.trim();
    let refused = |status, text: &str| {
        let text = fill(text, &[("name", &clean(typed, LONGEST_NAME))]);
        Err(Refused(status, text, String::new()))
    };
    if typed.is_empty() {
        return refused(StatusCode::BAD_REQUEST, t.pick_application);
    }
    match control.application(typed).await {
        Ok(application) if application.source == ClientSource::Registered => Ok(application),
        Ok(_) => refused(StatusCode::BAD_REQUEST, t.not_registered),
        Err(ControlError::NotFound(_)) => refused(StatusCode::NOT_FOUND, t.unknown_application),
        Err(error) => Err(error.into()),
    }
}

/// The API's page with why nothing came of the form.
async fn again(
    control: &Control,
    visit: &Visit,
    api: &ApiView,
    tie: Tie,
    refused: Refused,
) -> Response {
    let t = texts::apis(visit.language);
    let form = Form::again(control, t, Fields::of(api));
    let Refused(status, what, fix) = refused;
    match one::view(control, visit, api, form).await {
        Ok(mut view) => {
            let said = |text: &str| phrases::said(visit.language, text);
            view.refused = Some((said(&what), said(&fix)));
            if tie.action == "give" {
                view.applications.typed = clean(tie.application.trim(), LONGEST_NAME);
            }
            shell::page(status, &view)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}
