"""Plays a dialogue with a program that believes a person sits at its terminal."""

import os
import pty
import re
import select
import time

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Stuck(Exception):
    """The program did not ask what was expected, or did not end."""


def converse(
    command: list[str], answers: list[tuple[str, str]], cwd: str, env: dict, timeout: float = 30
) -> tuple[int, str]:
    """Answers each prompt, named by a part of it, with a line.

    Returns the exit code and all that was on the screen, typed answers included.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execvpe(command[0], command, env)
    screen = _Screen(terminal, time.monotonic() + timeout)
    for prompt, answer in answers:
        screen.wait_for(prompt)
        os.write(terminal, answer.encode() + b"\n")
    screen.wait_for_end()
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), screen.text


class _Screen:
    def __init__(self, terminal: int, deadline: float) -> None:
        self._terminal = terminal
        self._deadline = deadline
        self._raw = b""
        self._seen = 0

    @property
    def text(self) -> str:
        return _ESCAPES.sub("", self._raw.decode(errors="replace")).replace("\r", "")

    def wait_for(self, prompt: str) -> None:
        while (found := self.text.find(prompt, self._seen)) < 0:
            if not self._read():
                raise Stuck(f"the program ended without asking '{prompt}':\n{self.text}")
        self._seen = found + len(prompt)
        self._settle()

    def wait_for_end(self) -> None:
        while self._read():
            pass

    def _settle(self) -> None:
        # The rest of the prompt must be on the screen before the answer is typed,
        # or the terminal's echo lands in its middle.
        while select.select([self._terminal], [], [], 0.15)[0]:
            if not self._read():
                return

    def _read(self) -> bool:
        left = self._deadline - time.monotonic()
        if left <= 0 or not select.select([self._terminal], [], [], left)[0]:
            raise Stuck(f"nothing more came within the time allowed:\n{self.text}")
        try:
            chunk = os.read(self._terminal, 4096)
        except OSError:  # Linux reports the other side's end of a terminal this way.
            return False
        self._raw += chunk
        return bool(chunk)
