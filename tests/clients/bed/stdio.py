"""A client that is itself an MCP server on its standard input and output, as mcp-remote is."""

import json
import queue
import subprocess
import threading
import time
from pathlib import Path


class Stdio:
    """Speaks JSON-RPC with a process, a message a line; a context manager.

    What it prints to its standard error is kept in `told`.
    """

    def __init__(self, command: list[str], environment: dict[str, str], cwd: Path) -> None:
        self._command = command
        self._environment = environment
        self._cwd = cwd
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._told: list[str] = []
        self._last = 0

    def __enter__(self) -> "Stdio":
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            cwd=self._cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._hear, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def told(self) -> str:
        return "".join(self._told)

    def begin_opening(self) -> int:
        """Begins a session without waiting for its answer; give the number to `opened`."""
        client = {"name": "shukuba-tests", "version": "1.0.0"}
        return self.begin("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client})

    def opened(self, number: int) -> list[str]:
        """Waits for the session; the names of the tools."""
        self.answer(number)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return [tool["name"] for tool in self.ask("tools/list", {})["tools"]]

    def open(self) -> list[str]:
        """A session, begun and waited for; the names of the tools."""
        return self.opened(self.begin_opening())

    def add(self, a: int, b: int) -> str:
        """Calls the tool `add`; the text of its result."""
        return self.ask("tools/call", {"name": "add", "arguments": {"a": a, "b": b}})["content"][0]["text"]

    def begin(self, method: str, params: dict) -> int:
        """Sends a request; its id, for `answer`."""
        self._last += 1
        self._send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})
        return self._last

    def answer(self, number: int, seconds: float = 60) -> dict:
        """The result of a request; what the server asks meanwhile stays without an answer."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no answer within {seconds} s; it told:\n{self.told}") from None
            assert line is not None, f"it ended without an answer; it told:\n{self.told}"
            message = json.loads(line)
            if message.get("id") == number and "method" not in message:
                assert "result" in message, f"{message}\n{self.told}"
                return message["result"]

    def ask(self, method: str, params: dict) -> dict:
        return self.answer(self.begin(method, params))

    def _send(self, message: dict) -> None:
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _listen(self) -> None:
        for line in self._process.stderr:
            self._told.append(line)
