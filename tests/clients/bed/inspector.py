"""The web pages of MCP Inspector: what serves them, and a browser that works one as a person does."""

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

from bed.clients import DRIVERS, bare_environment
from bed.server import free_port, wait_until
from bed.web import request

SECRET = "known-to-this-test"


@contextmanager
def inspector_1(bed, tool: str):
    """Inspector before 2.0 on free ports: gives what its drivers want to know, and its home."""
    client_port, proxy_port = free_port(), free_port()
    home = bed.make_folder(f"home-{tool}")
    settings = {
        "CLIENT_PORT": str(client_port),
        "SERVER_PORT": str(proxy_port),
        "MCP_PROXY_AUTH_TOKEN": SECRET,
        "MCP_AUTO_OPEN_ENABLED": "false",
    }
    with _running(bed, home, tool, [], settings, (proxy_port, client_port)):
        query = f"?MCP_PROXY_PORT={proxy_port}&MCP_PROXY_AUTH_TOKEN={SECRET}"
        page = {"INSPECTOR_URL": f"http://localhost:{client_port}/{query}"}
        yield {**page, "PROXY_URL": f"http://localhost:{proxy_port}"}, home


@contextmanager
def inspector_2(bed, home_name: str):
    """Inspector 2 on a free port, without a server in its catalog; what it learns stays in the named home."""
    port = free_port()
    home = bed.make_folder(home_name)
    catalog = home / "catalog.json"
    catalog.write_text('{"mcpServers": {}}')
    settings = {
        "CLIENT_PORT": str(port),
        "MCP_SANDBOX_PORT": str(free_port()),
        "MCP_INSPECTOR_API_TOKEN": SECRET,
        "MCP_INSPECTOR_SECRET_STORE": "memory",
        "MCP_AUTO_OPEN_ENABLED": "false",
        "MCP_CATALOG_PATH": str(catalog),
    }
    with _running(bed, home, "inspector-2", ["--web"], settings, (port,)):
        yield {"INSPECTOR_URL": f"http://127.0.0.1:{port}/?MCP_INSPECTOR_API_TOKEN={SECRET}"}, home


class Page:
    """A driver that works one page in a browser of its own; a context manager.

    `do` names an action of the driver, and gives what came of it. Where the client sends the
    person to the login world's pages, the driver logs in and allows.
    """

    def __init__(self, bed, driver: str, settings: dict[str, str], home: Path, user: tuple[str, str] | None = None) -> None:
        world = bed.login
        name, password = user or world.user
        self._failure = bed.out / f"{driver}.failed.png"
        self._command = ["node", str(DRIVERS / f"{driver}.mjs")]
        self._home = home
        self._environment = {
            **bare_environment(bed, home),
            **settings,
            "BROWSER_DIR": str(bed.tools.path("browser")),
            "CHROMIUM": bed.tools.browser() or "",
            "ORIGIN": world.origin,
            "LOGIN_NAME": name,
            "LOGIN_PASSWORD": password,
            "FAILURE": str(self._failure),
        }

    def __enter__(self) -> "Page":
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            self._command, env=self._environment, cwd=self._home, stdin=pipe, stdout=pipe, text=True
        )
        return self

    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def do(self, action: str, **given):
        """Asks for an action and waits for its end."""
        self._process.stdin.write(json.dumps({"do": action, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the driver ended at {action}"
        told = json.loads(line)
        assert "failed" not in told, f"{told['failed']}\n(a picture: {self._failure})"
        return told["done"]


@contextmanager
def _running(bed, home: Path, tool: str, arguments: list[str], settings: dict[str, str], ports: tuple[int, ...]):
    """An installed Inspector runs with settings of its own; entered when every port answers."""
    command = ["node", bed.tools.command(tool, "mcp-inspector"), *arguments]
    environment = {**bare_environment(bed, home), **settings}
    with (home / "inspector.log").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        for port in ports:
            wait_until(lambda: _answers(port), f"Inspector answers on port {port}", 30)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(port: int) -> bool:
    # Inspector 2 listens on 127.0.0.1, the ones before it where localhost leads first.
    for host in ("localhost", "127.0.0.1"):
        try:
            return request("GET", f"http://{host}:{port}/").status > 0
        except OSError:
            continue
    return False
