"""What is refused, and how, compared with a certified provider."""

import json

from bed.clients import sdk
from bed.registry import step
from bed.world import LOGIN_API, OPEN, USER

REDIRECT_URI = "https://client.example/callback"


@step("login-oracle", needs=("login-server",), tools=("node", "oauth-strict"))
def login_oracle(bed) -> None:
    """Over a hundred wrong requests are answered as node oidc-provider answers them, but for what has a reason."""
    world = bed.login
    world.policy(*OPEN)
    seen = sdk(
        *(bed, "oauth-strict", "oracle", world.origin),
        CLIENTS=json.dumps(_clients(world)),
        REDIRECT_URI=REDIRECT_URI,
        LOGIN_NAME=USER[0],
        LOGIN_PASSWORD=USER[1],
    )
    assert not seen["unexplained"], f"without a reason: {json.dumps(seen['unexplained'], indent=1)}"
    assert not seen["stale"], f"the same by now: {seen['stale']}"
    assert seen["played"] >= 115, seen


def _clients(world) -> dict:
    """Clients like the oracle's (drivers/oracle/provider.mjs): those of people, and a machine."""
    one = f"--redirect-uri {REDIRECT_URI} --api {LOGIN_API}"
    two = f"{one} --redirect-uri {REDIRECT_URI}/second"
    wanted = {"one": one, "other": one, "posting": one, "two-ways": two}
    made = {name: world.create_app(f"oracle-{name}", "connector", how) for name, how in wanted.items()}
    native = {name: world.create_app(f"oracle-{name}", "native", one) for name in ("public", "visitor")}
    return {**made, **native, "machine": world.machine}
