//! For tests only: fake identity providers, fixture MCP servers, a raw-byte client.

pub mod fixture;
pub mod provider;
pub mod raw;
