//! `shukuba invoke`: call a runtime with a JSON-RPC message, or one of its tools.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value, json};
use shukuba_model::ApplicationKind;
use shukuba_model::wire::{ApplicationView, RuntimeView};

use crate::client::Client;
use crate::commands::{list, token};
use crate::failure::Failure;
use crate::mcp::Connection;
use crate::project::Project;
use crate::{Global, applications, ui};

/// `shukuba invoke`.
#[derive(Debug, Args)]
pub(crate) struct InvokeArgs {
    /// A JSON-RPC request, such as '{"method":"tools/list"}'.
    #[arg(required_unless_present = "tool", conflicts_with = "tool")]
    message: Option<String>,
    /// A tool to call instead.
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// An argument of the tool, NAME=VALUE; VALUE is JSON where it parses as JSON, else text.
    #[arg(long = "arg", value_name = "NAME=VALUE", requires = "tool")]
    arguments: Vec<String>,
    /// A runtime's name, id or ARN; the project's own when absent.
    #[arg(short, long)]
    runtime: Option<String>,
    /// The token to call with; by default one is issued for an application of this server.
    #[arg(long, visible_alias = "bt", value_name = "TOKEN")]
    bearer_token: Option<String>,
    /// The application to call as, by name or client id.
    #[arg(long, conflicts_with = "bearer_token")]
    app: Option<String>,
}

/// Calls, and prints the answer.
///
/// # Errors
/// When the call does not reach the runtime.
pub(crate) async fn run(global: &Global, args: InvokeArgs) -> Result<ExitCode, Failure> {
    let client = Client::new(global)?;
    let name = runtime_or_project(&client, args.runtime.clone()).await?;
    let runtime: RuntimeView = client.get(&list::runtime_path(&name)).await?;
    let bearer = match &args.bearer_token {
        Some(token) => token.clone(),
        None => issue_token(&client, &runtime, args.app.as_deref()).await?,
    };
    let (method, parameters) = request_of(&args)?;
    let mut connection = Connection::open(&runtime.endpoint, &bearer).await?;
    let answer = connection.request(&method, parameters).await?;
    connection.close().await;
    ui::json(&answer.message);
    if answer.message.get("result").is_some() {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(if matches!(answer.status, 401 | 403) {
        3
    } else {
        1
    }))
}

fn request_of(args: &InvokeArgs) -> Result<(String, Value), Failure> {
    if let Some(tool) = &args.tool {
        let mut arguments = Map::new();
        for argument in &args.arguments {
            let (name, value) = argument.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--arg '{argument}' is not of the form NAME=VALUE"))
            })?;
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            arguments.insert(name.to_owned(), value);
        }
        return Ok((
            "tools/call".to_owned(),
            json!({ "name": tool, "arguments": arguments }),
        ));
    }
    let text = args.message.as_deref().unwrap_or_default();
    let mut message: Value = serde_json::from_str(text)
        .map_err(|error| Failure::usage(format!("the message is not JSON: {error}")))?;
    let method = message
        .get("method")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Failure::usage("the message names no method"))?;
    let parameters = message
        .get_mut("params")
        .map(Value::take)
        .unwrap_or_default();
    Ok((method, parameters))
}

/// A token of an application that this runtime's rules let in.
async fn issue_token(
    client: &Client,
    runtime: &RuntimeView,
    app: Option<&str>,
) -> Result<String, Failure> {
    let app = match app {
        Some(app) => app.to_owned(),
        None => {
            let applications = applications::registered(client).await?;
            admitted_application(&applications, runtime)
                .map(|found| found.name.clone())
                .ok_or_else(|| {
                    Failure::failed(
                        "no application of this server is let in by the runtime's rules",
                    )
                    .hint("pass --bearer-token, or register one with `shukuba app create`")
                })?
        }
    };
    Ok(token::get::from_server(client, &app, None)
        .await?
        .access_token)
}

/// The first application whose client id and default API the runtime's rules
/// name.
pub(crate) fn admitted_application<'a>(
    applications: &'a [ApplicationView],
    runtime: &RuntimeView,
) -> Option<&'a ApplicationView> {
    let rules = &runtime.authorizer;
    let machines =
        |application: &&ApplicationView| application.kind == ApplicationKind::MachineToMachine;
    applications.iter().filter(machines).find(|application| {
        let client = application.client_id.as_str();
        let audience = application.apis.first().map(|api| api.as_str());
        (rules.allowed_clients.is_empty() || rules.allowed_clients.iter().any(|id| id == client))
            && (rules.allowed_audience.is_empty()
                || rules
                    .allowed_audience
                    .iter()
                    .any(|allowed| Some(allowed.as_str()) == audience))
    })
}

/// The runtime a command means: the one named, else the project's, else the
/// only one there is.
///
/// # Errors
/// When none of these says which.
pub(crate) async fn runtime_or_project(
    client: &Client,
    named: Option<String>,
) -> Result<String, Failure> {
    if let Some(name) = named {
        return Ok(name);
    }
    if let Some(name) = Project::of_current_directory()?.and_then(|project| project.runtime()) {
        return Ok(name);
    }
    let runtimes: Vec<RuntimeView> = client.get("/api/v1/runtimes").await?;
    match runtimes.as_slice() {
        [only] => Ok(only.name.to_string()),
        [] => Err(Failure::failed("this server has no runtime yet")
            .hint("`shukuba configure`, then `shukuba launch` in a project")),
        several => {
            let names: Vec<&str> = several
                .iter()
                .map(|runtime| runtime.name.as_str())
                .collect();
            Err(Failure::usage("there are several runtimes: name one")
                .hint(format!("one of {}", names.join(", "))))
        }
    }
}
