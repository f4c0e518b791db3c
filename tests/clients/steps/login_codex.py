"""Codex (A14): logs in when the server is added."""

from bed.codex import Codex
from bed.model import PlayedModel
from bed.registry import step
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in

NAME = "adder"
SUM = '{"result":5}'


@step("login-codex", needs=("login-server",), tools=("node", "codex"))
def login_codex(bed) -> None:
    """Added by its address: it registers, logs in, calls the tool, and renews its token."""
    world = bed.login
    world.policy(*OPEN)
    with PlayedModel() as model, world.short_tokens() as wait_for_expiry:
        codex = Codex(bed, model.url, "home-codex")
        mark = world.proxy.mark
        codex.run("mcp", "add", NAME, "--url", world.url)
        found_and_logged_in(world, world.proxy.since(mark), registers=True)
        world.browser.last().check()
        assert SUM in codex.add_two_numbers(NAME)
        wait_for_expiry()
        with world.quiet() as log:
            assert SUM in codex.add_two_numbers(NAME)
        assert log.grants("refresh_token"), log


@step("login-codex-id-and-secret", needs=("login-server",), tools=("node", "codex"))
def login_codex_id_and_secret(bed) -> None:
    """With a client id and secret, where no one may register."""
    world = bed.login
    world.policy(*CLOSED)
    application = world.create_app("codex", "connector", "--redirect-uri http://127.0.0.1/callback")
    with PlayedModel() as model:
        codex = Codex(bed, model.url, "home-codex-static")
        mark = world.proxy.mark
        codex.run(
            *("mcp", "add", NAME, "--url", world.url),
            *("--oauth-client-id", application["client_id"]),
            *("--oauth-client-secret", application["client_secret"]),
        )
        found_and_logged_in(world, world.proxy.since(mark), registers=False)
        assert SUM in codex.add_two_numbers(NAME)
