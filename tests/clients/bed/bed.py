"""What every step is given: the checkout, the tools, the server and what was learnt so far."""

from contextlib import ExitStack
from pathlib import Path
from typing import Callable

from bed.server import Server
from bed.tools import Tools

API = "https://bedrock-agentcore.us-west-2.amazonaws.com/"


class Bed:
    """A context manager: leaving it ends the server, and whatever a step asked it to keep.

    Steps hand facts to later steps as attributes (`client_id`, `runtime`, …); the
    registry makes sure that a step is only played after those it needs.
    """

    def __init__(self, root: Path, binary: Path, folder: Path, tools: Tools, update_docs: bool) -> None:
        self.root = root
        self.folder = folder
        self.tools = tools
        self.update_docs = update_docs
        self.out = tools.folder / "out"
        self.out.mkdir(parents=True, exist_ok=True)
        self.server = Server(binary.resolve(), self.make_folder("server"), tools.search_path)
        self.project = folder / "project"
        # What tells more about a failed step, by what it is; only asked when one has failed.
        self.witnesses: dict[str, Callable[[], str]] = {}
        self._kept = ExitStack()

    def make_folder(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def keep(self, manager):
        """Enters a context that later steps go on using; it is left when the bed is."""
        return self._kept.enter_context(manager)

    def golden(self, name: str) -> Path:
        return self.root / "tests" / "clients" / "golden" / name

    def evidence(self) -> str:
        """The last lines of the server's log and of the witnesses, for a failed step's report."""
        told = {"the server's log": self.server.told, **self.witnesses}
        return "\n".join(f"{name} ends:\n{last}" for name, tell in told.items() if (last := tell()))

    def __enter__(self) -> "Bed":
        return self

    def __exit__(self, *_) -> None:
        try:
            self._kept.close()
        finally:
            if self.server.running:
                self.server.stop()
