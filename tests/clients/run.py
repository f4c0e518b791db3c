#!/usr/bin/env python3
"""The story of docs/seed.md, played with the real clients. `cargo xtask test` calls this.

  run.py --install              install the clients, and play nothing
  run.py --list                 name the steps
  run.py --binary PATH [--only STEP]... [--update-docs]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info < (3, 10):
    sys.exit("the steps with real clients need Python 3.10 or newer")
sys.dont_write_bytecode = True

from bed import registry, tools
from bed.bed import Bed
from bed.registry import Skip

import steps  # noqa: F401  (registers every step)

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    arguments = parse()
    installed = tools.Tools(ROOT / ".clients")
    if arguments.install:
        return install(installed)
    if arguments.list:
        for each in registry.STEPS.values():
            print(f"{each.name}\t{each.title}")
        return 0
    if arguments.update_docs and not has_japanese():
        print("--update-docs takes pictures of Japanese pages: install a font for them (Debian: fonts-noto-cjk)", file=sys.stderr)
        return 1
    chosen = registry.chosen(arguments.only)
    with tempfile.TemporaryDirectory(prefix="shukuba-clients-") as folder:
        with Bed(ROOT, arguments.binary, Path(folder), installed, arguments.update_docs) as bed:
            return 0 if registry.play(chosen, bed) else 1


def has_japanese() -> bool:
    """Whether a browser on this machine can draw Japanese."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=ja"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def install(installed: tools.Tools) -> int:
    """Installs everything; what cannot be had is told again by the step that needs it."""
    for name in tools.ALL:
        try:
            installed.require(name)
        except Skip as skip:
            print(f"{name}: {skip}", file=sys.stderr)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/debug/shukuba")
    parser.add_argument("--only", action="append", default=[], choices=list(registry.STEPS))
    parser.add_argument("--update-docs", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
