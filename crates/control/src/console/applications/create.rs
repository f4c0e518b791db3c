//! A new application.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use shukuba_model::jose::JwkSet;
use shukuba_model::wire::{ApiView, ApplicationCreate, ApplicationCreated};
use shukuba_model::{ApiScope, ApplicationKind, Preset, RedirectUri};
use shukuba_pages::Language;
use shukuba_pages::shown::fill;

use super::connect::Connect;
use super::secrets::Shown;
use super::{address_of, turned_away};
use crate::console::act::Act;
use crate::console::phrases;
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, ApplicationTexts, NewTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

const PAGE: &str = "/console/applications/new";
/// The members of a key that nobody else may know (RFC 7518 section 6).
const PRIVATE: [&str; 3] = ["d", "p", "k"];
/// What stands before the identifier in the name of an API's box.
const API: &str = "api:";

/// The form, as it is sent.
#[derive(Deserialize, Default)]
pub(in crate::console) struct NewForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    preset: String,
    #[serde(default)]
    redirect_uris: String,
    /// Its public keys, in the place of a secret.
    #[serde(default)]
    jwks: String,
    /// The default API.
    #[serde(default)]
    default_api: String,
    /// The boxes that are ticked, under [`API`] and the identifier.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl NewForm {
    fn has(&self, identifier: &str) -> bool {
        self.rest.contains_key(&format!("{API}{identifier}"))
    }

    /// The default one first.
    fn apis(&self) -> Vec<String> {
        let default = Some(self.default_api.clone()).filter(|default| !default.is_empty());
        let ticked = self.rest.keys().filter_map(|name| name.strip_prefix(API));
        let mut apis: Vec<String> = default.into_iter().collect();
        for identifier in ticked {
            if !apis.iter().any(|known| known == identifier) {
                apis.push(identifier.to_owned());
            }
        }
        apis
    }

    /// What it asks for.
    fn read(&self, n: &NewTexts) -> Result<ApplicationCreate, Wrong> {
        let kind: ApplicationKind = self.kind.parse().map_err(Wrong::at("kind"))?;
        let mut new = ApplicationCreate::machine(self.name.trim(), Vec::new());
        new.kind = kind;
        for identifier in self.apis() {
            let identifier = identifier.parse().map_err(Wrong::at("api"))?;
            new.apis.push(identifier);
        }
        new.jwks = keys(n, &self.jwks).map_err(Wrong::at("jwks"))?;
        // The page hides these for a machine: what was chosen before must not
        // stand in the way where nobody sees it.
        if kind == ApplicationKind::MachineToMachine {
            return Ok(new);
        }
        if !self.preset.is_empty() {
            new.preset = Some(self.preset.parse().map_err(Wrong::at("preset"))?);
        }
        for line in self.redirect_uris.lines().map(str::trim) {
            if !line.is_empty() {
                let uri: RedirectUri = line.parse().map_err(Wrong::at("redirects"))?;
                new.redirect_uris.push(uri);
            }
        }
        Ok(new)
    }
}

/// A key set (RFC 7517 section 5) that was pasted; none where nothing was.
fn keys(n: &NewTexts, pasted: &str) -> Result<Option<JwkSet>, String> {
    if pasted.trim().is_empty() {
        return Ok(None);
    }
    let no_set = |error: serde_json::Error| fill(n.no_jwks, &[("what", &error.to_string())]);
    let set: Value = serde_json::from_str(pasted).map_err(no_set)?;
    if holds_private(&set) {
        return Err(n.private_jwks.to_owned());
    }
    serde_json::from_value(set).map(Some).map_err(no_set)
}

fn holds_private(set: &Value) -> bool {
    let keys = set.get("keys").and_then(Value::as_array);
    let is_private = |key: &Value| PRIVATE.iter().any(|member| key.get(member).is_some());
    keys.into_iter().flatten().any(is_private)
}

/// What is wrong with the form, and where.
struct Wrong {
    status: StatusCode,
    field: &'static str,
    what: String,
}

impl Wrong {
    fn at<E: ToString>(field: &'static str) -> impl Fn(E) -> Self {
        move |error| Self {
            status: StatusCode::BAD_REQUEST,
            field,
            what: error.to_string(),
        }
    }

    /// Of an operation; none where the person cannot mend it in the form.
    fn of(
        language: Language,
        error: &ControlError,
        kind: ApplicationKind,
        with_keys: bool,
    ) -> Option<Self> {
        let field = match error {
            ControlError::Conflict { .. } => "name",
            ControlError::NotFound(_) => "api",
            ControlError::Invalid { .. } => match kind {
                _ if with_keys => "jwks",
                ApplicationKind::MachineToMachine => "api",
                ApplicationKind::Connector => "preset",
                ApplicationKind::Native => "kind",
            },
            _ => return None,
        };
        Some(Self {
            status: error.status(),
            field,
            what: phrases::in_one(language, error),
        })
    }
}

/// Something to choose.
struct Choice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    chosen: bool,
}

struct ApiChoice {
    identifier: String,
    name: String,
    scopes: String,
    is_default: bool,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "console/application_new.html")]
