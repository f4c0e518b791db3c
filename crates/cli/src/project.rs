//! A directory and the project file in it.

use std::path::{Path, PathBuf};

use shukuba_model::name::NameError;
use shukuba_model::project::{FILE_NAMES, ProjectError, ProjectFile};
use shukuba_model::wire::{AuthorizerSettings, RuntimeView};
use shukuba_model::{AccountId, LoginAllow, Region, RuntimeId, RuntimeName};

use crate::failure::Failure;

/// A project: where it lies and what its file says.
pub(crate) struct Project {
    directory: PathBuf,
    path: PathBuf,
    file: ProjectFile,
}

/// An agent of the file, with what the file leaves open filled in.
pub(crate) struct ProjectAgent {
    /// The runtime's name.
    pub(crate) name: RuntimeName,
    /// The name the file knows the agent by.
    pub(crate) key: String,
    /// The entry point, relative to the directory.
    pub(crate) entrypoint: String,
    /// The requirements file, relative to the directory.
    pub(crate) requirements_file: Option<String>,
    /// The region.
    pub(crate) region: Region,
    /// The account.
    pub(crate) account: AccountId,
    /// The id it was launched under before.
    pub(crate) agent_id: Option<RuntimeId>,
    /// The inbound rules.
    pub(crate) authorizer: Option<AuthorizerSettings>,
    /// Whether people may log in, where the file says it.
    pub(crate) login: Option<bool>,
    /// Which people, where they may.
    pub(crate) login_allow: LoginAllow,
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        Self::failed(error.to_string())
            .hint("correct the project file, or write it anew with `shukuba configure`")
    }
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        Self::usage(error.to_string())
    }
}

impl Project {
    /// The project of the current directory, if it carries a file.
    ///
    /// # Errors
    /// When the file cannot be read or is not a project file.
    pub(crate) fn of_current_directory() -> Result<Option<Self>, Failure> {
        Self::of_directory(&std::env::current_dir()?)
    }

    /// The project of a directory, if it carries a file.
    ///
    /// # Errors
    /// As [`Project::of_current_directory`].
    pub(crate) fn of_directory(directory: &Path) -> Result<Option<Self>, Failure> {
        for name in FILE_NAMES {
            let path = directory.join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    let file = ProjectFile::parse(path.display().to_string(), text)?;
                    return Ok(Some(Self {
                        directory: directory.to_owned(),
                        path,
                        file,
                    }));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::failed(format!(
                        "{} cannot be read: {error}",
                        path.display()
                    )));
                }
            }
        }
        Ok(None)
    }

    /// The file and where it lies, for those who change it.
    pub(crate) fn into_file(self) -> (PathBuf, ProjectFile) {
        (self.path, self.file)
    }

    /// The directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The runtime the file's default agent was launched as, else would be.
    pub(crate) fn runtime(&self) -> Option<String> {
        let agent = self.file.agent(None).ok()?;
        Some(
            agent
                .agent_id
                .map_or_else(|| agent.name.to_string(), |id| id.to_string()),
        )
    }

    /// An agent; the default one when none is named.
    ///
    /// # Errors
    /// When there is no such agent, or a value of it is not allowed.
    pub(crate) fn agent(&self, named: Option<&str>) -> Result<ProjectAgent, Failure> {
        let agent = self.file.agent(named)?;
        Ok(ProjectAgent {
            entrypoint: self.relative(&agent.entrypoint)?,
            key: named.map_or_else(|| agent.name.to_string(), str::to_owned),
            name: agent.name,
            requirements_file: agent.own.requirements_file,
            region: agent.region.unwrap_or_default(),
            account: agent.account.unwrap_or_default(),
            agent_id: agent.agent_id,
            authorizer: agent.authorizer,
            login: agent.own.login,
            login_allow: agent.own.login_allow,
        })
    }

    /// Writes back where an agent was launched; every other byte stays.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn record(&mut self, key: &str, runtime: &RuntimeView) -> Result<(), Failure> {
        let before = self.file.text().to_owned();
        self.file.record_launch(key, &runtime.arn)?;
        if self.file.text() != before {
            write_whole(&self.path, self.file.text())?;
        }
        Ok(())
    }

    /// AWS's toolkit writes absolute paths; inside the directory they mean the
    /// same as relative ones.
    fn relative(&self, entrypoint: &str) -> Result<String, Failure> {
        let path = Path::new(entrypoint);
        if path.is_relative() {
            return Ok(entrypoint.to_owned());
        }
        let root = self.directory.canonicalize()?;
        let inside = path.strip_prefix(&root).map_err(|_| {
            Failure::failed(format!(
                "the entry point {entrypoint} lies outside the project {}",
                root.display()
            ))
            .hint("name it relative to the project file")
        })?;
        Ok(inside.to_string_lossy().into_owned())
    }
}

/// Replaces a file, whole or not at all.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("{} cannot be written: {error}", path.display()))
    };
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    std::fs::write(&partial, text).map_err(failed)?;
    std::fs::rename(&partial, path).map_err(failed)
}
