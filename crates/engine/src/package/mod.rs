//! Builds versions: from an uploaded project to a directory and a command that
//! never change again.

mod cargo;
pub(crate) mod failure;
mod pack;
mod python;
mod requirements;
mod shelf;
mod signs;
mod tool;
mod unpack;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use shukuba_model::route::Command;
use tokio::sync::{OnceCell, mpsc};
use tokio_util::sync::CancellationToken;

use crate::settings::{OuterEnvironment, is_executable_file};
pub use failure::{BuildError, BuildFailure};
pub use pack::{Packed, Packer};
use python::{Interpreter, find_interpreter};
use shelf::{Place, Shelf, digest_of, digest_of_file};
use tool::Bench;
use unpack::{inside, unpack};

/// Part of every digest: raised when the same project is built differently.
const BUILDER: &str = "1";
/// Where a server answers by AgentCore's contract.
const MCP_PATH: &str = "/mcp";

/// What to build.
#[derive(Debug, Clone)]
pub enum BuildSource {
    /// An uploaded project.
    Bundle {
        /// The gzip-compressed tar.
        bundle: PathBuf,
        /// The entry point, relative to the project: a `.py` file, an
        /// executable file, or `Cargo.toml` (or the name of a binary of it).
        entrypoint: String,
        /// The requirements file, relative to the project.
        requirements_file: Option<String>,
    },
    /// A server that is part of a program on this machine.
    Builtin {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
}

/// A version that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// SHA-256 of everything that decides the outcome, lower-case hex.
    pub digest: String,
    /// How an instance is started.
    pub command: Command,
}

/// A sign of life of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildEvent {
    /// A step began.
    Step(String),
    /// A tool printed a line.
    Output(String),
}

/// Builds versions, each digest once at a time.
#[derive(Debug)]
pub(crate) struct Workshop {
    shelf: Shelf,
    cache: PathBuf,
    environment: OuterEnvironment,
    closing: CancellationToken,
    interpreter: OnceCell<Interpreter>,
    under_way: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Workshop {
    /// Opens the workshop in a data directory.
    pub(crate) fn open(
        data_dir: &Path,
        environment: OuterEnvironment,
        closing: CancellationToken,
    ) -> io::Result<Self> {
        let cache = data_dir.join("cache");
        std::fs::create_dir_all(&cache)?;
        Ok(Self {
            shelf: Shelf::open(data_dir.join("versions"))?,
            cache,
            environment,
            closing,
            interpreter: OnceCell::new(),
            under_way: Mutex::default(),
        })
    }

    /// Builds a version, or finds it built.
    pub(crate) async fn build(
        &self,
        source: BuildSource,
        progress: mpsc::Sender<BuildEvent>,
    ) -> Result<Build, BuildError> {
        match source {
            BuildSource::Builtin { program, arguments } => self.builtin(program, arguments),
            BuildSource::Bundle {
                bundle,
                entrypoint,
                requirements_file,
            } => {
                let order = Order {
                    bundle,
                    entrypoint: inside(Path::new(&entrypoint))
                        .filter(|path| !path.as_os_str().is_empty())
                        .ok_or_else(|| BuildError::missing_entrypoint(&entrypoint, &[]))?,
                    requirements_file,
                };
                self.bundle(&order, &progress).await
            }
        }
    }

    /// A server that is part of a program: nothing to build but a directory.
    fn builtin(&self, program: PathBuf, arguments: Vec<String>) -> Result<Build, BuildError> {
        let digest = digest_of(&["builtin", env!("CARGO_PKG_VERSION"), &arguments.join("\0")]);
        let app = self.shelf.place(&digest).app();
        std::fs::create_dir_all(&app)
            .map_err(|error| BuildError::machine("Making", &app, &error))?;
        let mut command = plain_command(program, app);
        command.arguments = arguments;
        Ok(Build { digest, command })
    }

    async fn bundle(
        &self,
        order: &Order,
        progress: &mpsc::Sender<BuildEvent>,
    ) -> Result<Build, BuildError> {
        let mut bench = Bench {
            environment: self.build_environment(),
            directory: self.cache.clone(),
            progress,
            closing: &self.closing,
        };
        let interpreter = match order.is_python() {
            true => Some(self.interpreter(&bench).await?),
            false => None,
        };
        let digest = order.digest(interpreter).await?;
        let place = self.shelf.place(&digest);
        let turn = self.turn(&digest);
        let _mine = turn.lock().await;
        if let Some(command) = place.finished() {
            bench
                .step("Nothing to build: this version is there already")
                .await;
            return Ok(Build { digest, command });
        }
        bench.step("Unpacking the project").await;
        let unfinished = place.clone().begin()?;
        let (bundle, app) = (order.bundle.clone(), place.app());
        blocking(move || unpack(&bundle, &app)).await?;
        bench.directory = place.app();
        let command = match interpreter {
            Some(interpreter) => self.python(&bench, &place, order, interpreter).await?,
            None => self.program(&bench, &place, order).await?,
        };
        unfinished.finish(&command)?;
        Ok(Build { digest, command })
    }

    async fn python(
        &self,
        bench: &Bench<'_>,
        place: &Place,
        order: &Order,
        interpreter: &Interpreter,
    ) -> Result<Command, BuildError> {
        if order.entry_file(&place.app()).is_none() {
            return Err(order.missing(&place.app()));
        }
        let project = python::Project {
            bench,
            place,
            interpreter,
            entrypoint: &order.entrypoint,
            requirements_file: order.requirements_file.as_deref(),
            uv: self.environment.find_program("uv"),
        };
        project.build().await
    }

    /// An executable file is itself; else a Rust project is compiled.
    async fn program(
        &self,
        bench: &Bench<'_>,
        place: &Place,
        order: &Order,
    ) -> Result<Command, BuildError> {
        let file = order.entry_file(&place.app());
        if let Some(file) = file.as_deref().filter(|file| is_executable_file(file)) {
            return Ok(plain_command(file.to_owned(), place.app()));
        }
        if place.app().join("Cargo.toml").is_file() {
            let project = cargo::Project {
                bench,
                place,
                entrypoint: &order.entrypoint,
                cargo: self.environment.find_program("cargo"),
                target_dir: self.cache.join("cargo"),
            };
            return project.build().await;
        }
        match file {
            Some(_) => Err(BuildError::unusable_entrypoint(
                &order.entrypoint.display().to_string(),
            )),
            None => Err(order.missing(&place.app())),
        }
    }

    fn build_environment(&self) -> BTreeMap<std::ffi::OsString, std::ffi::OsString> {
        self.environment.for_build(&self.cache)
    }

    async fn interpreter(&self, bench: &Bench<'_>) -> Result<&Interpreter, BuildError> {
        self.interpreter
            .get_or_try_init(|| find_interpreter(bench, &self.environment))
            .await
    }

    /// The lock of a digest, so that two launches of one bundle build once.
    fn turn(&self, digest: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut under_way = self.under_way.lock();
        under_way.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(under_way.entry(digest.to_owned()).or_default())
    }
}

/// A bundle to build.
struct Order {
    bundle: PathBuf,
    entrypoint: PathBuf,
    requirements_file: Option<String>,
}

impl Order {
    fn is_python(&self) -> bool {
        self.entrypoint
            .extension()
            .is_some_and(|extension| extension == "py")
    }

