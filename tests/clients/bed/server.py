"""A running `shukuba serve`, and its CLI as a person types it."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from bed.web import request


class Server:
    """A server of its own data directory, on a free port of 127.0.0.1.

    `arguments` are further ones of `serve`, `variables` of its environment and the CLI's; a
    change counts from the next start on.
    """

    def __init__(self, binary: Path, folder: Path, search_path: str) -> None:
        self.binary = binary
        self.data_dir = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        self.arguments: list[str] = []
        self.variables: dict[str, str] = {}
        self._path = os.pathsep.join([str(binary.parent), search_path])
        self._process: subprocess.Popen | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a shell has that wants to talk to this server."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SHUKUBA_")}
        return {
            **inherited,
            "PATH": self._path,
            "SHUKUBA_SERVER": self.url,
            "SHUKUBA_DATA_DIR": str(self.data_dir),
            "NO_COLOR": "1",
            **self.variables,
        }

    def start(self) -> None:
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [str(self.binary), "serve", "--port", str(self.port), *self.arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, "serve answers", 20)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Ends the server; its exit code, or the negative number of the signal."""
        assert self._process, "the server was never started"
        self._process.send_signal(by)
        return self._process.wait(timeout=30)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def sh(self, line: str, cwd: Path | None = None, code: int = 0, **more: str) -> str:
        """Runs a line as pasted into a shell; its stdout. `code` is the exit code it must have."""
        done = self.shell(line, cwd, **more)
        assert done.returncode == code, (
            f"`{line}` ended with {done.returncode} and not {code}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def shell(self, line: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess:
        """Runs a line as pasted into a shell, with more environment."""
        return subprocess.run(
            ["sh", "-c", line],
            cwd=cwd,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            # A launch may compile a Rust project and everything it needs.
            timeout=1200,
        )

    def json(self, line: str, cwd: Path | None = None):
        """What a command that prints JSON prints."""
        return json.loads(self.sh(line, cwd))

    def told(self) -> str:
        """The last lines of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def token(self, app: str, api: str | None = None) -> str:
        which = f" --api {api}" if api else ""
        return self.sh(f"shukuba token get --app {app}{which}").strip()

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"serve ended with {self._process.returncode}:\n{self.log.read_text()}")
        try:
            return request("GET", f"{self.url}/.well-known/openid-configuration").status == 200
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(holds, what: str, seconds: float) -> None:
    """Waits for a condition; fails with its name."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
