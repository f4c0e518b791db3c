"""The steps in their order, and how one is run and reported.

Every step prints one line of JSON when it ends, which `cargo xtask test` turns
into its report: {"step", "outcome": "ok" | "skipped" | "failed", "seconds", "reason"}.
"""

import json
import time
import traceback
from dataclasses import dataclass
from typing import Callable


class Skip(Exception):
    """Raised by a step whose tools this machine does not have; says why."""


@dataclass(frozen=True)
class Step:
    name: str
    needs: tuple[str, ...]
    tools: tuple[str, ...]
    play: Callable

    @property
    def title(self) -> str:
        return (self.play.__doc__ or "").strip().splitlines()[0]


STEPS: dict[str, Step] = {}


def step(name: str, needs: tuple[str, ...] = (), tools: tuple[str, ...] = ()):
    """Registers a function of the bed as a step; `needs` are steps played before it."""

    def register(play: Callable) -> Callable:
        missing = [need for need in needs if need not in STEPS]
        assert not missing, f"{name} needs {missing}, which are not registered before it"
        STEPS[name] = Step(name, needs, tools, play)
        return play

    return register


def chosen(names: list[str]) -> list[Step]:
    """The named steps and all they need, in order; every step when none is named."""
    if not names:
        return list(STEPS.values())
    wanted: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo.extend(STEPS[name].needs)
    return [each for each in STEPS.values() if each.name in wanted]


def play(steps: list[Step], bed) -> bool:
    """Plays the steps; False when one failed."""
    outcomes: dict[str, str] = {}
    for each in steps:
        began = time.monotonic()
        outcome, reason = _outcome(each, bed, outcomes)
        outcomes[each.name] = outcome
        report = {
            "step": each.name,
            "outcome": outcome,
            "seconds": round(time.monotonic() - began, 2),
            "reason": reason,
        }
        print(json.dumps(report), flush=True)
    return "failed" not in outcomes.values()


def _outcome(each: Step, bed, outcomes: dict[str, str]) -> tuple[str, str]:
    broken = [need for need in each.needs if outcomes.get(need) != "ok"]
    if broken:
        return "skipped", f"needs {', '.join(broken)}"
    try:
        for tool in each.tools:
            bed.tools.require(tool)
        each.play(bed)
    except Skip as skip:
        return "skipped", str(skip)
    except Exception:
        return "failed", traceback.format_exc(limit=-4) + bed.evidence()
    return "ok", ""
