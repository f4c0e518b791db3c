//! The model's tests from outside: what other crates see.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod project_edit;
mod project_properties;
mod project_read;

/// The project file of the story, with every key the AWS toolkit writes.
const SEED: &str = include_str!("../fixtures/bedrock_agentcore.yaml");
