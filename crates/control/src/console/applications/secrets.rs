//! The secrets of an application: shown once, two at a time.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::ApplicationView;
use shukuba_pages::shown::fill;

use super::connect::Connect;
use super::{Which, address_of, list, time, turned_away};
use crate::Control;
use crate::console::act::{Act, see_other};
use crate::console::confirm::Confirm;
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, ApplicationTexts, NewTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;

/// An application whose secret is shown, this once.
#[derive(Template)]
#[template(path = "console/application_shown.html")]
pub(super) struct Shown {
    pub(super) shell: Shell,
    pub(super) t: &'static ApplicationTexts,
    pub(super) n: &'static NewTexts,
    pub(super) title: &'static str,
    pub(super) link: String,
    pub(super) id: String,
    pub(super) application: ApplicationView,
    pub(super) secret: Option<String>,
    /// Why there is none.
    pub(super) note: Option<&'static str>,
    /// The other one that works on.
    pub(super) other: Option<String>,
    pub(super) connect: Option<Connect>,
    pub(super) openid: String,
}

/// `POST /console/applications/secrets`: adds one.
pub(super) async fn add(State(control): State<Control>, act: Act<Which>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let link = address_of(&form.id);
    if let Err(login) = visit.require_recent(&control, &link) {
        return login;
    }
    let failed = |error| Trouble::new(visit.language, error).into_response();
    let application = match control.application(&form.id).await {
        Ok(application) => application,
        Err(error) => return failed(error),
    };
    let added = match control.add_secret(&form.id).await {
        Ok(added) => added,
        Err(error) => return failed(error),
    };
    let secret = Some(added.client_secret);
    let connect = Connect::of(&control, &application, secret.as_deref()).await;
    let t = texts::applications(visit.language);
    let view = Shown {
        shell: Shell::new(&visit, Place::Applications),
        t,
        n: texts::application_new(visit.language),
        title: t.secret_added,
        link,
        id: application.client_id.to_string(),
        application,
        secret,
        note: None,
        other: added
            .other
            .map(|other| fill(t.other_works, &[("secret", &other.id)])),
        connect: connect.ok(),
        openid: control.status().openid_configuration,
    };
    shell::page(StatusCode::CREATED, &view)
}

/// A secret of an application.
#[derive(Deserialize)]
pub(in crate::console) struct OneSecret {
    #[serde(default)]
    id: String,
    #[serde(default)]
    secret: String,
}

/// `GET /console/applications/secrets/remove`: asks first.
pub(super) async fn confirm(
    State(control): State<Control>,
    visit: Visit,
    Query(which): Query<OneSecret>,
) -> Response {
    if let Some(elsewhere) = turned_away(&visit) {
        return elsewhere;
    }
    let link = address_of(&which.id);
    if let Err(login) = visit.require_recent(&control, &link) {
        return login;
    }
    let application = match control.application(&which.id).await {
        Ok(application) => application,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let t = texts::applications(visit.language);
    let mut secrets = application.secrets.iter();
    let Some(secret) = secrets.find(|secret| secret.id == which.secret) else {
        // It is gone already; the application's page shows those that are left.
        return see_other(&link);
    };
    let used = match secret.last_used_at {
        Some(at) => fill(t.secret_used, &[("time", &time(at).shown)]),
        None => t.secret_unused.to_owned(),
    };
    let view = Confirm {
        shell: Shell::new(&visit, Place::Applications),
        list: list(t),
        title: fill(t.remove_secret, &[("secret", &secret.id)]),
        name: application.name,
        what: vec![used, t.remove_secret_what.to_owned()],
        action: "/console/applications/secrets/remove".to_owned(),
        hidden: vec![("id", which.id), ("secret", which.secret)],
        submit: t.remove,
        cancel: t.cancel,
        link,
    };
    shell::page(StatusCode::OK, &view)
}

/// `POST /console/applications/secrets/remove`.
pub(super) async fn remove(State(control): State<Control>, act: Act<OneSecret>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    let link = address_of(&form.id);
    if let Err(login) = visit.require_recent(&control, &link) {
        return login;
    }
    match control.remove_secret(&form.id, &form.secret).await {
        Ok(()) => see_other(&link),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}
