//! What `up` was pointed at: a project with a file, a directory without one,
//! or a single file.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use shukuba_model::{AccountId, LoginAllow, Region, RuntimeName};

use crate::bundle::{self, Bundle};
use crate::failure::Failure;
use crate::project::{Project, ProjectAgent};

/// What to serve.
pub(super) struct Source {
    root: PathBuf,
    /// Only these files, when a single file was named.
    files: Option<Vec<PathBuf>>,
    /// How it is configured, by its project file or by what is usual.
    pub(super) agent: ProjectAgent,
}

/// Entry points by usual name, the seed's first.
const USUAL_NAMES: &[&str] = &["mcp_server.py", "server.py", "main.py", "app.py"];

impl Source {
    /// Looks at a path.
    pub(super) fn find(path: &Path) -> Result<Self, Failure> {
        let path = path.canonicalize().map_err(|error| {
            Failure::usage(format!("{} cannot be served: {error}", path.display()))
                .hint("name a project directory or a server's file")
        })?;
        if path.is_dir() {
            return Self::of_directory(path);
        }
        Self::of_file(&path)
    }

    /// Packs it for upload.
    pub(super) fn pack(&self) -> Result<Bundle, Failure> {
        match &self.files {
            Some(files) => bundle::of_files(&self.root, files.clone()),
            None => bundle::of_directory(&self.root),
        }
    }

    fn of_directory(root: PathBuf) -> Result<Self, Failure> {
        if let Some(project) = Project::of_directory(&root)? {
            let agent = project.agent(None)?;
            return Ok(Self::whole(root, agent));
        }
        let entrypoint = find_entrypoint(&root)?;
        let agent = usual_agent(&text_of(root.file_name()), entrypoint)?;
        Ok(Self::whole(root, agent))
    }

    /// A file that the project file beside it names is that project; any other
    /// is served alone, with the requirements beside it.
    fn of_file(path: &Path) -> Result<Self, Failure> {
        let root = path.parent().map(Path::to_owned).unwrap_or_default();
        let name = text_of(path.file_name());
        if let Some(project) = Project::of_directory(&root)? {
            let agent = project.agent(None)?;
            if agent.entrypoint == name {
                return Ok(Self::whole(root, agent));
            }
        }
        let agent = usual_agent(&text_of(path.file_stem()), name)?;
        let requirements = root.join("requirements.txt");
        let mut files = vec![path.to_owned()];
        files.extend(requirements.is_file().then_some(requirements));
        Ok(Self {
            root,
            files: Some(files),
            agent,
        })
    }

    fn whole(root: PathBuf, agent: ProjectAgent) -> Self {
        Self {
            root,
            files: None,
            agent,
        }
    }
}

fn text_of(part: Option<&OsStr>) -> String {
    part.unwrap_or_default().to_string_lossy().into_owned()
}

fn find_entrypoint(root: &Path) -> Result<String, Failure> {
    if let Some(name) = USUAL_NAMES.iter().find(|name| root.join(name).is_file()) {
        return Ok((*name).to_owned());
    }
    if root.join("Cargo.toml").is_file() {
        return Ok("Cargo.toml".to_owned());
    }
    let mut scripts = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            scripts.extend(
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    match scripts.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Failure::failed(format!("{} holds no server: no .py file and no Cargo.toml", root.display()))
            .hint("name the server's file: `shukuba up path/to/server.py`")),
        several => Err(Failure::failed(format!(
            "{} holds several Python files and none with a usual name: {}",
            root.display(),
            several.join(", ")
        ))
        .hint("name the one that starts the server, or write a project file with `shukuba configure -e FILE`")),
    }
}

fn usual_agent(label: &str, entrypoint: String) -> Result<ProjectAgent, Failure> {
    let name = RuntimeName::suggested_by(label).ok_or_else(|| {
        Failure::failed(format!(
            "'{label}' has no letter to make a runtime's name of"
        ))
        .hint("write a project file with a name: `shukuba configure -e FILE -n NAME`")
    })?;
    Ok(ProjectAgent {
        key: name.to_string(),
        name,
        entrypoint,
        requirements_file: None,
        region: Region::default(),
        account: AccountId::default(),
        agent_id: None,
        authorizer: None,
        login: None,
        login_allow: LoginAllow::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_named_after_itself_and_a_file_after_its_stem() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("adder-rs");
        std::fs::create_dir(&directory).unwrap();
        std::fs::write(directory.join("mcp_server.py"), "").unwrap();
        std::fs::write(directory.join("other.py"), "").unwrap();
        let source = Source::find(&directory).unwrap();
        assert_eq!(source.agent.name.as_str(), "adder_rs");
        assert_eq!(source.agent.entrypoint, "mcp_server.py");
        let source = Source::find(&directory.join("other.py")).unwrap();
        assert_eq!(source.agent.name.as_str(), "other");
        assert_eq!(source.pack().unwrap().files, 1);
    }

    #[test]
    fn several_scripts_without_a_usual_name_are_not_guessed_among() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("one.py"), "").unwrap();
        std::fs::write(directory.path().join("two.py"), "").unwrap();
        let failure = Source::find(directory.path()).err().unwrap();
        assert!(failure.to_string().contains("several"), "{failure}");
    }
}
