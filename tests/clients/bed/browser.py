"""A person's browser: what clients open is taken through our pages as a person would."""

import json
import os
import shlex
import subprocess
from pathlib import Path

from bed.clients import DRIVERS, bare_environment
from bed.server import wait_until

WITNESS = "the browser's journal"


class Browser:
    """A Chromium with one profile, as a context manager.

    Clients open addresses in it by `environment(…)`: an `xdg-open` that comes first on
    their PATH hands each address over. `name` tells profiles apart; `origin` is the
    server whose pages are to be filled in; `scripts` may be "off", or "silent" for pages
    whose scripts do nothing though those of a test can run; `pictures` is a folder for one of each page, and
    `look` may set LANGUAGE, WIDTH (pixels) and SCHEME ("dark").
    """

    def __init__(
        self,
        bed,
        name: str,
        origin: str,
        user: tuple[str, str],
        scripts: str = "on",
        axe: bool = False,
        pictures: Path | None = None,
        **look: str,
    ) -> None:
        self._bed = bed
        self._folder = bed.make_folder(f"browser-{name}")
        self._journal = self._folder / "journal.jsonl"
        self._queue = self._folder / "queue"
        self._answer = self._folder / "answer"
        self._left = self._folder / "left"
        opener = self._folder / "bin" / "xdg-open"
        opener.parent.mkdir(exist_ok=True)
        queue = shlex.quote(str(self._queue))
        opener.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >> {queue}\n")
        opener.chmod(0o755)
        self.opener = opener
        self._environment = {
            **bare_environment(bed, self._folder),
            "BROWSER_DIR": str(bed.tools.path("browser")),
            "CHROMIUM": bed.tools.browser() or "",
            "PROFILE": str(self._folder / "profile"),
            "QUEUE": str(self._queue),
            "ANSWER": str(self._answer),
            "JOURNAL": str(self._journal),
            "LEFT": str(self._left),
            "ORIGIN": origin,
            "LOGIN_NAME": user[0],
            "LOGIN_PASSWORD": user[1],
            **look,
            "SCRIPTS": scripts,
            "AXE": "on" if axe else "off",
            "PICTURES": str(pictures or ""),
        }

    def __enter__(self) -> "Browser":
        for file in (self._queue, self._journal):
            file.write_text("")
        self.will("allow")
        with (self._folder / "browser.log").open("w") as log:
            self._process = subprocess.Popen(
                ["node", str(DRIVERS / "browser.mjs")],
                env=self._environment,
                # Its end is the browser's end, however this process ends.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        self._before = self._bed.witnesses.get(WITNESS)
        self._bed.witnesses[WITNESS] = self.told
        wait_until(lambda: self._entries("ready") or self._died(), "the browser is ready", 30)
        return self

    def __exit__(self, error, *_) -> None:
        # After a failure it is this browser's story that is wanted.
        if error is None and self._before:
            self._bed.witnesses[WITNESS] = self._before
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def told(self) -> str:
        """What it saw last."""
        return "\n".join(json.dumps(entry, ensure_ascii=False) for entry in self._read()[-8:])

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """An environment whose programs open addresses in this browser."""
        path = os.pathsep.join([str(self.opener.parent), environment["PATH"]])
        return {**environment, "PATH": path, "BROWSER": str(self.opener)}

    def will(self, answer: str) -> None:
        """What the person answers from now on where consent is asked: "allow" or "deny"."""
        self._answer.write_text(answer)

    def open(self, address: str) -> None:
        """The person opens an address on their own, as one told by a terminal."""
        with self._queue.open("a") as queue:
            queue.write(f"{address}\n")

    @property
    def opened(self) -> int:
        """How many addresses were opened so far."""
        return self._queue.read_text().count("\n")

    def last(self) -> "Flow":
        """The flow of the newest address, once it has ended."""
        number = self.opened - 1
        assert number >= 0, "no address was opened"
        ended = lambda: any(end["flow"] == number for end in self._entries("end"))
        wait_until(lambda: ended() or self._died(), f"flow {number} ends", 60)
        return Flow(number, [entry for entry in self._read() if entry.get("flow") == number])

    def left_by(self) -> str:
        """The whole address of the call back that ended the last flow, which a client elsewhere would get."""
        return self._left.read_text()

    def _died(self) -> bool:
        assert self._process.poll() is None, (self._folder / "browser.log").read_text()
        return False

    def _entries(self, event: str) -> list[dict]:
        return [entry for entry in self._read() if entry["event"] == event]

    def _read(self) -> list[dict]:
        # The last line may be half written.
        return [json.loads(line) for line in self._journal.read_text().split("\n")[:-1]]


class Flow:
    """What the browser saw between being given an address and leaving the server."""

    def __init__(self, number: int, entries: list[dict]) -> None:
        self.number = number
        self.pages = [entry for entry in entries if entry["event"] == "page"]
        self.complaints = [entry["text"] for entry in entries if entry["event"] == "complaint"]
        self.end = next(entry for entry in entries if entry["event"] == "end")

    @property
    def actions(self) -> list[str | None]:
        """What was done on each page: "login", "allow", "deny", "confirm", or None."""
        return [page["action"] for page in self.pages]

    def check(self, answer: str | None = "allow", outcome: str = "returned") -> None:
        """Every page was fine, the last thing done was this answer, and the flow ended as named.

        Whether the person had to log in first depends on what the browser did before.
        """
        told = json.dumps([*self.pages, *self.complaints, self.end], indent=1, ensure_ascii=False)
        assert self.end["outcome"] == outcome, told
        done = [action for action in self.actions if action]
        assert done in ([answer], ["login", answer]) if answer else done in ([], ["login"]), told
        assert all(page["status"] == 200 for page in self.pages), told
        assert not any(page.get("findings") for page in self.pages), told
        if outcome == "returned":
            expected = "error" if answer == "deny" else "code"
            assert {expected, "iss"} <= set(self.end["parameters"]), told
