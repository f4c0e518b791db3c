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
    outside,
)
