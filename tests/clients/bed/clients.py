"""How the real clients are started: each with a home of its own and a bare environment."""

import json
import os
import subprocess
from pathlib import Path

from bed.registry import Skip
from bed.terminal import converse
from bed.tools import SOURCES

DRIVERS = SOURCES / "drivers"


def bare_environment(bed, home: Path) -> dict[str, str]:
    """PATH, a fresh HOME and nothing that this machine's owner has set."""
    own = str(bed.server.binary.parent)
    return {
        "PATH": os.pathsep.join([own, bed.tools.search_path]),
        "HOME": str(home),
        "TERM": "dumb",
        "LANG": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(bed.tools.path("pycache")),
    }


def run(command: list[str], environment: dict, cwd: Path, timeout: int = 90) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def facts(done: subprocess.CompletedProcess) -> dict:
    """The JSON object that a driver prints."""
    assert done.returncode == 0, f"ended with {done.returncode}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def sdk(bed, tool: str, driver: str | None, url: str, **environment: str) -> dict:
    """Plays the driver of one of the official SDKs, by default the one called as its tool."""
    home = bed.make_folder(f"home-{tool}")
    surroundings = {**bare_environment(bed, home), "SDK_DIR": str(bed.tools.path(tool)), **environment}
    stem = driver or tool.replace("-", "_")
    if "python" in tool:
        command = [bed.tools.python(tool), str(DRIVERS / f"{stem}.py"), url]
    else:
        command = ["node", str(DRIVERS / f"{stem}.mjs"), url]
    return facts(run(command, surroundings, home))


class ClaudeCode:
    """The real binary, offline: a home and a project of its own, and a played model."""

    def __init__(self, bed, model_url: str, home_name: str = "home-claude", browser=None) -> None:
        home = bed.make_folder(home_name)
        self.project = bed.make_folder(f"{home_name}/project")
        self._binary = bed.tools.command("claude-code", "claude")
        if not os.path.exists(self._binary):
            raise Skip("Claude Code has no binary for this platform")
        self._environment = {
            **bare_environment(bed, home),
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "ENABLE_TOOL_SEARCH": "false",
            "ANTHROPIC_BASE_URL": model_url,
            "ANTHROPIC_API_KEY": "played",
        }
        if browser:
            self._environment = browser.environment(self._environment)

    def login(self, server: str) -> tuple[int, str]:
        """Logs in at a server that was added; the exit code, and what the terminal showed."""
        command = [self._binary, "mcp", "login", server]
        return converse(command, [], str(self.project), self._environment, timeout=60)

    def sh(self, line: str, **more: str) -> str:
        """Runs a line as pasted into a shell, with more environment; all it prints."""
        environment = {**self._environment, **more}
        environment["PATH"] = f"{os.path.dirname(self._binary)}{os.pathsep}{environment['PATH']}"
        done = run(["sh", "-c", line], environment, self.project)
        assert done.returncode == 0, f"`{line}` ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def add_two_numbers(self, server: str) -> str:
        """Asks for a sum, letting it use the tool `add` of the named server.

        Without the variable it asks the model after two seconds, whether the server is there or
        not (anthropics/claude-code issue 76239). An instance that has to start may take longer.
        """
        line = f'claude -p "add 2 and 3" --allowedTools mcp__{server}__add'
        return self.sh(line, MCP_CONNECTION_NONBLOCKING="false")
