//! One person: what they may do, and what keeps them out or lets them in.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::Role;
use shukuba_model::wire::{GrantView, UserUpdate, UserView};
use shukuba_pages::shown::fill;

use super::{Choice, Line, choices, link_page};
use crate::console::act::{Act, see_other};
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, UserTexts};
use crate::console::trouble::{Kind, Trouble};
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// The most connected applications that are named.
const NAMED: u32 = 20;

#[derive(Template)]
#[template(path = "console/user.html")]
struct View {
    shell: Shell,
    t: &'static UserTexts,
    line: Line,
    roles: Vec<Choice>,
    /// The applications they allowed, which keeping them out would end.
    connected: Vec<GrantView>,
    are_more: bool,
    disable_what: String,
    /// Where the audit log says what they did.
    audit: String,
}

/// `GET /console/users/{user}`.
pub(in crate::console) async fn show(
    State(control): State<Control>,
    visit: Visit,
    Path(user): Path<String>,
) -> Response {
    match view(&control, &visit, &user).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn view(control: &Control, visit: &Visit, which: &str) -> Result<View, ControlError> {
    let t = texts::users(visit.language);
    let user = control.user(which).await?;
    let id = user.id.as_str();
    let mut connected = control.grants(Some(id), None, None, NAMED + 1).await?;
    let are_more = connected.len() > NAMED as usize;
    connected.truncate(NAMED as usize);
    Ok(View {
        shell: Shell::new(visit, Place::Users),
        t,
        roles: choices(t, user.role.as_str()),
        disable_what: fill(t.disable_what, &[("user", user.name.as_str())]),
        audit: super::super::audit::of_person(&user.name),
        connected,
        are_more,
        line: Line::of(t, visit, user),
    })
}

/// A change of what a person may do.
#[derive(Deserialize)]
pub(in crate::console) struct RoleForm {
    role: String,
}

/// `POST /console/users/{user}/role`.
pub(in crate::console) async fn set_role(
    State(control): State<Control>,
    Path(user): Path<String>,
    act: Act<RoleForm>,
) -> Response {
    let Ok(role) = act.form.role.parse::<Role>() else {
        return Trouble::of(act.visit.language, Kind::Unreadable).into_response();
    };
    let update = UserUpdate {
        disabled: None,
        role: Some(role),
    };
    change(&control, &act.visit, &user, update).await
}

/// Whether a person is kept out.
#[derive(Deserialize)]
pub(in crate::console) struct DisabledForm {
    disabled: String,
}

/// `POST /console/users/{user}/disabled`.
pub(in crate::console) async fn set_disabled(
    State(control): State<Control>,
    Path(user): Path<String>,
    act: Act<DisabledForm>,
) -> Response {
    let Ok(disabled) = act.form.disabled.parse::<bool>() else {
        return Trouble::of(act.visit.language, Kind::Unreadable).into_response();
    };
    let update = UserUpdate {
        disabled: Some(disabled),
        role: None,
    };
    change(&control, &act.visit, &user, update).await
}

async fn change(control: &Control, visit: &Visit, which: &str, update: UserUpdate) -> Response {
    let user = match control.user(which).await {
        Ok(user) => user,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let page = page_of(&user);
    if let Err(login) = visit.require_recent(control, &page) {
        return login;
    }
    let control = control.acting(&visit.person);
    match control.update_user(user.id.as_str(), update).await {
        Ok(_) => see_other(&page),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// `POST /console/users/{user}/reset`.
pub(in crate::console) async fn reset(
    State(control): State<Control>,
    Path(user): Path<String>,
    act: Act<Nothing>,
) -> Response {
    let visit = &act.visit;
    let user = match control.user(&user).await {
        Ok(user) => user,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    if let Err(login) = visit.require_recent(&control, &page_of(&user)) {
        return login;
    }
    let control = control.acting(&visit.person);
    match control.reset_user(user.id.as_str()).await {
        Ok(created) => link_page(visit, created),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// A form that says nothing but that it was sent.
#[derive(Deserialize)]
pub(in crate::console) struct Nothing {}

/// The page of a person; their id is fit for a path.
fn page_of(user: &UserView) -> String {
    format!("/console/users/{}", user.id)
}
