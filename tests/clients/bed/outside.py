"""A public name whose door is a port of 127.0.0.1, as someone outside sees it."""

import http.client
import json
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bed.clients import run
from bed.web import Answer, exchange

# Every address of 127.0.0.0/8 is this machine's: by it a client is told from a proxy.
CLIENT = "127.0.0.2"
MCP = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


@dataclass(frozen=True)
class Outside:
    """Asks `host` at `port` of 127.0.0.1, from CLIENT, trusting one certificate authority."""

    host: str
    port: int
    ca: Path

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    def get(self, url: str) -> Answer:
        """A GET of an address of the origin."""
        return exchange(self.connect(), "GET", self._target(url), {})

    def post(self, url: str, method: str, params: dict, **headers: str) -> Answer:
        """One message of MCP, without a session."""
        return exchange(self.connect(), "POST", self._target(url), MCP | headers, _message(method, params))

    def call(self, url: str, token: str, tool: str, **arguments: int) -> Answer:
        """A call of a tool."""
        params = {"name": tool, "arguments": arguments}
        return self.post(url, "tools/call", params, authorization=f"Bearer {token}")

    def stream(self, connection: http.client.HTTPConnection, url: str, token: str, tool: str):
        """The answer to a call of a tool, to be read as it comes."""
        headers = {**MCP, "authorization": f"Bearer {token}"}
        message = _message("tools/call", {"name": tool, "arguments": {}})
        connection.request("POST", self._target(url), message, headers)
        return connection.getresponse()

    def connect(self) -> "_Connection":
        return _Connection(self.host, self.port, self.certificates())

    def certificates(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))

    def sh(self, lines: str, folder: Path, environment: dict[str, str]) -> str:
        """Runs lines in which curl finds the door by the name, and knows the authority."""
        settings = f'connect-to = "{self.host}:443:127.0.0.1:{self.port}"\ncacert = "{self.ca}"\n'
        (folder / ".curlrc").write_text(settings)
        done = run(["sh", "-ec", lines], {**environment, "CURL_HOME": str(folder)}, folder)
        assert done.returncode == 0, f"{lines}\nended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _target(self, url: str) -> str:
        assert url.startswith(f"{self.origin}/"), f"{url} does not begin with {self.origin}"
        return url.removeprefix(self.origin)


class _Connection(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, certificates: ssl.SSLContext) -> None:
        super().__init__(host, timeout=30)
        self._door = ("127.0.0.1", port)
        self._certificates = certificates

    def connect(self) -> None:
        bare = socket.create_connection(self._door, self.timeout, source_address=(CLIENT, 0))
        self.sock = self._certificates.wrap_socket(bare, server_hostname=self.host)


def serial_of(outside: Outside) -> str:
    """The serial number of the certificate that the door shows."""
    connection = outside.connect()
    connection.connect()
    try:
        return connection.sock.getpeercert()["serialNumber"]
    finally:
        connection.close()


def started(command: list[str], log: Path, environment: dict | None = None) -> subprocess.Popen:
    """A program in the background that writes to a log."""
    with log.open("a") as output:
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )


def ended(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _message(method: str, params: dict) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).encode()
