"""Clients that validate everything log in, renew, revoke, log out, and are refused."""

import json

from bed.clients import sdk
from bed.registry import step
from bed.world import LOGIN_API, OPEN

# What each driver plays; a part that is not there would be a check that is gone.
PARTS = {
    *("discovery", "registration", "code", "userinfo", "introspection", "refresh", "max_age and prompt"),
    *("wrong codes", "wrong clients", "expired", "revocation", "device", "client_credentials", "logout"),
}
BRIEF_API = "https://brief.example/"
# Seconds.
BRIEF_LIFETIME = 1


@step("login-strict", needs=("login-server",), tools=("node", "oauth-strict"))
def login_strict(bed) -> None:
    """oauth4webapi and openid-client with all their checks: people, machines, a device, and every typed error."""
    world = bed.login
    world.policy(*OPEN)
    world.server.sh(
        f"shukuba api create --name brief --identifier {BRIEF_API} --profile rfc9068 --token-lifetime {BRIEF_LIFETIME}"
    )
    brief = world.create_app("brief", "connector", f"--api {BRIEF_API} --redirect-uri http://127.0.0.1/callback")
    given = {
        "BROWSER": str(world.browser.opener),
        "RESOURCE": world.url,
        "API": LOGIN_API,
        "MACHINE": json.dumps(world.machine),
        "KEY_MACHINE": json.dumps(world.key_machine),
        "PRIVATE_KEY": world.keys["private_key"],
        "BRIEF": json.dumps(brief),
    }
    seen = sdk(bed, "oauth-strict", "strict_oauth4webapi", world.origin, **given)
    assert set(seen["played"]) == PARTS | {"access token", "device asks"}, seen
    seen = sdk(bed, "oauth-strict", "strict_openid_client", world.origin, **given)
    assert set(seen["played"]) == PARTS, seen
