"""A process with a network of its own, in which names of the Internet lead to this machine.

What strangers have a server fetch must lie on the public Internet. In a network that is a
loopback interface and nothing else, that interface can have a public address and a name can
have that address: the server is looked at with every one of its rules in place.
"""

import ctypes
import multiprocessing
import os
import subprocess
import traceback
from pathlib import Path
from typing import Callable

from bed.registry import Skip

# sched.h of Linux; Python has them from 3.12 on.
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x0002_0000, 0x1000_0000, 0x4000_0000


def play_apart(hosts: dict[str, str], folder: Path, act: Callable[[], None], evidence: Callable[[], str]) -> None:
    """Plays `act` where each name of `hosts` has its address and no other is known.

    It sees the files and variables of this process, and what it changes in them stays there.
    Its failure is this one's, told with its own `evidence`. Skipped where this is not allowed.
    """
    # A fork, so that what is played may be any function of the bed with all it knows.
    fork = multiprocessing.get_context("fork")
    hears, tells = fork.Pipe(duplex=False)
    process = fork.Process(target=_play, args=(hosts, folder, act, evidence, tells))
    process.start()
    tells.close()
    try:
        outcome, reason = hears.recv()
    except EOFError:
        outcome, reason = "failed", "the process that is apart ended without a word"
    process.join()
    if outcome == "skipped":
        raise Skip(reason)
    assert outcome == "ok", f"apart from the network:\n{reason}"


def _play(hosts: dict[str, str], folder: Path, act, evidence, tells) -> None:
    try:
        _leave_the_network()
        _furnish(hosts, folder)
        act()
        tells.send(("ok", ""))
    except Skip as skip:
        tells.send(("skipped", str(skip)))
    except Exception:
        tells.send(("failed", traceback.format_exc(limit=-4) + evidence()))


def _leave_the_network() -> None:
    """Into namespaces of its own: as root, or as one who is root only there."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET | CLONE_NEWNS) == 0:
        return
    user, group = os.geteuid(), os.getegid()
    try:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    except OSError as error:
        raise Skip(f"this machine lets nobody here have a network of their own ({error}); run it as root") from None


def _furnish(hosts: dict[str, str], folder: Path) -> None:
    """A loopback interface with the addresses, and a table of names that only this process sees."""
    table = folder / "hosts"
    table.write_text("127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in hosts.items()))
    commands = [
        ["ip", "link", "set", "lo", "up"],
        *(["ip", "address", "add", f"{address}/32", "dev", "lo"] for address in sorted({*hosts.values()})),
        ["mount", "--make-rprivate", "/"],
        ["mount", "--bind", str(table), "/etc/hosts"],
    ]
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            raise Skip(f"there is no {command[0]} on this machine") from None
        if done.returncode != 0:
            raise Skip(f"a network of its own cannot be furnished: {' '.join(command)}: {done.stderr.strip()}")
