"""The steps, imported in the order in which they are played."""

from steps import (  # noqa: F401
    seed_server,
    seed_project,
    refusals,
    seed_clients,
    seed_lifetimes,
    providers,
    sdks,
    lifecycle,
    login_server,
    login_claude,
    login_mcp_remote,
    login_codex,
    login_sdks,
    login_fastmcp,
    login_inspector,
    login_conformance,
    login_connector,
    login_pages,
    login_parallel,
    outside,
)
