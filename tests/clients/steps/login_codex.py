"""Codex (A14): logs in when the server is added."""

import json
from urllib.parse import urlsplit

from bed.codex import Codex
from bed.model import PlayedModel
from bed.proxy import Log
from bed.registry import step
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in

NAME = "adder"
MODERN = "adder_modern"
SUM = '{"result":5}'


@step("login-codex", needs=("login-server",), tools=("node", "codex"))
def login_codex(bed) -> None:
    """Added by its address: one login, then no browser past the token's death and a restart."""
    world = bed.login
    world.policy(*OPEN)
    with PlayedModel() as model, world.short_tokens() as wait_for_expiry:
        codex = Codex(bed, model.url, "home-codex")
        mark = world.proxy.mark
        codex.run("mcp", "add", NAME, "--url", world.url)
        found_and_logged_in(world, world.proxy.since(mark), registers=True)
        world.browser.last().check()
        _adds(codex, NAME)
        wait_for_expiry()
        _renews(world, codex)
        wait_for_expiry()
        world.restart()
        _renews(world, codex)


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
        _adds(codex, NAME)


@step("login-codex-modern", needs=("login-server",), tools=("node", "codex"))
def login_codex_modern(bed) -> None:
    """With its flag for MCP 2026-07-28 it comes by `server/discover`, and never by `initialize`."""
    world = bed.login
    world.policy(*OPEN)
    with world.hosted("adder-modern", MODERN) as url, PlayedModel() as model:
        codex = Codex(bed, model.url, "home-codex-modern")
        mark = world.proxy.mark
        codex.run("mcp", "add", MODERN, "--url", url)
        _adds(codex, MODERN, "--enable", "mcp_2026_07_28")
        methods = [message.get("method") for message in _messages(world.proxy.since(mark), url)]
        assert methods[0] == "server/discover" and "tools/call" in methods, methods
        assert "initialize" not in methods, methods


def _adds(codex: Codex, server: str, *more: str) -> None:
    said = codex.add_two_numbers(server, *more)
    assert SUM in said, said


def _renews(world, codex: Codex) -> None:
    """Its token is dead: it renews it and asks nobody."""
    with world.quiet() as log:
        _adds(codex, NAME)
    assert log.grants("refresh_token"), log


def _messages(log: Log, url: str) -> list[dict]:
    """What was said to a server, and was let in."""
    said = log.at(urlsplit(url).path)
    return [json.loads(request.body) for request in said if request.method == "POST" and request.status == 200]