    /// Names everything that decides the outcome.
    async fn digest(&self, interpreter: Option<&Interpreter>) -> Result<String, BuildError> {
        let bundle = self.bundle.clone();
        let of_bundle = blocking(move || {
            digest_of_file(&bundle).map_err(|error| BuildError::machine("Reading", &bundle, &error))
        })
        .await?;
        Ok(digest_of(&[
            &of_bundle,
            &self.entrypoint.display().to_string(),
            self.requirements_file.as_deref().unwrap_or(""),
            interpreter.map_or("", |interpreter| &interpreter.version),
            interpreter.map_or("", |_| python::BOOTSTRAP),
            std::env::consts::ARCH,
            std::env::consts::OS,
            BUILDER,
        ]))
    }

    /// The entry point as a file that lies in the project.
    fn entry_file(&self, app: &Path) -> Option<PathBuf> {
        let file = app.join(&self.entrypoint);
        file.is_file().then_some(file)
    }

    /// Says that the entry point is missing, and what could be one.
    fn missing(&self, app: &Path) -> BuildError {
        let mut there: Vec<String> = std::fs::read_dir(app)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".py") || name == "Cargo.toml")
            .collect();
        there.sort();
        there.truncate(10);
        BuildError::missing_entrypoint(&self.entrypoint.display().to_string(), &there)
    }
}

/// A program that needs nothing but `PORT`.
fn plain_command(program: PathBuf, directory: PathBuf) -> Command {
    Command {
        program,
        arguments: Vec::new(),
        directory,
        environment: BTreeMap::new(),
        path: MCP_PATH.to_owned(),
    }
}

/// Runs file work where it holds up no request.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BuildError> + Send + 'static,
) -> Result<T, BuildError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(BuildError::shutting_down()))
}
