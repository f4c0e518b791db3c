//! `shukuba serve`: the server, until Ctrl-C.

use clap::Args;
use shukuba_server::{Server, Settings};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::client::Client;
use crate::commands::first_person::{self, Person};
use crate::commands::issuing::IssuingArgs;
use crate::commands::listening::ListenArgs;
use crate::failure::Failure;
use crate::{Global, ui};

/// `shukuba serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    listening: ListenArgs,
    #[command(flatten)]
    issuing: IssuingArgs,
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When the data directory is in use, the port is taken, or a part does not start.
pub(crate) async fn run(global: &Global, args: ServeArgs) -> Result<(), Failure> {
    init_logging();
    let mut end = End::listen()?;
    let server = start(global, args.listening, &args.issuing).await?;
    let person = first_person(&server).await;
    let origin = server.public_url().to_owned();
    ui::note(format!("Shukuba serves at {origin}"));
    let local = server.local_url();
    if local != origin {
        ui::note(format!("listening at          {local}"));
    }
    ui::note(format!(
        "OpenID configuration  {origin}/.well-known/openid-configuration"
    ));
    ui::note(format!(
        "operator's key        {}",
        server.operator_key_path().display()
    ));
    ui::note(format!("isolation             {}", server.isolation()));
    if let Some(person) = &person {
        person.print_link();
    }
    ui::note("Ctrl-C ends it.");
    end.comes().await;
    ui::note("Stopping.");
    server.shutdown().await;
    Ok(())
}

/// Who logs in first. A server that has answered before does not end because
/// nobody can be made.
async fn first_person(server: &Server) -> Option<Person> {
    let found = match Client::of_this_process(server) {
        Ok(client) => first_person::find_or_create(&client).await,
        Err(failure) => Err(failure),
    };
    found.unwrap_or_else(|failure| {
        ui::note(format!("warning: there is no first user: {failure}."));
        None
    })
}

/// Starts a server in this process, and says what clients will refuse of it.
///
/// # Errors
/// As [`run`].
pub(crate) async fn start(
    global: &Global,
    listening: ListenArgs,
    issuing: &IssuingArgs,
) -> Result<Server, Failure> {
    let settings = Settings {
        issuing: issuing.issuing(),
        sources: global.sources.clone(),
        ..listening.settings(global)?
    };
    let server = Server::start(settings).await.map_err(|error| {
        let failure = Failure::failed(error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    for warning in server.warnings() {
        ui::note(format!("warning: {warning}."));
    }
    Ok(server)
}

/// Ctrl-C and SIGTERM, heard from the moment this is made: what comes while
/// something else is going on is not lost.
pub(crate) struct End {
    interrupt: Signal,
    terminate: Signal,
}

impl End {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub(crate) fn listen() -> Result<Self, Failure> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for either.
    pub(crate) async fn comes(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Logs to stderr; `SHUKUBA_LOG` filters, `warn` by default.
pub(crate) fn init_logging() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("SHUKUBA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second subscriber in the same process (a test) keeps the first.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init(),
    );
}
