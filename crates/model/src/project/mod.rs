//! The project file a directory carries, in AgentCore's shape.
//!
//! Text in, text out: a [`ProjectFile`] holds the bytes of the file, reads
//! typed values from them with their lines, and changes single values while
//! every other byte stays as it was. Reading and writing files is the caller's.

mod agent;
mod draft;
mod edit;
mod error;
mod file;
mod render;
mod scalar;
mod splice;
mod tree;
mod values;

pub use agent::{Agent, OwnSettings};
pub use draft::AgentDraft;
pub use error::ProjectError;
pub use file::ProjectFile;

/// The names a project file may have; the first found in a directory counts.
pub const FILE_NAMES: [&str; 3] = [
    "shukuba.yaml",
    ".bedrock_agentcore.yaml",
    "bedrock_agentcore.yaml",
];

/// The name of a project file that is written where there was none: the one
/// the AWS toolkit reads too.
pub const NEW_FILE_NAME: &str = ".bedrock_agentcore.yaml";
