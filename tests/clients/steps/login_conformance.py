"""The official conformance suite looks at the authorization server."""

import json
import re
import subprocess

from bed.registry import step
from bed.server import free_port, wait_until
from bed.world import OPEN

# The suite's revisions; each looks at what is new in it and in those before it.
REVISIONS = ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
SCENARIOS = {"authorization-server-metadata-endpoint", "authorization-code-grant"}


@step("login-conformance", needs=("login-server",), tools=("node", "conformance"))
def login_conformance(bed) -> None:
    """Its mode for authorization servers, every revision: no check fails."""
    world = bed.login
    world.policy(*OPEN)
    port = free_port()
    redirect = f"--redirect-uri http://127.0.0.1:{port}/callback"
    application = world.create_app("conformance", "connector", redirect)
    secret = ("--client-id", application["client_id"], "--client-secret", application["client_secret"])
    seen: set[str] = set()
    for revision in REVISIONS:
        seen |= _judge(bed, revision, port, secret)
    assert seen == SCENARIOS, f"the suite has other scenarios than were known: {seen}"


def _judge(bed, revision: str, port: int, secret: tuple[str, ...]) -> set[str]:
    """Plays one revision, opening the address it asks for; the scenarios that were played."""
    world = bed.login
    environment, home = world.client_environment("home-conformance")
    results, told = home / f"results-{revision}", home / f"told-{revision}.txt"
    suite = bed.tools.path("conformance") / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    command = [
        *("node", str(suite), "authorization", "--url", world.origin, *secret, "-p", str(port)),
        *("--resource", world.url, "--spec-version", revision, "-o", str(results)),
    ]
    with told.open("w") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _open_what_it_asks(world, process, told)
        code = process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
    checks = {file.parent.name: json.loads(file.read_text()) for file in results.rglob("checks.json")}
    failures = [check for each in checks.values() for check in each if check["status"] == "FAILURE"]
    assert code == 0 and not failures, f"{revision} ended with {code}: {failures}\n{told.read_text()}"
    return {scenario for scenario in SCENARIOS for folder in checks if scenario in folder}


def _open_what_it_asks(world, process: subprocess.Popen, told) -> None:
    address = re.compile(rf"{re.escape(world.origin)}/oauth/authorize\?\S+")
    asked = lambda: address.search(told.read_text())
    wait_until(lambda: asked() or process.poll() is not None, "it asks for a browser, or ends", 60)
    if found := asked():
        world.browser.open(found.group())
        world.browser.last().check()
