//! For tests only: fake identity providers, fixture MCP servers, a raw-byte
//! client, a private certificate authority.

pub mod fixture;
pub mod provider;
pub mod raw;
pub mod tls;
