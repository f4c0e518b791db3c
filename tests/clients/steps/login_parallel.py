"""Several processes of one client renew the same token at once (A19): nobody is logged out."""

from concurrent.futures import ThreadPoolExecutor

from bed.clients import ClaudeCode
from bed.model import PlayedModel
from bed.registry import step
from bed.world import OPEN
from steps.login_mcp_remote import mcp_remote

PROCESSES = 4
ROUNDS = 5


@step("login-parallel-claude-code", needs=("login-claude-code",), tools=("claude-code",))
def login_parallel_claude_code(bed) -> None:
    """Four of Claude Code, five times, each time after the token has died."""
    world = bed.login
    world.policy(*OPEN)
    with PlayedModel() as model, world.short_tokens() as wait_for_expiry:
        claude = ClaudeCode(bed, model.url, bed.claude_logged_in, world.browser)
        for _ in range(ROUNDS):
            wait_for_expiry()
            with world.quiet() as log:
                said = _at_once(lambda: claude.sh("claude mcp list"))
            assert all("Connected" in each for each in said), f"{said}\n{log}"
            assert log.grants("refresh_token"), log


@step("login-parallel-mcp-remote", needs=("login-mcp-remote",), tools=("node", "mcp-remote"))
def login_parallel_mcp_remote(bed) -> None:
    """Four of mcp-remote, five times, each time after the token has died."""
    world = bed.login
    world.policy(*OPEN)

    def call() -> str:
        with mcp_remote(bed, "home-mcp-remote") as client:
            return f"{client.open()} {client.add(2, 3)}"

    with world.short_tokens() as wait_for_expiry:
        for _ in range(ROUNDS):
            wait_for_expiry()
            with world.quiet() as log:
                said = _at_once(call)
            assert said == ["['add'] 5"] * PROCESSES, f"{said}\n{log}"


def _at_once(action) -> list[str]:
    with ThreadPoolExecutor(PROCESSES) as pool:
        return [each.result() for each in [pool.submit(action) for _ in range(PROCESSES)]]
