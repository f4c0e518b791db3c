//! Trying a runtime's tools: a form made of a tool's schema, the call through
//! the front door, and its answer.

mod answer;
mod input;
mod schema;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use shukuba_model::wire::{RuntimeView, Tool};
use shukuba_model::{ApplicationKind, ClientAddress};
use shukuba_pages::shown::{clean, fill};

use self::answer::{Answer, Part};
use self::input::{Inputs, Shape};
use super::act::Act;
use super::phrases;
use super::problems::Problems;
use super::runtimes::page_of;
use super::shell::{self, Place, Shell};
use super::texts::{self, ToolTexts};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::ops::call_tool::{Credential, ToolCall};
use crate::{Control, ControlError};

/// How much is shown of what a server says of a tool, in characters.
const LONGEST_NAME: usize = 100;

/// Which tool.
#[derive(Deserialize)]
pub(super) struct Wish {
    /// Its name; the first one's where it is empty.
    #[serde(default)]
    tool: String,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    application: String,
    token: String,
    json: String,
    /// The arguments, each in a field of its own.
    #[serde(flatten)]
    arguments: BTreeMap<String, String>,
}

/// A tool to pick.
struct Entry {
    name: String,
    page: String,
    current: bool,
}

/// An application to call as.
struct Choice {
    client_id: String,
    name: String,
    chosen: bool,
}

/// The tool that was picked.
struct Picked {
    name: String,
    title: String,
    description: String,
    destructive: bool,
    schema: String,
    /// Where the form is sent.
    page: String,
    call: String,
    inputs: Vec<input::Input>,
    unknown: bool,
}

#[derive(Template)]
#[template(path = "console/tools.html")]
struct View {
    shell: Shell,
    t: &'static ToolTexts,
    runtimes: &'static str,
    runtime: String,
    runtime_page: String,
    title: String,
    tools_title: String,
    tools: Vec<Entry>,
    picked: Option<Picked>,
    choices: Vec<Choice>,
    fields: Fields,
    problems: Problems,
    answer: Option<Answer>,
}

/// A runtime, and which of its tools is meant.
struct Meant {
    runtime: RuntimeView,
    tool: Option<Tool>,
}

impl Meant {
    async fn of(
        control: &Control,
        t: &ToolTexts,
        name: &str,
        wish: &Wish,
    ) -> Result<Self, ControlError> {
        let runtime = control.runtime(name).await?;
        let mut tools = runtime.tools().iter();
        let tool = match wish.tool.as_str() {
            "" => tools.next(),
            named => {
                let found = tools.find(|tool| tool.name == named);
                let missing = || {
                    let named = clean(named, LONGEST_NAME);
                    ControlError::NotFound(fill(t.no_such_tool, &[("tool", &named)]))
                };
                Some(found.ok_or_else(missing)?)
            }
        };
        let tool = tool.cloned();
        Ok(Self { runtime, tool })
    }
}

