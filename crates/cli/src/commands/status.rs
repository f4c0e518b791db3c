//! `shukuba status`: the server, or one runtime.

use clap::Args;
use shukuba_model::LoginAllow;
use shukuba_model::wire::{RuntimeView, ServerStatus, StartFailure};

use crate::client::Client;
use crate::commands::list;
use crate::failure::Failure;
use crate::{Global, ui};

/// `shukuba status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// A runtime's name, id or ARN; the server itself when absent.
    runtime: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Shows the server's or the runtime's facts.
///
/// # Errors
/// When the server cannot be reached or there is no such runtime.
pub(crate) async fn run(global: &Global, args: StatusArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    match &args.runtime {
        Some(name) => {
            let runtime: RuntimeView = client.get(&list::runtime_path(name)).await?;
            if args.json {
                ui::json(&runtime);
            } else {
                show_runtime(&runtime);
            }
        }
        None => {
            let status: ServerStatus = client.get("/api/v1/status").await?;
            if args.json {
                ui::json(&status);
            } else {
                show_server(&status);
            }
        }
    }
    Ok(())
}

fn show_server(status: &ServerStatus) {
    ui::data(format!(
        "server                {} (version {}, pid {})",
        status.issuer, status.version, status.pid
    ));
    ui::data(format!("issuer                {}", status.issuer));
    ui::data(format!(
        "OpenID configuration  {}",
        status.openid_configuration
    ));
    ui::data(format!("isolation             {}", status.isolation));
    ui::data(format!("data directory        {}", status.data_dir));
}

fn show_runtime(runtime: &RuntimeView) {
    let authorizer = &runtime.authorizer;
    ui::data(format!("name              {}", runtime.name));
    ui::data(format!("ARN               {}", runtime.arn));
    ui::data(format!("MCP endpoint      {}", runtime.endpoint));
    ui::data(format!("AgentCore style   {}", runtime.invocation_url));
    ui::data(format!("version           {}", runtime.version));
    if runtime.versions.len() > 1 {
        let numbers = runtime.versions.iter().map(|one| one.number.to_string());
        let numbers: Vec<String> = numbers.collect();
        ui::data(format!("versions          {}", numbers.join(", ")));
    }
    ui::data(format!("isolation         {}", runtime.isolation));
    ui::data(format!("instances         {}", counted(runtime)));
    ui::data(format!("sessions          {}", runtime.sessions));
    if let Some(failure) = &runtime.last_failure {
        ui::data(format!("last start        {}", failed(runtime, failure)));
    }
    ui::data(format!("discovery URL     {}", authorizer.discovery_url));
    ui::data(format!(
        "allowed clients   {}",
        listed(&authorizer.allowed_clients)
    ));
    ui::data(format!(
        "allowed audience  {}",
        listed(&authorizer.allowed_audience)
    ));
    if !authorizer.allowed_scopes.is_empty() {
        ui::data(format!(
            "allowed scopes    {}",
            listed(&authorizer.allowed_scopes)
        ));
    }
    ui::data(format!(
        "client claim      {}",
        authorizer.client_claim.as_str()
    ));
    ui::data(format!(
        "login             {}",
        logging_in(runtime.login, &runtime.login_allow)
    ));
    ui::data(format!(
        "tools             {}",
        runtime.tool_names().join(", ")
    ));
    for version in &runtime.versions {
        let digest: String = version.digest.chars().take(12).collect();
        let pointer = if version.number == runtime.version {
            "  <- DEFAULT"
        } else {
            ""
        };
        ui::data(format!(
            "  version {:<4} {digest}  started in {} ms{pointer}",
            version.number, version.start_ms
        ));
    }
}

/// How many instances there are, in words.
fn counted(runtime: &RuntimeView) -> String {
    match runtime.starting {
        0 => runtime.instances.to_string(),
        starting => format!("{} ({starting} starting)", runtime.instances),
    }
}

/// What became of the last start, and where to look.
fn failed(runtime: &RuntimeView, failure: &StartFailure) -> String {
    format!(
        "failed at {}: {}; `shukuba logs {}` shows what the instance printed",
        ui::time(failure.failed_at),
        failure.message,
        runtime.name
    )
}

/// Whether people may log in, and which, in words.
pub(crate) fn logging_in(login: bool, allow: &LoginAllow) -> String {
    match (login, allow) {
        (false, _) => "no".to_owned(),
        (true, LoginAllow::All) => "yes".to_owned(),
        (true, LoginAllow::Users(names)) => format!("yes, for {}", names.join(", ")),
    }
}

fn listed(values: &[String]) -> String {
    if values.is_empty() {
        "(any)".to_owned()
    } else {
        values.join(", ")
    }
}
