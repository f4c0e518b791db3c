//! The shelf of built versions: a directory each, named by what decides its
//! content, complete or not there.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use shukuba_model::route::Command;

use super::failure::BuildError;
use crate::random::hex;

const MANIFEST: &str = "manifest.json";
const PARTIAL: &str = ".partial";

/// What a complete version says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    command: Command,
}

/// `DATA/versions`.
#[derive(Debug)]
pub(super) struct Shelf {
    directory: PathBuf,
}

impl Shelf {
    /// Opens the shelf and removes what an ended server left unfinished.
    pub(super) fn open(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        for entry in fs::read_dir(&directory)? {
            let version = entry?.path();
            if version.join(PARTIAL).exists() {
                fs::remove_dir_all(&version)?;
            }
        }
        Ok(Self { directory })
    }

    /// The directory of a version.
    pub(super) fn place(&self, digest: &str) -> Place {
        Place(self.directory.join(digest))
    }
}

/// The directory of one version, there or not.
#[derive(Debug, Clone)]
pub(super) struct Place(PathBuf);

impl Place {
    /// The directory itself.
    pub(super) fn root(&self) -> &Path {
        &self.0
    }

    /// The unpacked project.
    pub(super) fn app(&self) -> PathBuf {
        self.0.join("app")
    }

    /// The virtual environment.
    pub(super) fn venv(&self) -> PathBuf {
        self.0.join("venv")
    }

    /// How the version is started, when it is complete. A data directory that
    /// was moved, or a Python that was removed, makes a version incomplete.
    pub(super) fn finished(&self) -> Option<Command> {
        if self.0.join(PARTIAL).exists() {
            return None;
        }
        let manifest = fs::read(self.0.join(MANIFEST)).ok()?;
        let manifest: Manifest = serde_json::from_slice(&manifest).ok()?;
        let usable =
            manifest.command.directory.starts_with(&self.0) && manifest.command.program.exists();
        usable.then_some(manifest.command)
    }

    /// Begins to fill the directory. Unless it is finished, dropping the
    /// returned value removes it.
    pub(super) fn begin(self) -> Result<Unfinished, BuildError> {
        let failed = |error| BuildError::machine("Making", &self.0, &error);
        remove(&self.0).map_err(failed)?;
        fs::create_dir_all(self.app()).map_err(failed)?;
        fs::write(self.0.join(PARTIAL), b"").map_err(failed)?;
        Ok(Unfinished { place: Some(self) })
    }
}

/// A version that is being built.
#[derive(Debug)]
pub(super) struct Unfinished {
    place: Option<Place>,
}

impl Unfinished {
    /// Declares the version complete.
    pub(super) fn finish(mut self, command: &Command) -> Result<(), BuildError> {
        let Some(place) = &self.place else {
            return Ok(());
        };
        let manifest = place.0.join(MANIFEST);
        let written = serde_json::to_vec_pretty(&Manifest {
            command: command.clone(),
        })
        .map_err(io::Error::from)
        .and_then(|text| fs::write(&manifest, text))
        .and_then(|()| fs::remove_file(place.0.join(PARTIAL)));
        written.map_err(|error| BuildError::machine("Writing", &manifest, &error))?;
        self.place = None;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(place) = &self.place
            && let Err(error) = remove(&place.0)
        {
            tracing::warn!(path = %place.0.display(), %error, "a failed build stays on the disk");
        }
    }
}

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// SHA-256 over named parts, lower-case hex. Lengths keep parts apart.
pub(super) fn digest_of(parts: &[&str]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(context.finish().as_ref())
}

/// SHA-256 of a file, lower-case hex.
pub(super) fn digest_of_file(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut chunk = vec![0_u8; 64 * 1024];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex(context.finish().as_ref())),
            count => context.update(chunk.get(..count).unwrap_or_default()),
        }
    }
}