/// `GET /console/runtimes/{runtime}/tools?tool=…`.
pub(super) async fn show(
    State(control): State<Control>,
    visit: Visit,
    Path(name): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    match shown(&control, &visit, &name, &wish).await {
        Ok(view) => {
            // A call as an application is made with a token of its own.
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

async fn shown(
    control: &Control,
    visit: &Visit,
    name: &str,
    wish: &Wish,
) -> Result<View, ControlError> {
    let meant = Meant::of(control, texts::tools(visit.language), name, wish).await?;
    View::new(control, visit, &meant, Fields::default()).await
}

/// `POST /console/runtimes/{runtime}/tools?tool=…`.
pub(super) async fn call(
    State(control): State<Control>,
    Path(name): Path<String>,
    Query(wish): Query<Wish>,
    client: Option<Extension<ClientAddress>>,
    act: Act<Fields>,
) -> Response {
    let Act { visit, form } = act;
    let control = control.acting(&visit.person);
    if let Err(login) = visit.require_recent(&control, &visit.here) {
        return login;
    }
    let client = client.map_or(ClientAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)), |known| {
        known.0
    });
    match called(&control, &visit, (&name, &wish), client, form).await {
        Ok((status, view)) => shell::page(status, &view),
        Err(error) => Trouble::new(visit.language, error).into_response(),
    }
}

async fn called(
    control: &Control,
    visit: &Visit,
    (name, wish): (&str, &Wish),
    client: ClientAddress,
    fields: Fields,
) -> Result<(StatusCode, View), ControlError> {
    let t = texts::tools(visit.language);
    let meant = Meant::of(control, t, name, wish).await?;
    let mut view = View::new(control, visit, &meant, fields).await?;
    let Some(tool) = &meant.tool else {
        return Ok((StatusCode::CONFLICT, view));
    };
    let (arguments, credential) = match view.read(&tool.input_schema) {
        Ok(read) => read,
        Err(problems) => return Ok((StatusCode::BAD_REQUEST, view.wrong(problems))),
    };
    let call = ToolCall {
        runtime: &meant.runtime,
        tool,
        arguments,
        credential,
        client,
    };
    match control.call_tool(call).await {
        Ok(said) => {
            view.answer = Some(Answer::of(t, &said));
            Ok((StatusCode::OK, view))
        }
        Err(error @ ControlError::Internal(_)) => Err(error),
        Err(error) => {
            let status = error.status();
            let mut problems = Problems::default();
            problems.note(view.caller(), phrases::in_one(visit.language, &error));
            Ok((status, view.wrong(problems)))
        }
    }
}

impl View {
    async fn new(
        control: &Control,
        visit: &Visit,
        meant: &Meant,
        fields: Fields,
    ) -> Result<Self, ControlError> {
        let t = texts::tools(visit.language);
        let runtime = &meant.runtime;
        let name = runtime.name.as_str();
        let page = format!("{}/tools", page_of(name));
        let current = meant.tool.as_ref().map(|tool| tool.name.as_str());
        let entry = |tool: &Tool| Entry {
            name: clean(&tool.name, LONGEST_NAME),
            page: address(&page, tool),
            current: Some(tool.name.as_str()) == current,
        };
        let picked = meant.tool.as_ref();
        Ok(Self {
            shell: Shell::new(visit, Place::Runtimes),
            t,
            runtimes: texts::runtimes(visit.language).title,
            runtime: name.to_owned(),
            runtime_page: page_of(name),
            title: fill(t.title, &[("runtime", name)]),
            tools_title: fill(t.tools, &[("version", &runtime.version.to_string())]),
            tools: runtime.tools().iter().map(entry).collect(),
            picked: picked.map(|tool| Picked::of(t, tool, address(&page, tool), &fields)),
            choices: choices(control, runtime, &fields.application).await?,
            fields,
            problems: Problems::default(),
            answer: None,
        })
    }

    /// What was meant by what was typed.
    fn read(&self, schema: &Value) -> Result<(Value, Credential), Problems> {
        let (t, fields) = (self.t, &self.fields);
        let json = ("json", fields.json.as_str());
        let arguments = input::arguments(t, schema, &fields.arguments, json)?;
        let token = fields.token.trim();
        let token = token.strip_prefix("Bearer ").unwrap_or(token).trim();
        let credential = if !token.is_empty() {
            Credential::Token(token.to_owned())
        } else if self.choices.iter().any(|choice| choice.chosen) {
            Credential::Application(fields.application.clone())
        } else {
            let mut problems = Problems::default();
            problems.note(self.caller(), t.pick_application);
            return Err(problems);
        };
        Ok((arguments, credential))
    }

    /// The id of the field that says who calls.
    fn caller(&self) -> &'static str {
        match self.choices.is_empty() || !self.fields.token.trim().is_empty() {
            true => "token",
            false => "application",
        }
    }

    fn wrong(mut self, problems: Problems) -> Self {
        if let Some(picked) = &mut self.picked {
            for input in &mut picked.inputs {
                input.problem = problems.of(&input.id).map(str::to_owned);
            }
        }
        self.problems = problems;
        self
    }
}

impl Picked {
    fn of(t: &ToolTexts, tool: &Tool, page: String, fields: &Fields) -> Self {
        let name = clean(&tool.name, LONGEST_NAME);
        let inputs = Inputs::of(t, &tool.input_schema, &fields.arguments);
        let title = clean(tool.title.as_deref().unwrap_or_default(), LONGEST_NAME);
        Self {
            title: if title == name { String::new() } else { title },
            description: answer::lines(tool.description.as_deref().unwrap_or_default()),
            destructive: tool.destructive,
            schema: answer::pretty(&tool.input_schema),
            page,
            call: fill(t.call, &[("tool", &name)]),
            inputs: inputs.inputs,
            unknown: inputs.unknown,
            name,
        }
    }
}

/// Where a tool is tried.
fn address(page: &str, tool: &Tool) -> String {
    let name = utf8_percent_encode(&tool.name, NON_ALPHANUMERIC);
    format!("{page}?tool={name}")
}

/// The applications of ours that get tokens by themselves and that the runtime's
/// configured entry may let in.
async fn choices(
    control: &Control,
    runtime: &RuntimeView,
    chosen: &str,
) -> Result<Vec<Choice>, ControlError> {
    let rules = &runtime.authorizer;
    if *rules.discovery_url.as_str() != control.openid_configuration() {
        return Ok(Vec::new());
    }
    let applications = control.applications_near(rules).await?;
    let machines = applications
        .into_iter()
        .filter(|one| one.kind == ApplicationKind::MachineToMachine);
    let choice = |one: shukuba_model::wire::ApplicationView| Choice {
        chosen: one.client_id.as_str() == chosen,
        client_id: one.client_id.to_string(),
        name: clean(&one.name, LONGEST_NAME),
    };
    Ok(machines.map(choice).collect())
}
