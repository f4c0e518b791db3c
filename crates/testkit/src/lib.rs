//! For tests only: fake identity providers, fixture MCP servers, a raw-byte client.
