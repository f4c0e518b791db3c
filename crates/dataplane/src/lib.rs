//! One MCP request: resolve, authenticate, attach, forward, account.
