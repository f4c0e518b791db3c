//! What a Python project asks to have installed, as far as it must be known
//! before anything is installed.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::BuildError;
use super::unpack::inside;

/// How deep `-r other.txt` lines are followed.
const DEEPEST: usize = 4;

/// Where the packages of a project are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Requirements {
    /// A file in pip's format, relative to the project.
    File(PathBuf),
    /// `pyproject.toml`.
    Project,
    /// Nowhere: only the standard library is used.
    None,
}

impl Requirements {
    /// The list that was named, else the usual ones.
    pub(super) fn find(app: &Path, named: Option<&str>) -> Result<Self, BuildError> {
        if let Some(named) = named {
            return inside(Path::new(named))
                .filter(|path| app.join(path).is_file())
                .map(|path| match path.to_str() {
                    Some("pyproject.toml") => Self::Project,
                    _ => Self::File(path),
                })
                .ok_or_else(|| BuildError::missing_requirements(named));
        }
        Ok(if app.join("requirements.txt").is_file() {
            Self::File(PathBuf::from("requirements.txt"))
        } else if app.join("pyproject.toml").is_file() {
            Self::Project
        } else {
            Self::None
        })
    }

    /// The name of the list, for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Project => "pyproject.toml".to_owned(),
            Self::None => "no requirements".to_owned(),
        }
    }
}

/// Refuses what is known to fail: an entry point that imports what will not be
/// installed, or what the installed version no longer has.
pub(super) fn check_imports(
    app: &Path,
    entrypoint: &str,
    requirements: &Requirements,
) -> Result<(), BuildError> {
    let source = fs::read(app.join(entrypoint)).unwrap_or_default();
    let source = String::from_utf8_lossy(&source);
    let lines = match requirements {
        Requirements::None => {
            return match ["mcp", "fastmcp"]
                .into_iter()
                .find(|name| imports(&source, name) && !app.join(name).exists())
            {
                Some(package) => Err(BuildError::no_requirements(entrypoint, package)),
                None => Ok(()),
            };
        }
        Requirements::File(path) => requirement_lines(app, path, DEEPEST),
        Requirements::Project => quoted_strings(&app.join("pyproject.toml")),
    };
    if !imports(&source, "mcp.server.fastmcp") {
        return Ok(());
    }
    let of_mcp: Vec<(&str, &str)> = lines
        .iter()
        .filter_map(|line| Some((line.as_str(), specifiers_of(line, "mcp")?)))
        .collect();
    // One line that excludes version 2 is enough, a constraint for instance.
    if of_mcp.iter().all(|(_, specifiers)| admits_2(specifiers))
        && let Some((line, _)) = of_mcp.first()
    {
        return Err(BuildError::fastmcp_removed(
            entrypoint,
            &requirements.name(),
            line,
        ));
    }
    Ok(())
}

/// Whether Python source imports a module or a part of it.
fn imports(source: &str, module: &str) -> bool {
    source.lines().map(str::trim_start).any(|line| {
        let named = line
            .strip_prefix("from ")
            .or_else(|| line.strip_prefix("import "));
        named
            .and_then(|rest| rest.trim_start().strip_prefix(module))
            .is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(['.', ' ', '\t', ',', ';', '#'])
            })
    })
}

