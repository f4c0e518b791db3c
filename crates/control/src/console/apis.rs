//! APIs: a list, the form that registers one, one with its settings, and
//! tokens of it.

mod applications;
mod form;
mod one;
mod sample;
mod token;

pub(super) use applications::change as change_applications;
pub(super) use one::{change, show};
pub(super) use token::{ask, issue};

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shukuba_model::wire::{ApiCreate, ApiView};
use shukuba_model::{ApiIdentifier, NameError};
use shukuba_pages::shown::fill;

use self::form::{Fields, Form};
use super::act::{Act, see_other};
use super::shell::{self, Place, Shell};
use super::texts::{self, ApiTexts};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::{Control, ControlError};

/// What the address of a page says beside its path.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    identifier: String,
    application: String,
    done: String,
}

impl Asked {
    fn identifier(&self) -> Result<ApiIdentifier, ControlError> {
        let invalid = |error: NameError| ControlError::invalid(error.to_string());
        self.identifier.parse().map_err(invalid)
    }
}

/// The address of a page about an API: its identifier may hold anything that
/// has a meaning in addresses.
pub(super) fn address(page: &str, identifier: &ApiIdentifier) -> String {
    let identifier = utf8_percent_encode(identifier.as_str(), NON_ALPHANUMERIC);
    format!("/console/apis/{page}?identifier={identifier}")
}

/// A lifetime in its largest unit.
fn lifetime(t: &ApiTexts, seconds: u64) -> String {
    let (sentence, unit) = match seconds {
        whole if whole % 86_400 == 0 => (t.of_days, 86_400),
        whole if whole % 3_600 == 0 => (t.of_hours, 3_600),
        whole if whole % 60 == 0 => (t.of_minutes, 60),
        _ => (t.of_seconds, 1),
    };
    fill(sentence, &[("count", &(seconds / unit).to_string())])
}

/// An API on a line.
struct Line {
    name: String,
    identifier: String,
    address: String,
    profile: &'static str,
    algorithm: &'static str,
    lifetime: String,
    is_long: bool,
}

impl Line {
    fn of(t: &ApiTexts, api: &ApiView) -> Self {
        Self {
            name: api.name.clone(),
            identifier: api.identifier.to_string(),
            address: address("one", &api.identifier),
            profile: sample::label(t, api.profile),
            algorithm: api.signing_algorithm.as_str(),
            lifetime: lifetime(t, api.token_lifetime.seconds()),
            is_long: api.token_lifetime.warning().is_some(),
        }
    }
}

#[derive(Template)]
#[template(path = "console/apis.html")]
struct List {
    shell: Shell,
    t: &'static ApiTexts,
    apis: Vec<Line>,
}

/// `GET /console/apis`.
pub(super) async fn list(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::apis(visit.language);
    let apis = match control.apis().await {
        Ok(apis) => apis,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let view = List {
        shell: Shell::new(&visit, Place::Apis),
        t,
        apis: apis.iter().map(|api| Line::of(t, api)).collect(),
    };
    shell::page(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "console/api_new.html")]
struct New {
    shell: Shell,
    t: &'static ApiTexts,
    form: Form,
}

/// `GET /console/apis/new`.
pub(super) async fn new(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::apis(visit.language);
    let view = New {
        shell: Shell::new(&visit, Place::Apis),
        t,
        form: Form::fresh(&control, t),
    };
    shell::page(StatusCode::OK, &view)
}

/// `POST /console/apis/new`.
pub(super) async fn register(State(control): State<Control>, act: Act<Fields>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let t = texts::apis(visit.language);
    let (status, form) = match registered(&control, t, form).await {
        Ok(api) => {
            let page = address("one", &api.identifier);
            return see_other(&format!("{page}&done=registered"));
        }
        Err(refused) => refused,
    };
    let view = New {
        shell: Shell::new(&visit, Place::Apis),
        t,
        form: form.said(visit.language),
    };
    shell::page(status, &view)
}

/// The API as registered, or the form again.
async fn registered(
    control: &Control,
    t: &'static ApiTexts,
    fields: Fields,
) -> Result<ApiView, (StatusCode, Form)> {
    let mut form = Form::again(control, t, fields);
    let identifier = form.identifier();
    let (Some(identifier), Some(meant)) = (identifier, form.meant()) else {
        return Err((StatusCode::BAD_REQUEST, form));
    };
    let new = ApiCreate {
        name: meant.name,
        identifier,
        profile: meant.profile,
        signing_algorithm: meant.algorithm,
        token_lifetime: meant.lifetime,
        scopes: meant.scopes,
    };
    control.create_api(new).await.map_err(|error| {
        let field = match error {
            ControlError::Conflict { .. } => "identifier",
            _ => "name",
        };
        form.refused(field, &error);
        (error.status(), form)
    })
}
