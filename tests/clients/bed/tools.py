"""Real clients, installed into an ignored folder by the ordinary package managers.

Every tool lies in a folder of its own with a stamp of what it was installed from,
so that a second run finds it and a changed version is installed again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bed.registry import Skip

SOURCES = Path(__file__).resolve().parent.parent
NODE_WANTED = (22, 19)
NODE_PACKAGE = "node@22.23.3"
NPM_TOOLS = (
    "inspector-0.16",
    "inspector-0.22",
    "inspector-2",
    "claude-code",
    "sdk-typescript",
    "browser",
    "mcp-remote",
    "codex",
    "conformance",
    "oauth-strict",
)
PYTHON_TOOLS = ("sdk-python-1", "sdk-python-2", "fastmcp")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Programs that the system's packages bring: what they are called, and what brings them.
SYSTEM_TOOLS = {"nginx": "nginx-light", "caddy": "caddy", "sshd": "openssh-server"}
# Where a daemon may lie that is not on the PATH of a person.
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
ALL = ("uv", "node", *NPM_TOOLS, *PYTHON_TOOLS, "chromium", *SYSTEM_TOOLS)


class Tools:
    """The tools of this checkout; `require` installs what is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._failed: dict[str, str] = {}

    def require(self, name: str) -> None:
        """Makes sure of a tool, or skips the step with the reason."""
        if name in self._failed:
            raise Skip(self._failed[name])
        try:
            self._install(name)
        except Skip as skip:
            self._failed[name] = str(skip)
            raise

    def path(self, name: str) -> Path:
        """The folder of a tool."""
        return self.folder / name

    def command(self, tool: str, name: str) -> str:
        """The path of an executable that an npm tool brings."""
        return str(self.path(tool) / "node_modules" / ".bin" / name)

    def python(self, tool: str) -> str:
        """The interpreter of a Python tool."""
        return str(self.path(tool) / "venv" / "bin" / "python")

    @property
    def search_path(self) -> str:
        """PATH with the installed tools first."""
        own = [self.path("node") / "node_modules" / ".bin", self.path("uv") / "venv" / "bin"]
        return os.pathsep.join([str(each) for each in own if each.is_dir()] + [os.environ["PATH"]])

    def browser(self) -> str | None:
        """The path of a Chromium, when there is one."""
        named = os.environ.get("CHROMIUM")
        found = (shutil.which(name) for name in BROWSERS)
        return named or next((path for path in found if path), None)

    def system(self, name: str) -> str | None:
        """The path of a program of SYSTEM_TOOLS, when there is one."""
        return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *SYSTEM_FOLDERS]))

    def _install(self, name: str) -> None:
        if name in NPM_TOOLS:
            self._install_npm(name)
        elif name in PYTHON_TOOLS:
            self._install_python(name)
        elif name == "node":
            self._install_node()
        elif name == "uv":
            self._install_uv()
        elif name == "chromium":
            self._install_browser()
        elif name in SYSTEM_TOOLS:
            self._install_daemon(name)
        else:
            raise ValueError(f"no tool is called {name}")

    def _install_node(self) -> None:
        if _node_is_new_enough(self.search_path):
            return
        with self._fresh("node", NODE_PACKAGE) as folder:
            if folder:
                run(["npm", "install", "--prefix", str(folder), *NPM_QUIET, NODE_PACKAGE])

    def _install_npm(self, name: str) -> None:
        source = SOURCES / "npm" / name
        manifests = [source / "package.json", source / "package-lock.json"]
        content = "".join(each.read_text() for each in manifests)
        with self._fresh(name, content) as folder:
            if folder:
                for each in manifests:
                    shutil.copy(each, folder)
                run(["npm", "ci", *NPM_QUIET], cwd=folder)

    def _install_python(self, name: str) -> None:
        requirements = SOURCES / "python" / f"{name}.txt"
        with self._fresh(name, requirements.read_text() + sys.version) as folder:
            if folder:
                self._make_venv(folder / "venv", ["-r", str(requirements)])

    def _install_uv(self) -> None:
        with self._fresh("uv", "uv") as folder:
            if folder:
                venv = folder / "venv"
                run([sys.executable, "-m", "venv", str(venv)])
                run([str(venv / "bin" / "pip"), "install", "-q", "uv"])

    def _make_venv(self, venv: Path, packages: list[str]) -> None:
        uv = shutil.which("uv", path=self.search_path)
        if uv:
            run([uv, "venv", "-q", "--python", sys.executable, str(venv)])
            run([uv, "pip", "install", "-q", "--python", str(venv / "bin" / "python"), *packages])
        else:
            run([sys.executable, "-m", "venv", str(venv)])
            run([str(venv / "bin" / "pip"), "install", "-q", *packages])

    def _install_browser(self) -> None:
        if self.browser():
            return
        if not _apt_may_install():
            raise Skip("there is no Chromium: install one, or name it in CHROMIUM")
        _apt_install("chromium")

    def _install_daemon(self, name: str) -> None:
        if self.system(name):
            return
        # A package of a daemon starts it, at its usual port, where something starts daemons.
        if not _apt_may_install() or Path("/run/systemd/system").exists():
            raise Skip(f"there is no {name}: install one; nothing of it needs to run")
        _apt_install(SYSTEM_TOOLS[name])

    def _fresh(self, name: str, content: str) -> "_Stamp":
        return _Stamp(self.path(name), hashlib.sha256(content.encode()).hexdigest())


class _Stamp:
    """Gives an empty folder when its stamp is not the wanted one, else None;
    stamps it when the block ends well."""

    def __init__(self, folder: Path, wanted: str) -> None:
        self._folder = folder
        self._file = folder / ".installed"
        self._wanted = wanted
        self._current = self._file.is_file() and self._file.read_text() == wanted

    def __enter__(self) -> Path | None:
        if self._current:
            return None
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return self._folder

    def __exit__(self, error, *_) -> None:
        if error is None and not self._current:
            self._file.write_text(self._wanted)


NPM_QUIET = ["--no-audit", "--no-fund", "--loglevel=error"]


def run(command: list[str], cwd: Path | None = None) -> None:
    """Runs an installer; what goes wrong with it skips the step."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600
        )
    except FileNotFoundError:
        raise Skip(f"there is no {command[0]} on this machine") from None
    except subprocess.TimeoutExpired:
        raise Skip(f"'{command[0]}' took longer than ten minutes to install a tool") from None
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise Skip(f"{' '.join(command[:3])} failed: {' | '.join(last)}")


def _apt_may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(package: str) -> None:
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def _node_is_new_enough(path: str) -> bool:
    node = shutil.which("node", path=path)
    if not node:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    numbers = tuple(int(part) for part in version.strip().lstrip("v").split(".")[:2])
    return numbers >= NODE_WANTED