struct View {
    shell: Shell,
    t: &'static ApplicationTexts,
    n: &'static NewTexts,
    form: NewForm,
    kinds: Vec<Choice>,
    presets: Vec<Choice>,
    apis: Vec<ApiChoice>,
    wrong: Option<Wrong>,
}

impl View {
    /// What is wrong with a field.
    fn wrong_at(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.as_ref()?;
        (wrong.field == field).then_some(wrong.what.as_str())
    }
}

/// `GET /console/applications/new`.
pub(super) async fn page(State(control): State<Control>, visit: Visit) -> Response {
    if let Some(elsewhere) = turned_away(&visit) {
        return elsewhere;
    }
    // Asked before anything is typed, which the way through the login loses.
    if let Err(login) = visit.require_recent(&control, PAGE) {
        return login;
    }
    let form = NewForm {
        kind: ApplicationKind::MachineToMachine.as_str().to_owned(),
        ..NewForm::default()
    };
    show(&control, &visit, form, None).await
}

async fn show(
    control: &Control,
    visit: &Visit,
    mut form: NewForm,
    wrong: Option<Wrong>,
) -> Response {
    if serde_json::from_str(&form.jwks).is_ok_and(|set| holds_private(&set)) {
        // Whatever is wrong, it is not sent back over the network as well.
        form.jwks.clear();
    }
    let wrong = wrong.map(|wrong| Wrong {
        what: phrases::said(visit.language, &wrong.what),
        ..wrong
    });
    let apis = match control.apis().await {
        Ok(apis) => apis,
        Err(error) => return Trouble::new(visit.language, error).into_response(),
    };
    let n = texts::application_new(visit.language);
    let t = texts::applications(visit.language);
    let kinds = [
        (ApplicationKind::MachineToMachine, n.machine_hint),
        (ApplicationKind::Connector, n.connector_hint),
        (ApplicationKind::Native, n.native_hint),
    ];
    let view = View {
        shell: Shell::new(visit, Place::Applications),
        t,
        n,
        kinds: kinds
            .map(|(kind, hint)| Choice {
                value: kind.as_str(),
                label: t.kind(kind),
                hint,
                chosen: form.kind == kind.as_str(),
            })
            .into(),
        presets: Preset::ALL
            .map(|preset| Choice {
                value: preset.as_str(),
                label: n.preset(preset),
                hint: "",
                chosen: form.preset == preset.as_str(),
            })
            .into(),
        apis: apis.into_iter().map(|api| api_choice(&form, api)).collect(),
        form,
        wrong,
    };
    let status = view.wrong.as_ref().map_or(StatusCode::OK, |it| it.status);
    shell::page(status, &view)
}

fn api_choice(form: &NewForm, api: ApiView) -> ApiChoice {
    let identifier = String::from(api.identifier);
    let scopes: Vec<&str> = api.scopes.iter().map(ApiScope::name).collect();
    ApiChoice {
        is_default: form.default_api == identifier,
        ticked: form.has(&identifier),
        scopes: scopes.join(" "),
        name: api.name,
        identifier,
    }
}

/// `POST /console/applications/new`: registers it, and shows its secret in the
/// answer itself.
pub(super) async fn submit(State(control): State<Control>, act: Act<NewForm>) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    if let Err(login) = visit.require_recent(&control, PAGE) {
        return login;
    }
    if let Err(error) = crate::ops::apis::require_name(form.name.trim()) {
        let wrong = Wrong::at("name")(error);
        return show(&control, &visit, form, Some(wrong)).await;
    }
    let n = texts::application_new(visit.language);
    let new = match form.read(n) {
        Ok(new) => new,
        Err(wrong) => return show(&control, &visit, form, Some(wrong)).await,
    };
    let (kind, with_keys) = (new.kind, new.jwks.is_some());
    match control.create_application(new).await {
        Ok(created) => made(&control, &visit, created).await,
        Err(error) => match Wrong::of(visit.language, &error, kind, with_keys) {
            Some(wrong) => show(&control, &visit, form, Some(wrong)).await,
            None => Trouble::new(visit.language, error).into_response(),
        },
    }
}

async fn made(control: &Control, visit: &Visit, created: ApplicationCreated) -> Response {
    let n = texts::application_new(visit.language);
    let application = created.application;
    let secret = created.client_secret;
    // Not to know the runtimes must not cost the secret, which is shown now or never.
    let connect = Connect::of(control, &application, secret.as_deref()).await;
    let view = Shown {
        shell: Shell::new(visit, Place::Applications),
        t: texts::applications(visit.language),
        n,
        title: n.made,
        link: address_of(application.client_id.as_str()),
        id: application.client_id.to_string(),
        note: match (&secret, application.kind) {
            (Some(_), _) => None,
            (None, ApplicationKind::Native) => Some(n.no_secret),
            (None, _) => Some(n.signs),
        },
        other: None,
        secret,
        connect: connect.ok(),
        openid: created.openid_configuration,
        application,
    };
    shell::page(StatusCode::CREATED, &view)
}
