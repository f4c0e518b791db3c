//! For tests only: fake identity providers, fixture MCP servers, a raw-byte
//! client, a person's browser, a private certificate authority.

pub mod browser;
pub mod fixture;
pub mod provider;
pub mod raw;
pub mod tls;
