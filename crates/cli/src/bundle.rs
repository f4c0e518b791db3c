//! Packs a project for upload. The same files give the same bytes, so the
//! server can tell by the digest that it has built them before.

use std::path::{Path, PathBuf};

use shukuba_server::{Packed, Packer};

use crate::failure::Failure;

/// What a launch uploads.
pub(crate) struct Bundle {
    /// SHA-256 of `bytes`, lower-case hex.
    pub(crate) sha256: String,
    /// A gzip-compressed tar.
    pub(crate) bytes: Vec<u8>,
    /// How many files it holds.
    pub(crate) files: usize,
}

/// Folders and files that are never part of a project's code. Project files
/// are left out so that a changed rule does not look like changed code.
const EXCLUDED: &[&str] = &[
    ".git",
    ".shukuba",
    ".venv",
    "venv",
    "__pycache__",
    "node_modules",
    "target",
    ".DS_Store",
    "shukuba.yaml",
    ".bedrock_agentcore.yaml",
    "bedrock_agentcore.yaml",
    ".bedrock_agentcore",
];

/// The largest project that is packed, uncompressed (AgentCore's limit for a
/// code package).
const MAX_BYTES: u64 = 750 * 1024 * 1024;

/// Packs a directory: what its ignore files leave out stays out.
///
/// # Errors
/// When a file cannot be read, or the project is too large.
pub(crate) fn of_directory(root: &Path) -> Result<Bundle, Failure> {
    let mut files = Vec::new();
    let walk = ignore::WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .parents(false)
        .filter_entry(|entry| {
            entry.depth() == 0 || !EXCLUDED.contains(&entry.file_name().to_string_lossy().as_ref())
        })
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| {
            Failure::failed(format!(
                "the project {} cannot be read: {error}",
                root.display()
            ))
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.into_path());
        }
    }
    of_files(root, files)
}

/// Packs the named files of a directory.
///
/// # Errors
/// As [`of_directory`].
pub(crate) fn of_files(root: &Path, mut files: Vec<PathBuf>) -> Result<Bundle, Failure> {
    files.sort();
    let mut archive = Packer::default();
    let mut total = 0;
    for path in &files {
        total += append(&mut archive, root, path).map_err(|error| {
            Failure::failed(format!("{} cannot be packed: {error}", path.display()))
        })?;
        if total > MAX_BYTES {
            return Err(Failure::failed(format!(
                "the project is larger than {} MB",
                MAX_BYTES / 1024 / 1024
            ))
            .hint("leave data and dependencies out with a .gitignore"));
        }
    }
    let Packed { sha256, bytes } = archive.finish()?;
    Ok(Bundle {
        sha256,
        bytes,
        files: files.len(),
    })
}

fn append(archive: &mut Packer, root: &Path, path: &Path) -> std::io::Result<u64> {
    let content = std::fs::read(path)?;
    let relative = path.strip_prefix(root).unwrap_or(path);
    archive.add(relative, &content, is_executable(path)?)?;
    Ok(content.len() as u64)
}

fn is_executable(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_bundle_and_rules_are_not_code() {
        let project = tempfile::tempdir().unwrap();
        std::fs::write(project.path().join("server.py"), "print()").unwrap();
        let first = of_directory(project.path()).unwrap();
        std::fs::write(
            project.path().join(".bedrock_agentcore.yaml"),
            "default_agent: x",
        )
        .unwrap();
        std::fs::create_dir(project.path().join(".venv")).unwrap();
        std::fs::write(project.path().join(".venv/big"), "x").unwrap();
        let second = of_directory(project.path()).unwrap();
        assert_eq!(first.sha256, second.sha256);
        assert_eq!(second.files, 1);
        std::fs::write(project.path().join("server.py"), "print(1)").unwrap();
        assert_ne!(first.sha256, of_directory(project.path()).unwrap().sha256);
    }

    #[test]
    fn ignored_files_stay_out() {
        let project = tempfile::tempdir().unwrap();
        std::fs::write(project.path().join(".gitignore"), "data/\n").unwrap();
        std::fs::create_dir(project.path().join("data")).unwrap();
        std::fs::write(project.path().join("data/huge"), "x").unwrap();
        std::fs::write(project.path().join("server.py"), "print()").unwrap();
        assert_eq!(of_directory(project.path()).unwrap().files, 2);
    }
}
