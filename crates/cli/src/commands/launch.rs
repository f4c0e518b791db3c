//! `shukuba launch`: build the project on the server and make it the newest version.

use clap::Args;
use shukuba_model::wire::{LaunchRequest, LaunchSource, RuntimeView};

use crate::client::Client;
use crate::commands::invoke;
use crate::failure::Failure;
use crate::paste::{HelperSource, claude_add_json};
use crate::project::Project;
use crate::{Global, applications, bundle, launching, ui};

/// `shukuba launch`.
#[derive(Debug, Args)]
pub(crate) struct LaunchArgs {
    /// The agent of the project file; its default agent when absent.
    #[arg(short, long)]
    agent: Option<String>,
    /// Print the runtime as JSON.
    #[arg(long)]
    json: bool,
}

/// Uploads, builds, starts once, and moves `DEFAULT`.
///
/// # Errors
/// When there is no project file, or the launch fails; the old version serves on.
pub(crate) async fn run(global: &Global, args: LaunchArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    let mut project = Project::of_current_directory()?.ok_or_else(|| {
        Failure::failed("there is no project file in this directory")
            .hint("write one with `shukuba configure -e mcp_server.py`")
    })?;
    let agent = project.agent(args.agent.as_deref())?;
    let packed = bundle::of_directory(project.directory())?;
    ui::note(format!(
        "- Uploading {} files ({} KB)",
        packed.files,
        packed.bytes.len().div_ceil(1024)
    ));
    let request = LaunchRequest {
        source: LaunchSource::Bundle {
            sha256: packed.sha256.clone(),
            entrypoint: agent.entrypoint,
            requirements_file: agent.requirements_file,
        },
        region: agent.region,
        account: agent.account,
        agent_id: agent.agent_id,
        authorizer: agent.authorizer,
        login: agent.login.unwrap_or(false),
        login_allow: agent.login_allow,
        reuse_unchanged: false,
    };
    launching::upload(&client, packed).await?;
    let runtime = launching::launch(&client, &agent.name, &request).await?;
    project.record(&agent.key, &runtime)?;
    if args.json {
        ui::json(&runtime);
        return Ok(());
    }
    show(global, &client, &runtime).await
}

async fn show(global: &Global, client: &Client, runtime: &RuntimeView) -> Result<(), Failure> {
    ui::data(format!(
        "runtime           {} version {}",
        runtime.name, runtime.version
    ));
    ui::data(format!("ARN               {}", runtime.arn));
    ui::data(format!("MCP endpoint      {}", runtime.endpoint));
    ui::data(format!("AgentCore style   {}", runtime.invocation_url));
    ui::data(format!("isolation         {}", runtime.isolation));
    let applications = applications::registered(client).await?;
    match invoke::admitted_application(&applications, runtime) {
        Some(application) => {
            let program = std::env::current_exe()?;
            let data_dir = global.data_dir.canonicalize()?;
            let helper = HelperSource {
                program: &program,
                server: client.server(),
                data_dir: &data_dir,
                app: &application.name,
            };
            ui::note("Paste into Claude Code, with tokens that renew themselves:");
            ui::data(claude_add_json(
                runtime.name.as_str(),
                &runtime.endpoint,
                &helper,
            ));
            ui::note(format!(
                "A token for other clients: shukuba token get --app {}",
                application.name
            ));
        }
        None => ui::note(
            "No application of this server is let in by these rules; callers bring tokens of the issuer behind discoveryUrl.",
        ),
    }
    Ok(())
}
