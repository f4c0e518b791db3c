"""mcp-remote (A13): the bridge by which clients that know only stdio log in."""

import json
import re

from bed.registry import step
from bed.server import wait_until
from bed.stdio import Stdio
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in, refreshed

TOOLS = ("node", "mcp-remote")


@step("login-mcp-remote", needs=("login-server",), tools=TOOLS)
def login_mcp_remote(bed) -> None:
    """It registers itself and logs in; a token that dies in the middle is renewed unseen; so is the next run's."""
    world = bed.login
    world.policy(*OPEN)
    with world.short_tokens() as wait_for_expiry:
        mark = world.proxy.mark
        with mcp_remote(bed, "home-mcp-remote") as client:
            assert client.open() == ["add"]
            found_and_logged_in(world, world.proxy.since(mark), registers=True)
            world.browser.last().check()
            assert client.add(2, 3) == "5"
            wait_for_expiry()
            with world.quiet() as log:
                assert client.add(20, 3) == "23"
            refreshed(log)
        wait_for_expiry()
        world.restart()
        with world.quiet() as log, mcp_remote(bed, "home-mcp-remote") as client:
            assert client.open() == ["add"] and client.add(2, 3) == "5"
        assert log.grants("refresh_token"), log


@step("login-mcp-remote-id-and-secret", needs=("login-server",), tools=TOOLS)
def login_mcp_remote_id_and_secret(bed) -> None:
    """With an id and a secret given, where no one may register."""
    world = bed.login
    world.policy(*CLOSED)
    redirect = "--redirect-uri http://localhost/oauth/callback"
    application = world.create_app("mcp-remote", "connector", redirect)
    given = {name: application[name] for name in ("client_id", "client_secret")}
    mark = world.proxy.mark
    with mcp_remote(bed, "home-mcp-remote-static", "--static-oauth-client-info", json.dumps(given)) as client:
        assert client.open() == ["add"] and client.add(2, 3) == "5"
    found_and_logged_in(world, world.proxy.since(mark), registers=False)
    world.browser.last().check()


@step("login-mcp-remote-machine", needs=("login-server",), tools=TOOLS)
def login_mcp_remote_machine(bed) -> None:
    """As a machine: client_credentials, renewed by asking again, and no person involved."""
    world = bed.login
    given = {name: world.machine[name] for name in ("client_id", "client_secret")}
    arguments = ("--client-credentials", "--static-oauth-client-info", json.dumps(given))
    with world.short_tokens() as wait_for_expiry, world.quiet() as log:
        with mcp_remote(bed, "home-mcp-remote-machine", *arguments) as client:
            assert client.open() == ["add"] and client.add(2, 3) == "5"
            wait_for_expiry()
            assert client.add(20, 3) == "23"
    assert len(log.grants("client_credentials")) >= 2 and not log.grants("refresh_token"), log


@step("login-mcp-remote-device", needs=("login-server",), tools=TOOLS)
def login_mcp_remote_device(bed) -> None:
    """On a machine without a browser: a code typed in elsewhere (RFC 8628)."""
    world = bed.login
    world.policy(*OPEN)
    mark = world.proxy.mark
    with mcp_remote(bed, "home-mcp-remote-device", "--device-code") as client:
        session = client.begin_opening()
        wait_until(lambda: _addresses(world, client.told), "it tells where to enter the code", 30)
        world.browser.open(_addresses(world, client.told)[-1])
        assert client.opened(session) == ["add"] and client.add(2, 3) == "5"
    flow = world.browser.last()
    assert flow.actions[-2:] in (["allow", None], ["confirm", None]), flow.pages
    log = world.proxy.since(mark)
    assert len(log.grants("urn:ietf:params:oauth:grant-type:device_code")) == 1, log


def mcp_remote(bed, home_name: str, *arguments: str) -> Stdio:
    """mcp-remote in front of the runtime, opening addresses in the person's browser."""
    environment, home = bed.login.client_environment(home_name)
    command = ["node", bed.tools.command("mcp-remote", "mcp-remote"), bed.login.url, *arguments]
    return Stdio(command, environment, home)


def _addresses(world, told: str) -> list[str]:
    """Addresses of the server that carry a code, in what mcp-remote told."""
    return re.findall(rf"{re.escape(world.origin)}\S*user_code=[\w-]+", told)
