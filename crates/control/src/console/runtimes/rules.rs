//! The form of who may call a runtime.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::wire::{AuthorizerSettings, ListedSource, RuntimeRules, RuntimeView};
use shukuba_model::{ClientClaim, LoginAllow};
use shukuba_pages::Language;
use shukuba_pages::shown::{clean, fill};

use super::page_of;
use crate::console::act::{Act, see_other};
use crate::console::phrases;
use crate::console::problems::{self, Problem, Problems};
use crate::console::shell::{self, Place, Shell};
use crate::console::texts::{self, RuleTexts};
use crate::console::trouble::Trouble;
use crate::console::visit::Visit;
use crate::ops::clients::ClientPage;
use crate::ops::plan::{LONGEST_VALUE, MOST_VALUES, oversized};
use crate::{Control, ControlError};

/// How many APIs and applications are named beside the form.
const NAMED: u32 = 50;

/// Who may log in, as the form says it.
const ALL: &str = "all";
const NAMED_ONLY: &str = "named";

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Fields {
    discovery_url: String,
    clients: String,
    audiences: String,
    scopes: String,
    client_claim: String,
    login: String,
    /// `all`, or `named` for those in `people` alone.
    who: String,
    people: String,
}

impl Fields {
    /// The rules of a runtime as they are.
    fn of(runtime: &RuntimeView) -> Self {
        let rules = &runtime.authorizer;
        Self {
            discovery_url: rules.discovery_url.to_string(),
            clients: rules.allowed_clients.join("\n"),
            audiences: rules.allowed_audience.join("\n"),
            scopes: rules.allowed_scopes.join("\n"),
            client_claim: rules.client_claim.as_str().to_owned(),
            login: if runtime.login { "on" } else { "" }.to_owned(),
            who: match runtime.login_allow.is_all() {
                true => ALL,
                false => NAMED_ONLY,
            }
            .to_owned(),
            people: runtime.login_allow.users().join("\n"),
        }
    }

    fn has_login(&self) -> bool {
        !self.login.is_empty()
    }

    /// The rules that were meant; `own` is our own discovery document.
    fn meant(&self, t: &RuleTexts, own: &str) -> Result<RuntimeRules, Problem> {
        let wrong = |field: &'static str, text: String| Problem::new(field, text);
        let url = self.discovery_url.trim();
        let discovery_url: Result<DiscoveryUrl, _> = if url == own {
            // Our own may be plain http: nothing is fetched from there.
            url.to_owned().try_into()
        } else {
            url.parse()
        };
        let discovery_url = discovery_url
            .map_err(|error: shukuba_model::NameError| wrong("discovery_url", error.to_string()))?;
        let mut claims = ClientClaim::ALL.into_iter();
        let client_claim = claims
            .find(|claim| claim.as_str() == self.client_claim)
            .ok_or_else(|| wrong("client_claim", t.pick_claim.to_owned()))?;
        let authorizer = AuthorizerSettings {
            discovery_url,
            allowed_clients: lines(&self.clients),
            allowed_audience: lines(&self.audiences),
            allowed_scopes: lines(&self.scopes),
            client_claim,
        };
        let lists = [
            &authorizer.allowed_clients,
            &authorizer.allowed_audience,
            &authorizer.allowed_scopes,
        ];
        if lists.iter().all(|list| list.is_empty()) {
            return Err(wrong("clients", t.no_rule.to_owned()));
        }
        let people = lines(&self.people);
        let login_allow = match self.who.as_str() {
            ALL => LoginAllow::All,
            // An empty list would let in everybody.
            NAMED_ONLY if people.is_empty() => {
                return Err(wrong("people", t.no_people.to_owned()));
            }
            NAMED_ONLY => LoginAllow::from(people),
            _ => return Err(wrong("who", t.pick_who.to_owned())),
        };
        if let Some(rule) = oversized(&authorizer, &login_allow) {
            let field = match rule {
                "allowedClients" => "clients",
                "allowedAudience" => "audiences",
                "allowedScopes" => "scopes",
                _ => "people",
            };
            let values = [
                ("most", &*MOST_VALUES.to_string()),
                ("longest", &*LONGEST_VALUE.to_string()),
            ];
            return Err(wrong(field, fill(t.oversized, &values)));
        }
        Ok(RuntimeRules {
            authorizer,
            login: self.has_login(),
            login_allow,
        })
    }
}

fn lines(text: &str) -> Vec<String> {
    problems::lines(text).map(str::to_owned).collect()
}

/// A name that may be put into a field.
struct Known {
    name: String,
    value: String,
}

#[derive(Template)]
#[template(path = "console/runtime_rules_form.html")]
struct View {
    shell: Shell,
    t: &'static RuleTexts,
    /// What the list of runtimes is called.
    all: &'static str,
    title: String,
    runtime: String,
    page: String,
    fields: Fields,
    /// What a link did to the form, in words.
    suggested: Option<String>,
    problems: Problems,
    claims: [(&'static str, &'static str); 3],
    own: String,
    apis: Vec<Known>,
    applications: Vec<Known>,
}

