//! Initial access tokens: what lets clients register themselves where the
//! registration policy asks for one.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{InitialTokenCreate, InitialTokenCreated, InitialTokenView};
use shukuba_pages::shown::fill;

use super::{Which, time};
use crate::console::act::{Act, see_other};
use crate::console::phrases;
use crate::console::shell::{self, Place, Shell};
use crate::console::shown::Time;
use crate::console::texts::{self, ApplicationTexts, RegistrationTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

const PAGE: &str = "/console/applications/registration-tokens";
/// The seconds of a day.
const DAY: u32 = 86_400;

/// The form, as it is sent.
#[derive(Deserialize)]
pub(in crate::console) struct TokenForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    uses: String,
    #[serde(default)]
    days: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            uses: "1".to_owned(),
            days: "7".to_owned(),
        }
    }
}

/// What is wrong with the form, and where.
struct Wrong {
    status: StatusCode,
    field: &'static str,
    what: String,
}

impl Wrong {
    fn at(field: &'static str, what: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            field,
            what: what.into(),
        }
    }
}

impl TokenForm {
    /// What it asks for.
    fn read(&self, t: &RegistrationTexts) -> Result<InitialTokenCreate, Wrong> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let name = self.name.trim();
        if let Err(error) = crate::ops::apis::require_name(name) {
            return Err(Wrong::at("name", error.to_string()));
        }
        let uses = number(&self.uses).filter(|uses| (1..=10_000).contains(uses));
        let days = number(&self.days).filter(|days| (1..=90).contains(days));
        Ok(InitialTokenCreate {
            name: name.to_owned(),
            uses: uses.ok_or_else(|| Wrong::at("uses", t.uses_rule))?,
            lifetime: days.ok_or_else(|| Wrong::at("days", t.days_rule))? * DAY,
        })
    }
}

struct Row {
    id: String,
    name: String,
    left: String,
    used_up: bool,
    last_used: Option<Time>,
    until: Time,
}

#[derive(Template)]
#[template(path = "console/registration_tokens.html")]
struct View {
    shell: Shell,
    t: &'static ApplicationTexts,
    r: &'static RegistrationTexts,
    form: TokenForm,
    wrong: Option<Wrong>,
    made: Option<InitialTokenCreated>,
    rows: Vec<Row>,
}

impl View {
    /// What is wrong with a field.
    fn wrong_at(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.as_ref()?;
        (wrong.field == field).then_some(wrong.what.as_str())
    }
}

/// `GET /console/applications/registration-tokens`.
pub(super) async fn page(State(control): State<Control>, visit: Visit) -> Response {
    show(&control, &visit, TokenForm::default(), Ok(None)).await
}

async fn show(
    control: &Control,
    visit: &Visit,
    form: TokenForm,
    came: Result<Option<InitialTokenCreated>, Wrong>,
) -> Response {
    let t = texts::applications(visit.language);
    let r = texts::registration(visit.language);
    let (made, wrong) = match came {
        Ok(made) => (made, None),
        Err(wrong) => {
            let what = phrases::said(visit.language, &wrong.what);
            (None, Some(Wrong { what, ..wrong }))
        }
    };
    // Not to know the others must not cost the token, which is shown now or never.
    let tokens = match control.initial_tokens().await {
        Ok(tokens) => tokens,
        Err(_) if made.is_some() => Vec::new(),
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let status = match (&wrong, &made) {
        (Some(wrong), _) => wrong.status,
        (None, Some(_)) => StatusCode::CREATED,
        (None, None) => StatusCode::OK,
    };
    let view = View {
        shell: Shell::new(visit, Place::Applications),
        t,
        r,
        form,
        wrong,
        made,
        rows: tokens.into_iter().map(|token| row(r, token)).collect(),
    };
    shell::page(status, &view)
}

fn row(r: &RegistrationTexts, token: InitialTokenView) -> Row {
    let (left, uses) = (token.uses_left.to_string(), token.uses.to_string());
    Row {
        left: fill(r.left_of, &[("left", &left), ("uses", &uses)]),
        used_up: token.uses_left == 0,
        last_used: token.last_used_at.map(time),
        until: time(token.expires_at),
        name: token.name,
        id: token.id,
    }
}

/// `POST /console/applications/registration-tokens`: makes one, and shows it in
/// the answer itself.
pub(super) async fn create(State(control): State<Control>, act: Act<TokenForm>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    if let Err(login) = visit.require_recent(&control, PAGE) {
        return login;
    }
    let new = match form.read(texts::registration(visit.language)) {
        Ok(new) => new,
        Err(wrong) => return show(&control, &visit, form, Err(wrong)).await,
    };
    match control.create_initial_token(&new).await {
        Ok(made) => show(&control, &visit, TokenForm::default(), Ok(Some(made))).await,
        Err(error @ ControlError::Invalid { .. }) => {
            let wrong = Wrong::at("name", error.to_string());
            show(&control, &visit, form, Err(wrong)).await
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// `POST /console/applications/registration-tokens/revoke`.
pub(super) async fn revoke(State(control): State<Control>, act: Act<Which>) -> Response {
    let control = control.acting(&act.visit.person);
    match control.revoke_initial_token(&act.form.id).await {
        Ok(()) => see_other(PAGE),
        Err(error) => Trouble::new(act.visit.language, error).into_response(),
    }
}
