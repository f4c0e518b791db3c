"""The official conformance suite looks at the authorization server."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from bed.registry import step
from bed.server import free_port, wait_until
from bed.web import request
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
    client_id = _register(world, f"http://127.0.0.1:{port}/callback")
    seen: set[str] = set()
    answer: str | None = "allow"
    for revision in REVISIONS:
        seen |= _judge(bed, answer, "--spec-version", revision, "--client-id", client_id, "-p", str(port))
        answer = None  # It is remembered.
    _judge(bed, answer, "--client-id", client_id, "-p", str(port), "--resource", world.url)
    assert seen == SCENARIOS, f"the suite has other scenarios than were known: {seen}"


def _register(world, redirect_uri: str) -> str:
    """A client without a secret: where `none` is advertised the suite sends no secret it is given."""
    metadata = {"redirect_uris": [redirect_uri], "client_name": "conformance", "token_endpoint_auth_method": "none"}
    headers = {"content-type": "application/json"}
    answer = request("POST", f"{world.origin}/oauth/register", headers, json.dumps(metadata).encode())
    assert answer.status == 201, answer
    return answer.json["client_id"]


def _judge(bed, answer: str | None, *arguments: str) -> set[str]:
    """Plays the suite, opening the address it asks for; the scenarios that were played."""
    world = bed.login
    environment, home = world.client_environment("home-conformance")
    folder = Path(tempfile.mkdtemp(dir=home))
    results, told = folder / "results", folder / "told.txt"
    suite = bed.tools.path("conformance") / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    command = [
        *("node", str(suite), "authorization", "--url", world.origin),
        *("-o", str(results), *arguments),
    ]
    with told.open("w") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _open_what_it_asks(world, answer, process, told)
        code = process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
    checks = {file.parent.name: json.loads(file.read_text()) for file in results.rglob("checks.json")}
    failures = [check for each in checks.values() for check in each if check["status"] == "FAILURE"]
    assert code == 0 and not failures, f"{arguments} ended with {code}: {failures}\n{told.read_text()}"
    names = (re.sub(r"^authorization-server-(.*)-20\d\d-.*$", r"\1", name) for name in checks)
    return set(names)


def _open_what_it_asks(world, answer: str | None, process: subprocess.Popen, told: Path) -> None:
    address = re.compile(rf"{re.escape(world.origin)}/oauth/authorize\?\S+")
    asked = lambda: address.search(told.read_text())
    wait_until(lambda: asked() or process.poll() is not None, "it asks for a browser, or ends", 60)
    if found := asked():
        world.browser.open(found.group())
        world.browser.last().check(answer)
