"""Today's Inspector logs in by its command line (A4 to A6)."""

import subprocess

from bed.clients import facts, run
from bed.registry import step
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in, refreshed

TOOLS = ("node", "inspector-2")


@step("login-inspector-2", needs=("login-server",), tools=TOOLS)
def login_inspector_2(bed) -> None:
    """It registers and logs in (A4); its next run needs no one, before and after the token's death (A5)."""
    world = bed.login
    world.policy(*OPEN)
    home = "home-inspector-2-login"
    refused = _inspector(bed, home, "--stored-auth-only")
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert "auth_required" in refused.stderr, refused.stderr
    with world.short_tokens() as wait_for_expiry:
        mark = world.proxy.mark
        assert _sum(_inspector(bed, home)) == "5"
        found_and_logged_in(world, world.proxy.since(mark), registers=True)
        world.browser.last().check()
        with world.quiet() as log:
            assert _sum(_inspector(bed, home, "--stored-auth-only")) == "5"
        assert not log.at("/oauth/token"), log
        wait_for_expiry()
        world.restart()
        with world.quiet() as log:
            assert _sum(_inspector(bed, home, "--stored-auth-only")) == "5"
        refreshed(log)


@step("login-inspector-2-id-and-secret", needs=("login-server",), tools=TOOLS)
def login_inspector_2_id_and_secret(bed) -> None:
    """With a client id and secret, where no one may register (A6): Basic at the token endpoint."""
    world = bed.login
    world.policy(*CLOSED)
    application = world.create_app("inspector", "connector", "--preset inspector")
    given = ("--client-id", application["client_id"], "--client-secret", application["client_secret"])
    mark = world.proxy.mark
    assert _sum(_inspector(bed, "home-inspector-2-static", *given)) == "5"
    log = world.proxy.since(mark)
    found_and_logged_in(world, log, registers=False)
    assert log.grants("authorization_code")[0].headers["authorization"].startswith("Basic "), log


def _inspector(bed, home_name: str, *more: str) -> subprocess.CompletedProcess:
    """Calls add; Inspector keeps what it learns in the named home."""
    environment, home = bed.login.client_environment(home_name)
    settings = {"MCP_AUTO_OPEN_ENABLED": "true", "MCP_INSPECTOR_SECRET_STORE": "file"}
    command = [
        *("node", bed.tools.command("inspector-2", "mcp-inspector"), "--cli", bed.login.url),
        *("--transport", "http", "--method", "tools/call", "--tool-name", "add"),
        *("--tool-arg", "a=2", "b=3", "-q", *more),
    ]
    return run(command, {**environment, **settings}, home)


def _sum(done: subprocess.CompletedProcess) -> str:
    return facts(done)["content"][0]["text"]
