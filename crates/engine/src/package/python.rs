//! Builds Python projects: an interpreter, a virtual environment at its final
//! place, the packages, bytecode.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::failure::BuildError;
use super::requirements::{Requirements, check_imports};
use super::shelf::Place;
use super::tool::{Bench, Hearing};
use crate::settings::OuterEnvironment;

/// Part of a Python version, and so of its digest.
pub(super) const BOOTSTRAP: &str = include_str!("bootstrap.py");
const OLDEST: (u32, u32) = (3, 10);
const NAMES: &[&str] = &[
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
];
const PROBE: &str = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)";
/// Prints the dependencies of a pyproject.toml, a line each. `tomllib` came with 3.11.
const DEPENDENCIES: &str = "
import sys
try:
    import tomllib
except ModuleNotFoundError:
    from pip._vendor import tomli as tomllib
with open(sys.argv[1], 'rb') as file:
    print('\\n'.join(tomllib.load(file).get('project', {}).get('dependencies', [])))
";

/// The Python that versions are built with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interpreter {
    /// Its absolute path; `None` when uv is to fetch one.
    program: Option<PathBuf>,
    /// Its version, or who chooses it.
    pub(super) version: String,
}

/// Finds a Python that is new enough, or uv, which can fetch one.
pub(super) async fn find_interpreter(
    bench: &Bench<'_>,
    outer: &OuterEnvironment,
) -> Result<Interpreter, BuildError> {
    let mut too_old = Vec::new();
    for program in NAMES.iter().filter_map(|name| outer.find_program(name)) {
        let probe = bench
            .run(
                "Asking Python for its version",
                &program,
                ["-c", PROBE],
                Hearing::Caller,
            )
            .await;
        // What does not even tell its version is no interpreter: a shim, for one.
        let Ok(outcome) = probe else { continue };
        let [version, executable] = outcome.stdout.as_slice() else {
            continue;
        };
        if outcome.success && is_new_enough(version) {
            return Ok(Interpreter {
                program: Some(PathBuf::from(executable)),
                version: version.clone(),
            });
        }
        let found = format!("{version} at {}", program.display());
        if !too_old.contains(&found) {
            too_old.push(found);
        }
    }
    match outer.find_program("uv") {
        Some(_) => Ok(Interpreter {
            program: None,
            version: "chosen by uv".to_owned(),
        }),
        None => Err(BuildError::no_python(&too_old)),
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST,
        _ => false,
    }
}

/// A Python project that is being built.
pub(super) struct Project<'a> {
    pub(super) bench: &'a Bench<'a>,
    pub(super) place: &'a Place,
    pub(super) interpreter: &'a Interpreter,
    pub(super) entrypoint: &'a Path,
    pub(super) requirements_file: Option<&'a str>,
    /// uv, when it is on `PATH`.
    pub(super) uv: Option<PathBuf>,
}

