"""Steps 5 to 7 of the seed: MCP Inspector and Claude Code, with and without a pasted token."""

import json
import shlex
import time
import subprocess

from bed.bed import API
from bed.clients import DRIVERS, ClaudeCode, bare_environment, facts, run
from bed.inspector import inspector_1
from bed.model import PlayedModel
from bed.registry import step
from bed.web import call_add, sum_of

SERVER_NAME = "bedrockAgentRuntime-MCP"


@step(
    "seed-5-inspector-0.16",
    needs=("seed-4-address-and-token",),
    tools=("node", "inspector-0.16", "chromium"),
)
def seed_5_inspector_0_16(bed) -> None:
    """Inspector of August 2025 in Chromium: fields filled in, Connected, History, add = 5."""
    picture = "inspector-0.16.4.png"
    with inspector_1(bed, "inspector-0.16") as (page, home):
        environment = {
            **bare_environment(bed, home),
            "INSPECTOR_DIR": str(bed.tools.path("inspector-0.16")),
            **page,
            "ENDPOINT": bed.url,
            "BEARER": bed.token,
            "CHROMIUM": bed.tools.browser(),
            "SCREENSHOT": str(bed.out / picture),
        }
        seen = facts(run(["node", str(DRIVERS / "inspector_0_16.mjs")], environment, home))
    assert seen == {
        "state": "Connected",
        "history": ["initialize", "tools/list", "tools/call"],
        "result": "5",
    }, seen
    if bed.update_docs:
        images = bed.root / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        (images / picture).write_bytes((bed.out / picture).read_bytes())


@step("seed-5-inspector-2", needs=("seed-4-address-and-token",), tools=("node", "inspector-2"))
def seed_5_inspector_2(bed) -> None:
    """Today's Inspector by its command line: add = 5, and a refused token is exit code 3."""
    assert inspector_2(bed, bed.url, bed.token, "legacy") == "5"
    assert inspector_2(bed, bed.url, bed.token, "auto") == "5"
    refused = _inspector_2(bed, bed.url, "not-a-token", "legacy")
    assert refused.returncode == 3, refused.stdout + refused.stderr


@step("seed-6-claude-code", needs=("seed-4-address-and-token",), tools=("claude-code",))
def seed_6_claude_code(bed) -> None:
    """Claude Code with a pasted token: added, Connected, adds two numbers, removed."""
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url)
        claude.sh(_claude_add(bed.url, bed.token))
        assert "Connected" in claude.sh("claude mcp list")
        assert '{"result":5}' in claude.add_two_numbers(SERVER_NAME)
        claude.sh(f"claude mcp remove {SERVER_NAME}")
        assert SERVER_NAME not in claude.sh("claude mcp list")


@step("seed-6-claude-code-expired", needs=("seed-4-address-and-token",), tools=("claude-code",))
def seed_6_claude_code_expired(bed) -> None:
    """Claude Code with a token that has died says so, and shows our reason."""
    make_short_lived_api(bed)
    token = bed.server.token("mcp-short", SHORT_API)
    time.sleep(SHORT_LIFETIME + 1)
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url)
        claude.sh(_claude_add(f"{bed.server.url}/mcp/short", token))
        said = claude.sh("claude mcp list")
        claude.sh(f"claude mcp remove {SERVER_NAME}")
    assert "Server rejected the configured Authorization header (HTTP 401)" in said, said
    assert "expired" in said, said


@step("seed-7-claude-code-headers-helper", needs=("seed-6-claude-code-expired",), tools=("claude-code",))
def seed_7_claude_code_headers_helper(bed) -> None:
    """Claude Code fetches its own tokens and goes on working past the expiry of any."""
    helper = (
        f"shukuba token get --app mcp-short --api {SHORT_API} --format headers-helper"
        f" --server {bed.server.url} --data-dir {shlex.quote(str(bed.server.data_dir))}"
    )
    settings = {"type": "http", "url": f"{bed.server.url}/mcp/short", "headersHelper": helper}
    with PlayedModel(calls=2, pause=SHORT_LIFETIME + 1) as model:
        claude = ClaudeCode(bed, model.url)
        # A helper is a program: in a project's own settings Claude Code runs it
        # only after a person has trusted the folder, in the user's it just does.
        claude.sh(f"claude mcp add-json --scope user short {shlex.quote(json.dumps(settings))}")
        assert "Connected" in claude.sh("claude mcp list")
        said = claude.add_two_numbers("short")
        claude.sh("claude mcp remove short")
    assert '{"result":5}, then {"result":5}' in said, said


@step("seed-7-pasted-line", needs=("seed-3-launch",), tools=("claude-code",))
def seed_7_pasted_line(bed) -> None:
    """The line that `launch` prints works when pasted into a shell."""
    line = next(line for line in bed.launched.splitlines() if line.startswith("claude mcp add-json"))
    with PlayedModel() as model:
        claude = ClaudeCode(bed, model.url)
        claude.sh(line)
        assert '{"result":5}' in claude.add_two_numbers("mcp_server")
        claude.sh("claude mcp remove mcp_server")


SHORT_API = "https://short.example/"
SHORT_LIFETIME = 3


def make_short_lived_api(bed) -> None:
    """An API whose tokens live for seconds, and a runtime that takes them."""
    sh = bed.server.sh
    sh(f"shukuba api create --name short --identifier {SHORT_API} --token-lifetime {SHORT_LIFETIME}")
    sh(f"shukuba app create --name mcp-short --type m2m --api {SHORT_API}")
    launch_copy(bed, "short", SHORT_API)
    assert sum_of(call_add(f"{bed.server.url}/mcp/short", bed.server.token("mcp-short", SHORT_API))) == "5"


def launch_copy(bed, name: str, audience: str) -> None:
    """The seed's server once more, as another runtime that takes tokens for `audience`."""
    folder = bed.make_folder(name)
    for file in ("mcp_server.py", "requirements.txt"):
        (folder / file).write_bytes((bed.project / file).read_bytes())
    launch(bed, folder, name, "mcp_server.py", {"allowedAudience": [audience]})


def launch(bed, folder, name: str, entrypoint: str, rules: dict, discovery_url: str | None = None) -> None:
    """Configures a project by flags alone, and launches it."""
    authorizer = {"customJWTAuthorizer": {"discoveryUrl": discovery_url or bed.openid_configuration, **rules}}
    bed.server.sh(
        f"shukuba configure -e {entrypoint} -n {name} --protocol MCP --region us-west-2"
        f" -ac {shlex.quote(json.dumps(authorizer))} --non-interactive",
        folder,
    )
    bed.server.sh("shukuba launch", folder)


def inspector_2(bed, url: str, token: str, era: str) -> str:
    """Calls add by the Inspector's command line; the text of the result."""
    done = _inspector_2(bed, url, token, era)
    return facts(done)["content"][0]["text"]


def _inspector_2(bed, url: str, token: str, era: str) -> subprocess.CompletedProcess:
    home = bed.make_folder("home-inspector-2")
    command = [
        *("node", bed.tools.command("inspector-2", "mcp-inspector"), "--cli", url),
        *("--transport", "http", "--method", "tools/call", "--tool-name", "add"),
        *("--tool-arg", "a=2", "b=3", "--header", f"Authorization: Bearer {token}"),
        *("--protocol-era", era, "--stored-auth-only", "-q"),
    ]
    return run(command, bare_environment(bed, home), home)


def _claude_add(url: str, token: str) -> str:
    return f"claude mcp add --transport http {SERVER_NAME} '{url}' -H 'Authorization: Bearer {token}'"
