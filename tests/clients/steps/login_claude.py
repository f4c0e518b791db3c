"""The wish of the seed's step 7: Claude Code logs in by itself and stays logged in."""

from bed.browser import Browser
from bed.clients import ClaudeCode
from bed.model import PlayedModel
from bed.registry import step
from bed.server import free_port
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in

NAME = "adder"


@step("login-claude-code", needs=("login-server",), tools=("claude-code",))
def login_claude_code(bed) -> None:
    """Claude Code with nothing but the address: one login, then no browser again (A10)."""
    world = bed.login
    world.policy(*OPEN)
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url, "home-claude-login", world.browser)
        claude.sh(f"claude mcp add --scope user --transport http {NAME} {world.url}")
        assert "Needs authentication" in claude.sh("claude mcp list")
        _log_in_and_stay(world, claude, registers=True)
    bed.claude_logged_in = "home-claude-login"


@step("login-claude-code-id-and-secret", needs=("login-server",), tools=("claude-code",))
def login_claude_code_id_and_secret(bed) -> None:
    """Claude Code with a client id and secret, where no one may register (A11)."""
    world = bed.login
    world.policy(*CLOSED)
    application = world.create_app("claude-code", "connector", "--preset claude-code")
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url, "home-claude-static", world.browser)
        claude.sh(
            f"claude mcp add --scope user --transport http --client-id {application['client_id']}"
            f" --client-secret --callback-port {free_port()} {NAME} {world.url}",
            MCP_CLIENT_SECRET=application["client_secret"],
        )
        _log_in_and_stay(world, claude, registers=False)


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


def _log_in_and_stay(world, claude: ClaudeCode, registers: bool) -> None:
    with world.short_tokens() as wait_for_expiry:
        mark = world.proxy.mark
        code, screen = claude.login(NAME)
        assert code == 0, screen
        found_and_logged_in(world, world.proxy.since(mark), registers)
        world.browser.last().check()
        assert "Connected" in claude.sh("claude mcp list")
        assert '{"result":5}' in claude.add_two_numbers(NAME)
        wait_for_expiry()
        with world.quiet() as log:
            assert '{"result":5}' in claude.add_two_numbers(NAME)
        assert log.grants("refresh_token"), log
        wait_for_expiry()
        world.restart()
        with world.quiet() as log:
            assert '{"result":5}' in claude.add_two_numbers(NAME)
            assert "Connected" in claude.sh("claude mcp list")
        assert log.grants("refresh_token"), log