impl View {
    async fn of(
        control: &Control,
        visit: &Visit,
        runtime: &RuntimeView,
        fields: Fields,
    ) -> Result<Self, ControlError> {
        let t = texts::rules(visit.language);
        let page = ClientPage {
            source: ListedSource::Registered,
            search: None,
            after: None,
            limit: NAMED,
        };
        let applications = control.applications(&page).await?.into_iter();
        let apis = control.apis().await?.into_iter().take(NAMED as usize);
        let label = |claim| match claim {
            ClientClaim::Rfc9068 => t.claim_rfc9068,
            ClientClaim::Auth0 => t.claim_auth0,
            ClientClaim::Cognito => t.claim_cognito,
        };
        Ok(Self {
            shell: Shell::new(visit, Place::Runtimes),
            t,
            all: texts::runtimes(visit.language).title,
            title: fill(t.title, &[("runtime", runtime.name.as_str())]),
            runtime: runtime.name.to_string(),
            page: page_of(runtime.name.as_str()),
            fields,
            suggested: None,
            problems: Problems::default(),
            claims: ClientClaim::ALL.map(|claim| (claim.as_str(), label(claim))),
            own: control.openid_configuration(),
            apis: apis
                .map(|api| Known {
                    name: api.name,
                    value: api.identifier.to_string(),
                })
                .collect(),
            applications: applications
                .map(|application| Known {
                    name: application.name.clone(),
                    value: application.client_id.to_string(),
                })
                .collect(),
        })
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.of(field)
    }
}

/// A client that the form is to hold already, when a page leads here for it.
#[derive(Deserialize)]
pub(in crate::console) struct Suggested {
    #[serde(default)]
    client: String,
}

impl Suggested {
    /// Fills the client in, and says so: anybody may have written the link.
    fn fill_in(&self, fields: &mut Fields, t: &RuleTexts) -> Option<String> {
        let client = self.client.trim();
        let named = lines(&fields.clients);
        // Where no client is named every client holds, and one would keep out all others.
        if client.is_empty() || named.is_empty() || named.iter().any(|one| one == client) {
            return None;
        }
        // What is saved is what is seen.
        if client.len() > LONGEST_VALUE || clean(client, LONGEST_VALUE) != client {
            return Some(t.not_filled_in.to_owned());
        }
        fields.clients = format!("{}\n{client}", fields.clients);
        Some(fill(t.filled_in, &[("client", client)]))
    }
}

/// `GET /console/runtimes/{runtime}/rules`.
pub(in crate::console) async fn show(
    State(control): State<Control>,
    visit: Visit,
    Path(name): Path<String>,
    Query(suggested): Query<Suggested>,
) -> Response {
    let view = async {
        let runtime = control.runtime(&name).await?;
        let mut fields = Fields::of(&runtime);
        let suggested = suggested.fill_in(&mut fields, texts::rules(visit.language));
        let view = View::of(&control, &visit, &runtime, fields).await?;
        Ok(View { suggested, ..view })
    };
    match view.await {
        Ok(view) => shell::page(StatusCode::OK, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// `POST /console/runtimes/{runtime}/rules`.
pub(in crate::console) async fn change(
    State(control): State<Control>,
    Path(name): Path<String>,
    act: Act<Fields>,
) -> Response {
    let Act { visit, form } = act;
    let t = texts::rules(visit.language);
    let (status, wrong) = match form.meant(t, &control.openid_configuration()) {
        Err(wrong) => (StatusCode::BAD_REQUEST, wrong),
        Ok(rules) => match saved(&control.acting(&visit.person), &name, rules).await {
            Ok(page) => return see_other(&page),
            Err(error @ ControlError::Invalid { .. }) => {
                (error.status(), of_issuer(visit.language, &error))
            }
            Err(error @ ControlError::Conflict { .. }) => {
                (error.status(), of_launch(visit.language, &error))
            }
            Err(error) => return Trouble::new(visit.language, error).into_response(),
        },
    };
    let view = async {
        let runtime = control.runtime(&name).await?;
        View::of(&control, &visit, &runtime, form).await
    };
    match view.await {
        Ok(view) => {
            let problems = Problems::from(wrong).said(visit.language);
            shell::page(status, &View { problems, ..view })
        }
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

/// Where it is shown what the change means.
async fn saved(acting: &Control, name: &str, rules: RuntimeRules) -> Result<String, ControlError> {
    let set = acting.change_rules(name, rules).await?;
    let id = acting.remember_rules(&set)?;
    Ok(format!("{}?saved={}#rules", page_of(name), id.reveal()))
}

/// A launch is under way: none of the fields is wrong, so the first is named.
fn of_launch(language: Language, error: &ControlError) -> Problem {
    Problem::new("discovery_url", phrases::in_one(language, error))
}

/// What an operation refuses in rules that name somebody is their issuer.
fn of_issuer(language: Language, error: &ControlError) -> Problem {
    let t = texts::rules(language);
    let problem = phrases::problem(language, error);
    let hint = problem.hint.unwrap_or_default();
    let values = [("what", &*problem.message), ("hint", &*hint)];
    Problem::new("discovery_url", fill(t.issuer_wrong, &values))
}
