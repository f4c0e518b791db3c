"""The wish of the seed's step 7: Claude Code logs in by itself and stays logged in."""

from bed.browser import Browser
from bed.clients import ClaudeCode
from bed.guide import Guide
from bed.model import PlayedModel
from bed.registry import step
from bed.server import free_port
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in

NAME = "adder"
GUIDE = "docs/guides/connect-claude.md"
# What the guide calls the runtime's address.
URL = f"https://mcp.example.com/mcp/{NAME}"


@step("login-claude-code", needs=("login-server",), tools=("claude-code",))
def login_claude_code(bed) -> None:
    """Claude Code with nothing but the address: one login, then no browser again (A10)."""
    world = bed.login
    world.policy(*OPEN)
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url, "home-claude-login", world.browser)
        claude.sh(Guide(bed.root / GUIDE).block("sh", f"claude mcp add --transport http {NAME}", url=(URL, world.url)))
        assert "Needs authentication" in claude.sh("claude mcp list")
        log_in_and_stay(world, claude, registers=True)
    bed.claude_logged_in = "home-claude-login"


@step("login-claude-code-id-and-secret", needs=("login-server",), tools=("claude-code",))
def login_claude_code_id_and_secret(bed) -> None:
    """Claude Code with a client id and secret, where no one may register (A11)."""
    world = bed.login
    world.policy(*CLOSED)
    guide = Guide(bed.root / GUIDE)
    application = world.server.json(f"{guide.block('sh', '--preset claude-code').strip()} --json")
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url, "home-claude-static", world.browser)
        line = guide.block(
            "sh",
            "MCP_CLIENT_SECRET",
            secret=("MCP_CLIENT_SECRET=SECRET", f"MCP_CLIENT_SECRET={application['client_secret']}"),
            id=("--client-id ID", f"--client-id {application['client_id']}"),
            port=("8765", str(free_port())),
            url=(URL, world.url),
        )
        claude.sh(line)
        log_in_and_stay(world, claude, registers=False)


@step("login-claude-code-denied", needs=("login-server",), tools=("claude-code",))
def login_claude_code_denied(bed) -> None:
    """A person who denies is sent back with an error, and nothing is issued."""
    world = bed.login
    world.policy(*OPEN)
    grace = ("grace", "an answer is a choice")
    world.create_user(grace)
    with PlayedModel() as model, Browser(bed, "grace", world.origin, grace) as browser:
        browser.will("deny")
        claude = ClaudeCode(bed, model.url, "home-claude-denied", browser)
        claude.sh(f"claude mcp add --scope user --transport http {NAME} {world.url}")
        mark = world.proxy.mark
        code, screen = claude.login(NAME)
        assert code != 0, screen
        browser.last().check("deny")
        assert not world.proxy.since(mark).grants("authorization_code")
        assert "Needs authentication" in claude.sh("claude mcp list")


def log_in_and_stay(world, claude: ClaudeCode, registers: bool) -> None:
    """One login, then no browser: not when its tokens die, and not when the server starts again."""
    with world.short_tokens() as wait_for_expiry:
        mark = world.proxy.mark
        code, screen = claude.login(NAME)
        assert code == 0, screen
        found_and_logged_in(world, world.proxy.since(mark), registers)
        world.browser.last().check()
        assert "Connected" in claude.sh("claude mcp list")
        _adds(claude)
        wait_for_expiry()
        with world.quiet() as log:
            _adds(claude)
        assert log.grants("refresh_token"), log
        wait_for_expiry()
        world.restart()
        with world.quiet() as log:
            _adds(claude)
            assert "Connected" in claude.sh("claude mcp list")
        assert log.grants("refresh_token"), log


def _adds(claude: ClaudeCode) -> None:
    said = claude.add_two_numbers(NAME)
    assert '{"result":5}' in said, said
