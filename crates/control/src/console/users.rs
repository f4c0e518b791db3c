//! The people who may log in: a list, and a form to create one.

mod one;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{UserCreate, UserCreated, UserView};
use shukuba_model::{Role, UserName};
use shukuba_pages::shown::fill;

use super::act::Act;
use super::shell::{self, Place, Shell};
use super::shown::Time;
use super::texts::{self, UserTexts};
use super::trouble::{Kind, Trouble};
use super::visit::Visit;
use crate::ops::users::{PersonField, wrong_fields};
use crate::{Control, ControlError};

pub(super) use one::{reset, set_disabled, set_role, show};

/// Where a person is created.
const NEW: &str = "/console/users/new";

/// A person on a line.
struct Line {
    user: UserView,
    role: &'static str,
    state: &'static str,
    tone: &'static str,
    created: Time,
    is_me: bool,
}

impl Line {
    fn of(t: &'static UserTexts, visit: &Visit, user: UserView) -> Self {
        let (state, tone) = match (user.disabled, user.has_password) {
            (true, _) => (t.disabled, "bad"),
            (false, true) => (t.active, "good"),
            (false, false) => (t.no_password, "warn"),
        };
        Self {
            role: t.role(user.role),
            state,
            tone,
            created: Time::of_seconds(user.created_at),
            is_me: user.id == visit.person.id,
            user,
        }
    }
}

#[derive(Template)]
#[template(path = "console/users.html")]
struct List {
    shell: Shell,
    t: &'static UserTexts,
    users: Vec<Line>,
}

/// `GET /console/users`.
pub(super) async fn list(State(control): State<Control>, visit: Visit) -> Response {
    let t = texts::users(visit.language);
    let users = match control.users().await {
        Ok(users) => users,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let view = List {
        shell: Shell::new(&visit, Place::Users),
        t,
        users: users
            .into_iter()
            .map(|user| Line::of(t, &visit, user))
            .collect(),
    };
    shell::page(StatusCode::OK, &view)
}

/// What was typed of a new person.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    display_name: String,
    email: String,
    role: String,
}

/// What is wrong with it, a sentence for each field.
#[derive(Default)]
struct Wrong {
    name: Option<&'static str>,
    display_name: Option<&'static str>,
    email: Option<&'static str>,
    role: Option<&'static str>,
}

impl Wrong {
    fn is_any(&self) -> bool {
        let all = [self.name, self.display_name, self.email, self.role];
        all.iter().any(Option::is_some)
    }
}

/// A role to pick.
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    picked: bool,
}

fn choices(t: &'static UserTexts, picked: &str) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str(),
        label: t.role(role),
        hint: t.role_hint(role),
        picked: role.as_str() == picked,
    };
    vec![
        choice(Role::None),
        choice(Role::Viewer),
        choice(Role::Operator),
    ]
}

#[derive(Template)]
#[template(path = "console/user_new.html")]
struct New {
    shell: Shell,
    t: &'static UserTexts,
    typed: Typed,
    wrong: Wrong,
    roles: Vec<Choice>,
}

impl New {
    fn of(visit: &Visit, typed: Typed, wrong: Wrong) -> Self {
        let t = texts::users(visit.language);
        Self {
            shell: Shell::new(visit, Place::Users),
            t,
            roles: choices(t, &typed.role),
            typed,
            wrong,
        }
    }
}

/// `GET /console/users/new`.
pub(super) async fn new(State(control): State<Control>, visit: Visit) -> Response {
    if visit.person.role != Role::Operator {
        return Trouble::of(visit.language, Kind::NotOperator).into_response();
    }
    if let Err(login) = visit.require_recent(&control, NEW) {
        return login;
    }
    let typed = Typed {
        role: Role::None.to_string(),
        ..Typed::default()
    };
    shell::page(StatusCode::OK, &New::of(&visit, typed, Wrong::default()))
}

/// `POST /console/users`.
pub(super) async fn create(State(control): State<Control>, act: Act<Typed>) -> Response {
    let Act { visit, form } = act;
    if let Err(login) = visit.require_recent(&control, NEW) {
        return login;
    }
    let t = texts::users(visit.language);
    let again = |status, form, wrong| shell::page(status, &New::of(&visit, form, wrong));
    let order = match order(t, &form) {
        Ok(order) => order,
        Err(wrong) => return again(StatusCode::BAD_REQUEST, form, wrong),
    };
    match control.acting(&visit.person).create_user(order).await {
        Ok(created) => link_page(&visit, created),
        Err(error @ ControlError::Conflict { .. }) => {
            let wrong = Wrong {
                name: Some(t.name_taken),
                ..Wrong::default()
            };
            again(error.status(), form, wrong)
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// The person that a form asks for, or what is wrong with it.
fn order(t: &'static UserTexts, form: &Typed) -> Result<UserCreate, Wrong> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut wrong = Wrong::default();
    let name = form.name.trim().parse::<UserName>();
    let role = form.role.parse::<Role>();
    wrong.name = name.is_err().then_some(t.name_wrong);
    wrong.role = role.is_err().then_some(t.role_wrong);
    let (Ok(name), Ok(role)) = (name, role) else {
        return Err(wrong);
    };
    let order = UserCreate {
        name,
        display_name: given(&form.display_name),
        email: given(&form.email),
        password: None,
        role,
    };
    for (field, _) in wrong_fields(&order) {
        match field {
            PersonField::DisplayName => wrong.display_name = Some(t.display_name_wrong),
            PersonField::Email => wrong.email = Some(t.email_wrong),
        }
    }
    if wrong.is_any() {
        Err(wrong)
    } else {
        Ok(order)
    }
}

#[derive(Template)]
#[template(path = "console/user_link.html")]
struct Link {
    shell: Shell,
    t: &'static UserTexts,
    user: UserView,
    title: String,
    link: String,
    ends: Time,
}

/// The page that shows a link, this once.
fn link_page(visit: &Visit, created: UserCreated) -> Response {
    let t = texts::users(visit.language);
    let view = Link {
        shell: Shell::new(visit, Place::Users),
        t,
        title: fill(t.link, &[("user", created.user.name.as_str())]),
        link: created.login_link.unwrap_or_default(),
        ends: Time::of_seconds(created.link_expires_at.unwrap_or_default()),
        user: created.user,
    };
    shell::page(StatusCode::OK, &view)
}
