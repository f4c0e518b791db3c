//! Builds Rust projects.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use shukuba_model::route::Command;

use super::failure::BuildError;
use super::shelf::Place;
use super::tool::{Bench, Hearing};

/// A Rust project that is being built.
pub(super) struct Project<'a> {
    pub(super) bench: &'a Bench<'a>,
    pub(super) place: &'a Place,
    /// `Cargo.toml`, or the name of a binary or of its source file.
    pub(super) entrypoint: &'a Path,
    pub(super) cargo: Option<PathBuf>,
    /// Shared by all builds, so that the next one of the same project is quick.
    pub(super) target_dir: PathBuf,
}

/// A binary that cargo has built.
struct Binary {
    name: String,
    executable: PathBuf,
}

impl Project<'_> {
    /// Builds it and tells how it is started.
    pub(super) async fn build(&self) -> Result<Command, BuildError> {
        let cargo = self.cargo.as_deref().ok_or_else(BuildError::no_cargo)?;
        let app = self.place.app();
        stand_alone(&app)?;
        self.bench
            .step("Compiling with cargo build --release")
            .await;
        let mut arguments: Vec<OsString> = [
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
            "--target-dir",
        ]
        .map(OsString::from)
        .into();
        arguments.push(self.target_dir.clone().into());
        if app.join("Cargo.lock").is_file() {
            arguments.push("--locked".into());
        }
        let outcome = self
            .bench
            .run("cargo build", cargo, arguments, Hearing::Caller)
            .await?;
        if !outcome.success {
            return Err(BuildError::cargo(outcome.all_lines()));
        }
        let binary = self.choose(binaries(&outcome.stdout))?;
        self.keep(&binary)
    }

    fn choose(&self, mut binaries: Vec<Binary>) -> Result<Binary, BuildError> {
        let wanted = self.entrypoint.file_stem().and_then(|stem| stem.to_str());
        if let Some(named) = binaries
            .iter()
            .position(|binary| Some(binary.name.as_str()) == wanted)
        {
            return Ok(binaries.swap_remove(named));
        }
        match (binaries.pop(), binaries.is_empty()) {
            (Some(only), true) => Ok(only),
            (last, _) => {
                binaries.extend(last);
                let names: Vec<String> = binaries.into_iter().map(|binary| binary.name).collect();
                Err(BuildError::no_binary("The Rust project", &names))
            }
        }
    }

    /// Copies the binary into the version: the shared one is overwritten by the
    /// next build.
    fn keep(&self, binary: &Binary) -> Result<Command, BuildError> {
        let directory = self.place.root().join("bin");
        let program = directory.join(&binary.name);
        fs::create_dir_all(&directory)
            .and_then(|()| fs::copy(&binary.executable, &program))
            .map_err(|error| BuildError::machine("Copying the binary to", &program, &error))?;
        Ok(super::plain_command(program, self.place.app()))
    }
}

/// Makes the project a workspace of its own: the data directory may lie in
/// another project, which cargo would take for its workspace.
fn stand_alone(app: &Path) -> Result<(), BuildError> {
    let manifest = app.join("Cargo.toml");
    let failed = |error| BuildError::machine("Reading", &manifest, &error);
    let text = fs::read_to_string(&manifest).map_err(failed)?;
    let is_workspace = text.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("[workspace]") || line.starts_with("[workspace.")
    });
    if is_workspace {
        return Ok(());
    }
    fs::write(&manifest, format!("{text}\n[workspace]\n")).map_err(failed)
}

/// The binaries among cargo's messages.
fn binaries(messages: &[String]) -> Vec<Binary> {
    messages
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| {
            let kinds = message.pointer("/target/kind")?.as_array()?;
            if !kinds.iter().any(|kind| kind == "bin") {
                return None;
            }
            Some(Binary {
                name: message.pointer("/target/name")?.as_str()?.to_owned(),
                executable: PathBuf::from(message.get("executable")?.as_str()?),
            })
        })
        .collect()
}