impl Project<'_> {
    /// Builds it and tells how it is started.
    pub(super) async fn build(&self) -> Result<shukuba_model::route::Command, BuildError> {
        let app = self.place.app();
        let requirements = Requirements::find(&app, self.requirements_file)?;
        check_imports(&app, &self.entrypoint.display().to_string(), &requirements)?;
        self.make_venv(&requirements).await?;
        if requirements != Requirements::None {
            self.bench
                .step(format!(
                    "Installing the packages of {}",
                    requirements.name()
                ))
                .await;
            match &self.uv {
                Some(uv) => self.install_with_uv(uv, &requirements).await?,
                None => self.install_with_pip(&requirements).await?,
            }
        }
        self.compile(&app).await;
        let bootstrap = self.place.root().join("bootstrap.py");
        fs::write(&bootstrap, BOOTSTRAP)
            .map_err(|error| BuildError::machine("Writing", &bootstrap, &error))?;
        Ok(self.command(&bootstrap, &app))
    }

    async fn make_venv(&self, requirements: &Requirements) -> Result<(), BuildError> {
        let venv = self.place.venv();
        let chosen = self.interpreter.program.as_deref();
        self.bench
            .step(format!(
                "Making an environment for Python {}",
                self.interpreter.version
            ))
            .await;
        let (program, arguments): (&Path, Vec<OsString>) = match (&self.uv, chosen) {
            (Some(uv), chosen) => {
                let wanted =
                    chosen.map_or_else(|| ">=3.10".into(), |path| path.as_os_str().to_owned());
                (
                    uv,
                    vec!["venv".into(), "--python".into(), wanted, venv.into()],
                )
            }
            (None, Some(python)) => {
                let mut arguments: Vec<OsString> = vec!["-m".into(), "venv".into()];
                // pip takes seconds to unpack and is needed only to install.
                if *requirements == Requirements::None {
                    arguments.push("--without-pip".into());
                }
                arguments.push(venv.into());
                (python, arguments)
            }
            (None, None) => return Err(BuildError::no_python(&[])),
        };
        let outcome = self
            .bench
            .run(
                "Making a virtual environment",
                program,
                arguments,
                Hearing::Progress,
            )
            .await?;
        if outcome.success {
            return Ok(());
        }
        let all = outcome.all_lines();
        Err(BuildError::venv(&program.display().to_string(), all))
    }

    async fn install_with_uv(
        &self,
        uv: &Path,
        requirements: &Requirements,
    ) -> Result<(), BuildError> {
        let list = match requirements {
            Requirements::File(path) => path.clone(),
            Requirements::Project | Requirements::None => PathBuf::from("pyproject.toml"),
        };
        let mut arguments: Vec<OsString> = ["pip", "install", "--compile-bytecode", "--python"]
            .map(OsString::from)
            .into();
        arguments.extend([self.python().into(), "-r".into(), list.into()]);
        self.install(uv, arguments, requirements).await
    }

    async fn install_with_pip(&self, requirements: &Requirements) -> Result<(), BuildError> {
        let list = match requirements {
            Requirements::File(path) => self.place.app().join(path),
            Requirements::Project | Requirements::None => self.extracted_dependencies().await?,
        };
        let mut arguments: Vec<OsString> = [
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar=off",
            "-r",
        ]
        .map(OsString::from)
        .into();
        arguments.push(list.into());
        self.install(&self.python(), arguments, requirements).await
    }

    async fn install(
        &self,
        program: &Path,
        arguments: Vec<OsString>,
        requirements: &Requirements,
    ) -> Result<(), BuildError> {
        let outcome = self
            .bench
            .run("Installing packages", program, arguments, Hearing::Progress)
            .await?;
        if outcome.success {
            return Ok(());
        }
        Err(BuildError::install(
            &requirements.name(),
            outcome.all_lines(),
        ))
    }

    /// pip has no option to install only what a pyproject.toml depends on.
    async fn extracted_dependencies(&self) -> Result<PathBuf, BuildError> {
        let arguments: [OsString; 3] = ["-c".into(), DEPENDENCIES.into(), "pyproject.toml".into()];
        let outcome = self
            .bench
            .run(
                "Reading pyproject.toml",
                &self.python(),
                arguments,
                Hearing::Caller,
            )
            .await?;
        if !outcome.success {
            return Err(BuildError::tool_broke(
                "Reading pyproject.toml",
                "it is not valid TOML",
                outcome.all_lines(),
            ));
        }
        let list = self.place.root().join("pyproject-dependencies.txt");
        fs::write(&list, outcome.stdout.join("\n"))
            .map_err(|error| BuildError::machine("Writing", &list, &error))?;
        Ok(list)
    }

    /// Bytecode of the project's own modules: starts are faster by it. A file
    /// that does not compile is told by the first start, if it matters.
    async fn compile(&self, app: &Path) {
        let arguments: [OsString; 4] = ["-m".into(), "compileall".into(), "-q".into(), app.into()];
        drop(
            self.bench
                .run(
                    "Compiling bytecode",
                    &self.python(),
                    arguments,
                    Hearing::Progress,
                )
                .await,
        );
    }

    fn python(&self) -> PathBuf {
        self.place.venv().join("bin/python")
    }

    fn command(&self, bootstrap: &Path, app: &Path) -> shukuba_model::route::Command {
        let text = |path: &Path| path.display().to_string();
        shukuba_model::route::Command {
            program: self.python(),
            arguments: vec![text(bootstrap), text(&app.join(self.entrypoint)), text(app)],
            directory: app.to_owned(),
            environment: [
                ("PYTHONUNBUFFERED", "1".to_owned()),
                ("VIRTUAL_ENV", text(&self.place.venv())),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
            path: super::MCP_PATH.to_owned(),
        }
    }
}