/// The requirement and constraint lines of a file and of those it includes.
fn requirement_lines(app: &Path, file: &Path, depth: usize) -> Vec<String> {
    let text = fs::read(app.join(file)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).replace("\\\n", " ");
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim();
        let included = ["-r", "--requirement", "-c", "--constraint"]
            .into_iter()
            .find_map(|option| line.strip_prefix(option))
            .map(|rest| rest.trim_start_matches(['=', ' ', '\t']));
        match included {
            Some(name) if depth > 0 => {
                let beside = file.parent().unwrap_or_else(|| Path::new("")).join(name);
                if let Some(path) = inside(&beside) {
                    lines.extend(requirement_lines(app, &path, depth - 1));
                }
            }
            Some(_) => {}
            None if line.is_empty() || line.starts_with('#') => {}
            None => lines.push(line.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }
    lines
}

/// Every quoted string of a TOML file: requirements are among them.
fn quoted_strings(file: &Path) -> Vec<String> {
    let text = fs::read(file).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .flat_map(|line| {
            line.split(['"', '\''])
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The version specifiers of a requirement (PEP 508), when it is for `package`.
/// A requirement for an address has none that can be judged.
fn specifiers_of<'a>(line: &'a str, package: &str) -> Option<&'a str> {
    let end = line
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at_checked(end)?;
    if !name.eq_ignore_ascii_case(package) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    if rest.starts_with('@') {
        return None;
    }
    let rest = rest.split([';', '#']).next().unwrap_or(rest);
    let rest = rest.split(" --").next().unwrap_or(rest);
    Some(rest.trim().trim_start_matches('(').trim_end_matches(')'))
}

/// Whether version specifiers (PEP 440) admit any release of the 2 series.
fn admits_2(specifiers: &str) -> bool {
    !specifiers.split(',').map(str::trim).any(excludes_2)
}

fn excludes_2(specifier: &str) -> bool {
    let split = specifier
        .find(|c: char| !matches!(c, '<' | '>' | '=' | '~' | '!'))
        .unwrap_or(specifier.len());
    let Some((operator, version)) = specifier.split_at_checked(split) else {
        return false;
    };
    let mut parts = version.trim().split('.');
    let major: Option<u64> = parts.next().and_then(|part| part.trim().parse().ok());
    let Some(major) = major else { return false };
    let only_zeros = parts.all(|part| part.starts_with('0'));
    match operator {
        "<" => major < 2 || (major == 2 && only_zeros),
        "<=" | "==" | "===" | "~=" => major < 2,
        ">=" | ">" => major > 2,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_that_exclude_the_2_series_are_told_from_those_that_do_not() {
        for pinned in [
            "mcp<2",
            "mcp < 2.0",
            "mcp==1.30.0",
            "mcp[cli]<2",
            "mcp~=1.9",
            "mcp>=1.10,<2",
            "mcp<=1.99",
            "mcp==1.*",
            "mcp (<2)",
            "MCP<2 ; python_version > '3.9'",
            "mcp==1.30.0 --hash=sha256:abc",
        ] {
            assert!(!admits_2(specifiers_of(pinned, "mcp").unwrap()), "{pinned}");
        }
        for open in [
            "mcp",
            "mcp[cli]",
            "mcp>=1.10",
            "mcp<3",
            "mcp==2.3",
            "mcp>=1,!=1.5",
            "mcp<2.1",
        ] {
            assert!(admits_2(specifiers_of(open, "mcp").unwrap()), "{open}");
        }
        for other in [
            "mcp-tools",
            "fastmcp",
            "mcp @ https://example.org/mcp.whl",
            "-e .",
        ] {
            assert_eq!(specifiers_of(other, "mcp"), None, "{other}");
        }
    }

    #[test]
    fn imports_are_found_by_module_and_not_by_prefix() {
        let source = "import os\n    from mcp.server.fastmcp import FastMCP  # x\n";
        assert!(imports(source, "mcp"));
        assert!(imports(source, "mcp.server.fastmcp"));
        assert!(!imports(source, "mcp.server.mcpserver"));
        assert!(!imports("import mcpx\n# from mcp import x\n", "mcp"));
    }

    #[test]
    fn includes_constraints_and_continuations_are_followed() {
        let project = tempfile::tempdir().unwrap();
        fs::write(
            project.path().join("requirements.txt"),
            "-r more.txt\n-c pins.txt\nhttpx \\\n  >=0.20 # a comment\n",
        )
        .unwrap();
        fs::write(project.path().join("more.txt"), "mcp\n").unwrap();
        fs::write(
            project.path().join("pins.txt"),
            "mcp<2\n-r ../../etc/passwd\n",
        )
        .unwrap();
        let lines = requirement_lines(project.path(), Path::new("requirements.txt"), DEEPEST);
        assert_eq!(lines, ["mcp", "mcp<2", "httpx >=0.20"]);
    }
}
