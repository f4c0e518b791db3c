//! `shukuba`: the one binary. A file per command; this one only dispatches.

mod applications;
mod bundle;
mod client;
mod commands;
mod failure;
mod launching;
mod logins;
mod mcp;
mod paste;
mod project;
mod ui;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use shukuba_model::setting::SettingSources;

use crate::commands::{
    adder, api, app, audit, configure, demo, destroy, grant, instance, invoke, journeys, key,
    launch, list, listening, login, logs, rollback, serve, status, token, up, user,
};
use crate::failure::Failure;

/// Hosts MCP servers, checks who calls them, and explains every refusal.
#[derive(Debug, Parser)]
#[command(name = "shukuba", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Where the server is, and where its operator key lies.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The address of the running server.
    #[arg(
        long,
        global = true,
        env = "SHUKUBA_SERVER",
        default_value = "http://127.0.0.1:8430",
        value_name = "URL"
    )]
    pub(crate) server: String,
    /// The server's data directory: its database, keys and the operator's key.
    #[arg(
        long,
        global = true,
        env = "SHUKUBA_DATA_DIR",
        default_value = "./.shukuba",
        value_name = "DIR"
    )]
    pub(crate) data_dir: std::path::PathBuf,
    /// Who said what a server's settings are.
    #[arg(skip)]
    pub(crate) sources: SettingSources,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a project at once: package it, start it, call its first tool.
    Up(up::UpArgs),
    /// Play the story of a refused, explained and renewed token, then end.
    Demo(demo::DemoArgs),
    /// Run the server until Ctrl-C.
    Serve(serve::ServeArgs),
    /// Write a project's configuration.
    Configure(Box<configure::ConfigureArgs>),
    /// Build the project on the server and make it the newest version.
    Launch(launch::LaunchArgs),
    /// Call a runtime with a JSON-RPC message.
    Invoke(invoke::InvokeArgs),
    /// Show the server, or one runtime.
    Status(status::StatusArgs),
    /// List the runtimes.
    List(list::ListArgs),
    /// Show what a runtime's instances print.
    Logs(logs::LogsArgs),
    /// Let an earlier version of a runtime serve again.
    Rollback(rollback::RollbackArgs),
    /// Remove a runtime.
    Destroy(destroy::DestroyArgs),
    /// APIs (resource servers) the issuer mints tokens for.
    #[command(subcommand)]
    Api(api::ApiCommand),
    /// Applications (OAuth clients).
    #[command(subcommand)]
    App(app::AppCommand),
    /// People who log in.
    #[command(subcommand)]
    User(user::UserCommand),
    /// What people allowed clients.
    #[command(subcommand)]
    Grant(grant::GrantCommand),
    /// The issuer's signing keys.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// What clients did on their way in, and where they got stuck.
    Journeys(journeys::JourneysArgs),
    /// Who did what: the audit log.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Log in at an MCP server as a person, with a browser.
    Login(login::LoginArgs),
    /// End a login of `shukuba login`.
    Logout(login::LogoutArgs),
    /// Get and explain access tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Become an instance of a hosted server.
    #[command(name = "__instance", hide = true)]
    Instance(instance::InstanceArgs),
    /// Serve the adder that is part of this binary.
    #[command(name = "__adder", hide = true)]
    Adder,
}

fn main() -> ExitCode {
    let arguments = configure::normalise_arguments(std::env::args_os());
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(error) => return ui::print_usage(&error),
    };
    let command = match cli.command {
        // Execs another program, so it runs before any thread is started.
        Command::Instance(args) => return instance::run(args),
        command => command,
    };
    match run(cli.global, command) {
        Ok(code) => code,
        Err(failure) => ui::print_failure(&failure),
    }
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    if let Some((_, command)) = matches.subcommand() {
        cli.global.sources = listening::sources(command);
    }
    Ok(cli)
}

fn run(global: Global, command: Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("the async runtime did not start: {error}")))?;
    runtime.block_on(dispatch(&global, command))
}

#[expect(
    clippy::cognitive_complexity,
    reason = "a line per command, and nothing else"
)]
async fn dispatch(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    let done = match command {
        Command::Up(args) => up::run(global, args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(global, args).await,
        Command::Configure(args) => configure::run(global, *args).await,
        Command::Launch(args) => launch::run(global, args).await,
        Command::Invoke(args) => return invoke::run(global, args).await,
        Command::Status(args) => status::run(global, args).await,
        Command::List(args) => list::run(global, args).await,
        Command::Logs(args) => logs::run(global, args).await,
        Command::Rollback(args) => rollback::run(global, args).await,
        Command::Destroy(args) => destroy::run(global, args).await,
        Command::Api(command) => api::run(global, command).await,
        Command::App(command) => app::run(global, command).await,
        Command::User(command) => user::run(global, command).await,
        Command::Grant(command) => grant::run(global, command).await,
        Command::Key(command) => key::run(global, command).await,
        Command::Journeys(args) => journeys::run(global, &args).await,
        Command::Audit(command) => return audit::run(global, command).await,
        Command::Login(args) => login::log_in(args).await,
        Command::Logout(args) => login::log_out(args).await,
        Command::Token(command) => return token::run(global, command).await,
        Command::Adder => adder::run().await,
        Command::Instance(_) => Ok(()),
    };
    done.map(|()| ExitCode::SUCCESS)
}
