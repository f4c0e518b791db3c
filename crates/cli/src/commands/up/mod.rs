//! `shukuba up`: from a directory to an answered call, in one command.

mod credentials;
mod report;
mod smoke;
mod source;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use shukuba_model::wire::{LaunchRequest, LaunchSource, RuntimeView};
use shukuba_server::Server;

use crate::client::Client;
use crate::commands::first_person;
use crate::commands::issuing::IssuingArgs;
use crate::commands::listening::ListenArgs;
use crate::commands::serve;
use crate::failure::Failure;
use crate::{Global, launching, ui};
use report::{Access, Report};
use source::Source;

/// `shukuba up`.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// A project directory, or a single file.
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    listening: ListenArgs,
    #[command(flatten)]
    issuing: IssuingArgs,
    /// Write the facts to this file (mode 0600) once calls are answered.
    #[arg(long, value_name = "FILE")]
    ready_json: Option<PathBuf>,
}

/// Serves the project until Ctrl-C.
///
/// # Errors
/// When any step fails; nothing is left running.
pub(crate) async fn run(global: &Global, args: UpArgs) -> Result<(), Failure> {
    serve::init_logging();
    let began = Instant::now();
    let source = Source::find(&args.path)?;
    let mut end = serve::End::listen()?;
    let server = serve::start(global, args.listening, &args.issuing).await?;
    let outcome = tokio::select! {
        ready = make_ready(&server, &source, args.ready_json.as_deref()) => ready,
        () = end.comes() => Err(Failure::failed("interrupted before it was ready")),
    };
    match outcome {
        Ok(report) => {
            report.print(began.elapsed());
            end.comes().await;
            ui::note("Stopping.");
            server.shutdown().await;
            Ok(())
        }
        Err(failure) => {
            server.shutdown().await;
            Err(failure)
        }
    }
}

async fn make_ready(
    server: &Server,
    source: &Source,
    ready_json: Option<&Path>,
) -> Result<Report, Failure> {
    let client = Client::of_this_process(server)?;
    let runtime = launch(&client, source).await?;
    let data_dir = server.data_dir().to_owned();
    let credentials = credentials::for_runtime(&client, &data_dir, &runtime).await?;
    let smoke = match &credentials {
        Some(credentials) => {
            let token = credentials.token(&client).await?;
            Some(smoke::call(&client, &runtime, token).await?)
        }
        None => None,
    };
    let person = if runtime.login {
        first_person::find_or_create(&client).await?
    } else {
        None
    };
    let access = Access {
        person,
        credentials,
        smoke,
    };
    let report = Report::new(server, data_dir, runtime, access)?;
    if let Some(path) = ready_json {
        report.write_json(path)?;
    }
    Ok(report)
}

async fn launch(client: &Client, source: &Source) -> Result<RuntimeView, Failure> {
    let packed = source.pack()?;
    let agent = &source.agent;
    let request = LaunchRequest {
        source: LaunchSource::Bundle {
            sha256: packed.sha256.clone(),
            entrypoint: agent.entrypoint.clone(),
            requirements_file: agent.requirements_file.clone(),
        },
        region: agent.region.clone(),
        account: agent.account.clone(),
        agent_id: agent.agent_id.clone(),
        authorizer: agent.authorizer.clone(),
        // Only a file that says so turns it off: `up` is there to be logged in to.
        login: agent.login.unwrap_or(true),
        login_allow: agent.login_allow.clone(),
        reuse_unchanged: true,
    };
    launching::upload(client, packed).await?;
    launching::launch(client, &agent.name, &request).await
}
