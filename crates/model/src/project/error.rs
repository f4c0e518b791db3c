//! What is wrong with a project file, and where.

use std::fmt;

/// A value that is not allowed, or a text that is not YAML. Reads as
/// `FILE:LINE: KEY: what is wrong and what is allowed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectError {
    /// The file, as its reader named it.
    pub file: String,
    /// The line, counted from 1; absent when the whole file is meant.
    pub line: Option<usize>,
    /// The path of the key, such as `agents.mcp_server.aws.region`; empty when
    /// no key is meant.
    pub key: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ProjectError {}

/// An error about a file as a whole.
pub(super) fn in_file(file: &str, message: impl Into<String>) -> ProjectError {
    ProjectError {
        file: file.to_owned(),
        line: None,
        key: String::new(),
        message: message.into(),
    }
}
