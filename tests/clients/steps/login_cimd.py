"""Claude Code by its client id metadata document, which lies on the Internet.

There is no Internet here, so the server, Claude Code and the browser are in a network of
their own where `claude.ai` is this machine (`bed/apart.py`). What fetches the document
takes its address for the public one it is.
"""

import subprocess
import time
from pathlib import Path

from bed.apart import play_apart
from bed.clients import ClaudeCode
from bed.guide import Guide
from bed.model import PlayedModel
from bed.published import Published
from bed.registry import step
from bed.world import BY_DOCUMENT, OPEN
from steps.login_claude import NAME, log_in_and_stay
from steps.login_server import found_and_logged_in

HOST = "claude.ai"
# One of Anthropic's; here it is on the loopback interface.
ADDRESS = "160.79.104.10"
PATH = "/oauth/claude-code-client-metadata"
ID = f"https://{HOST}{PATH}"
# As it is published: redirect URIs without a port, and no application_type.
DOCUMENT = {
    "client_id": ID,
    "client_name": "Claude Code",
    "client_uri": "https://claude.ai",
    "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
}
# Seconds that the document may be kept: longer than a login with two dead tokens takes.
LIFETIME = 90
FETCHED = "a client's document was fetched"
OUTLIVED = "a client's document cannot be asked for again"
CALL = '{"result":5}'


@step("login-claude-code-cimd", needs=("login-server",), tools=("claude-code",))
def login_claude_code_cimd(bed) -> None:
    """Claude Code with nothing but the address, known by its own document on the Internet."""
    certificates = _certificates(bed)
    with bed.login.lent():
        apart = bed.make_folder("apart")
        play_apart({HOST: ADDRESS}, apart, lambda: _play(bed, certificates), bed.evidence)


def _play(bed, certificates: Path) -> None:
    world = bed.login
    world.server.variables = {
        "SSL_CERT_FILE": str(certificates / "ca.pem"),
        "SHUKUBA_LOG": "warn,shukuba_issuer::clients=info",
    }
    with (
        Published(ADDRESS, PATH, DOCUMENT, certificates, LIFETIME) as published,
        world.borrowed("cimd", *BY_DOCUMENT),
        PlayedModel() as model,
    ):
        claude = _added(bed, world, model, "home-claude-cimd")
        mark = world.proxy.mark
        log_in_and_stay(world, claude, registers=False)
        _came_by_document(world, mark)
        _page_says_who_asks(world)
        askers = [asker.split("/")[0] for _, asker in published.asked]
        assert askers == ["shukuba"] and _log_lines(world, FETCHED) == 1, askers

        world.policy(*OPEN)
        _registers_where_documents_are_off(world, _added(bed, world, model, "home-claude-cimd-off"))

        published.take_down()
        world.policy(*BY_DOCUMENT)
        time.sleep(max(0, published.stale_in))
        _stale_copy_serves(world, claude, _added(bed, world, model, "home-claude-cimd-down"))


def _added(bed, world, model: PlayedModel, home: str) -> ClaudeCode:
    claude = ClaudeCode(bed, model.url, home, world.browser)
    claude.sh(f"claude mcp add --transport http {NAME} {world.url}")
    return claude


def _came_by_document(world, mark: int) -> None:
    """The address of the document was its id at every step, and it did not register."""
    log = world.proxy.since(mark)
    found_and_logged_in(world, log, registers=False)
    assert {request.query["client_id"][0] for request in log.at("/oauth/authorize")} == {ID}, log
    assert {request.form["client_id"] for request in log.at("/oauth/token")} == {ID}, log


def _page_says_who_asks(world) -> None:
    consent = world.browser.last().pages[-1]
    assert consent["action"] == "allow", consent
    document = f"Its document is at\n{HOST}\n"
    for said in ("“Claude Code” asks for access", document, "Unverified", "Then sends you to\nlocalhost\n"):
        assert said in consent["text"], f"'{said}' is not on the page:\n{consent['text']}"


def _registers_where_documents_are_off(world, claude: ClaudeCode) -> None:
    mark = world.proxy.mark
    code, screen = claude.login(NAME)
    assert code == 0, screen
    log = world.proxy.since(mark)
    found_and_logged_in(world, log, registers=True)
    assert log.at("/oauth/authorize")[0].query["client_id"] != [ID], log
    assert CALL in claude.add_two_numbers(NAME)


def _stale_copy_serves(world, known: ClaudeCode, stranger: ClaudeCode) -> None:
    """Nobody answers at the document's address: a login goes on, and a new one is made."""
    assert not _log_lines(world, OUTLIVED), world.server.told()
    with world.quiet() as log:
        assert CALL in known.add_two_numbers(NAME)
    assert log.grants("refresh_token"), log
    mark = world.proxy.mark
    code, screen = stranger.login(NAME)
    assert code == 0, screen
    _came_by_document(world, mark)
    assert _log_lines(world, OUTLIVED) and _log_lines(world, FETCHED) == 1, world.server.told()


def _log_lines(world, said: str) -> int:
    return world.server.log.read_text(errors="replace").count(said)


def _certificates(bed) -> Path:
    """An authority and a certificate for the host, by the guide's commands."""
    folder = bed.make_folder("cimd-certificates")
    guide = Guide(bed.root / "docs" / "guides" / "outside.md")
    lines = guide.block("sh", "openssl", host=("mcp.example.com", HOST))
    subprocess.run(["sh", "-ec", lines], cwd=folder, check=True, capture_output=True)
    return folder
