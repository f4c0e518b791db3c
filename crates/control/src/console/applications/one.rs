//! One application: what is known of it, its secrets, and who connected it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::wire::{ApiView, ApplicationView, DocumentView, GrantView, SecretView};
use shukuba_model::{ApiIdentifier, ApiScope, ApplicationKind, ClientId, ClientSource};
use shukuba_pages::shown::{clean, fill};

use super::connect::{Connect, has_secret};
use super::{LONGEST_NAME, address_of, encoded, time};
use crate::console::act::{Act, see_other};
use crate::console::apis;
use crate::console::shell::{self, Place, Shell};
use crate::console::shown::Time;
use crate::console::texts::{self, ApplicationTexts, NewTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::{Control, ControlError};

/// How many connections of people a page shows.
pub(super) const PEOPLE: usize = 50;
/// How many secrets work at a time.
const SECRETS: usize = 2;

/// Which application is looked at, and from which connection on.
#[derive(Deserialize)]
pub(in crate::console) struct OneQuery {
    #[serde(default)]
    id: String,
    after: Option<String>,
}

struct SecretRow {
    id: String,
    created: Time,
    last_used: Option<Time>,
    remove: String,
}

struct Connection {
    grant: String,
    user: String,
    api: String,
    scope: String,
    created: Time,
    last_used: Time,
}

/// An API it may get tokens for.
struct OwnApi {
    identifier: String,
    /// Its own page.
    page: String,
    /// Where a token of it is got, where the application gets its own.
    token: Option<String>,
    scopes: String,
}

#[derive(Template)]
#[template(path = "console/application.html")]
struct View {
    shell: Shell,
    t: &'static ApplicationTexts,
    n: &'static NewTexts,
    get_token: &'static str,
    id: String,
    name: String,
    kind: &'static str,
    source: &'static str,
    is_registered: bool,
    proof: &'static str,
    document: Option<String>,
    problem: Option<String>,
    redirect_uris: Vec<String>,
    apis: Vec<OwnApi>,
    created: Time,
    last_used: Option<Time>,
    has_secrets: bool,
    may_add: bool,
    may_remove: bool,
    secrets: Vec<SecretRow>,
    logs_in: bool,
    connections: Vec<Connection>,
    first: Option<String>,
    next: Option<String>,
    endpoints: Vec<(&'static str, String)>,
    connect: Option<Connect>,
    secret: Option<String>,
    delete: String,
}

/// `GET /console/applications/one`.
pub(super) async fn page(
    State(control): State<Control>,
    visit: Visit,
    Query(query): Query<OneQuery>,
) -> Response {
    match view(&control, &visit, query).await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn view(control: &Control, visit: &Visit, query: OneQuery) -> Result<View, ControlError> {
    let t = texts::applications(visit.language);
    let application = control.application(&query.id).await?;
    let id = application.client_id.to_string();
    let after = query.after.as_deref().filter(|after| !after.is_empty());
    let mut grants = connected(control, &application.client_id, after).await?;
    let more = grants.len() > PEOPLE;
    grants.truncate(PEOPLE);
    let last = grants.last().map(|last| encoded(&last.id));
    let is_registered = application.source == ClientSource::Registered;
    let has_secrets = is_registered && has_secret(&application);
    let secrets = application.secrets.iter();
    let document = application.document.as_ref();
    Ok(View {
        shell: Shell::new(visit, Place::Applications),
        t,
        n: texts::application_new(visit.language),
        get_token: texts::tokens(visit.language).get,
        name: clean(&application.name, LONGEST_NAME),
        kind: t.kind(application.kind),
        source: t.source(application.source),
        is_registered,
        proof: t.proof(application.auth_method),
        document: document.and_then(|document| freshness(t, document)),
        problem: document.and_then(|document| document.problem.clone()),
        redirect_uris: application
            .redirect_uris
            .iter()
            .map(|uri| uri.as_str().to_owned())
            .collect(),
        apis: own_apis(&application, &control.apis().await?),
        created: time(application.created_at),
        last_used: application.last_used_at.map(time),
        has_secrets,
        may_add: has_secrets && application.secrets.len() < SECRETS,
        may_remove: application.secrets.len() > 1,
        secrets: secrets.map(|secret| secret_row(&id, secret)).collect(),
        logs_in: application.kind != ApplicationKind::MachineToMachine,
        connections: grants.into_iter().map(connection).collect(),
        first: after.map(|_| address_of(&id)),
        next: last
            .filter(|_| more)
            .map(|last| format!("{}&after={last}", address_of(&id))),
        endpoints: endpoints(control, t),
        connect: match is_registered {
            true => Some(Connect::of(control, &application, None).await?),
            false => None,
        },
        secret: None,
        delete: format!("/console/applications/delete?id={}", encoded(&id)),
        id,
    })
}

/// What people allowed it, newest first: a page, and one more where there is.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn connected(
    control: &Control,
    client: &ClientId,
    after: Option<&str>,
) -> Result<Vec<GrantView>, ControlError> {
    let limit = u32::try_from(PEOPLE + 1).unwrap_or(u32::MAX);
    control.grants(None, Some(client), after, limit).await
}

fn own_apis(application: &ApplicationView, known: &[ApiView]) -> Vec<OwnApi> {
    let scopes = |identifier: &ApiIdentifier| {
        let api = known.iter().find(|api| api.identifier == *identifier);
        let names = api.map(|api| api.scopes.iter().map(ApiScope::name).collect::<Vec<_>>());
        names.unwrap_or_default().join(" ")
    };
    let machine = application.kind == ApplicationKind::MachineToMachine;
    let id = encoded(application.client_id.as_str());
    let token = |identifier| format!("{}&application={id}", apis::address("token", identifier));
    let own = application.apis.iter();
    own.map(|identifier| OwnApi {
        page: apis::address("one", identifier),
        token: machine.then(|| token(identifier)),
        scopes: scopes(identifier),
        identifier: identifier.to_string(),
    })
    .collect()
}

fn freshness(t: &ApplicationTexts, document: &DocumentView) -> Option<String> {
    if document.imported {
        return Some(t.imported.to_owned());
    }
    let until = time(document.fresh_until?).shown;
    Some(fill(t.fresh_until, &[("time", &until)]))
}

fn secret_row(id: &str, secret: &SecretView) -> SecretRow {
    SecretRow {
        created: time(secret.created_at),
        last_used: secret.last_used_at.map(time),
        remove: format!(
            "/console/applications/secrets/remove?id={}&secret={}",
            encoded(id),
            encoded(&secret.id)
        ),
        id: secret.id.clone(),
    }
}

fn connection(grant: GrantView) -> Connection {
    Connection {
        user: grant.user.to_string(),
        api: grant.api.to_string(),
        scope: grant.scope.to_string(),
        created: time(grant.created_at),
        last_used: time(grant.last_used_at),
        grant: grant.id,
    }
}

/// The addresses of the issuer, the one that names all the others first.
fn endpoints(control: &Control, t: &ApplicationTexts) -> Vec<(&'static str, String)> {
    let status = control.status();
    let issuer = status.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    vec![
        (t.openid, status.openid_configuration),
        (t.issuer, issuer.clone()),
        (t.authorize, at("/oauth/authorize")),
        (t.token, at("/oauth/token")),
        (t.registration, at("/oauth/register")),
        (t.device, at("/oauth/device")),
        (t.revocation, at("/oauth/revoke")),
        (t.introspection, at("/oauth/introspect")),
        (t.userinfo, at("/oauth/userinfo")),
        (t.jwks, at("/.well-known/jwks.json")),
    ]
}

/// A connection to end.
#[derive(Deserialize)]
pub(in crate::console) struct OneGrant {
    #[serde(default)]
    id: String,
    #[serde(default)]
    grant: String,
}

/// `POST /console/applications/grants/revoke`.
pub(super) async fn revoke(State(control): State<Control>, act: Act<OneGrant>) -> Response {
    let control = control.acting(&act.visit.person);
    match control.revoke_grant(&act.form.grant).await {
        Ok(()) => see_other(&address_of(&act.form.id)),
        Err(error) => Trouble::new(act.visit.language, error).into_response(),
    }
}
