"""Attacks that are planted in a machine before distrorocks runs there, and their effects.

Whoever has an attack gives a function that plants it; what comes back is all that the run changed
outside of where it may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from integration.faults.machine_runs import PROGRAM
from integration.machine import Machine, Outcome

_OWN = ("/var/log/distrorocks", "/root/.cache/distrorocks")
_SET_ID = 0o6000


class Effects(NamedTuple):
    """What a run said, the paths that it changed outside, and the set-id files it left anywhere."""

    outcome: Outcome
    outside: list[str]
    set_id: list[str]


def effects(
    machine: Machine,
    plant: Callable[[Machine], object],
    words: Sequence[str],
    *,
    allowed: Sequence[str] = (),
) -> Effects:
    """Plant an attack, run the machine's distrorocks, and return what came of it.

    ``allowed`` are directories in which the run may change what it likes.
    """
    plant(machine)
    before, modes = machine.contents(), _modes(machine)
    outcome = machine.run(PROGRAM, *words, status=None)
    after = machine.contents()
    may = tuple(f"{path}/" for path in (*allowed, *_OWN))
    changed = [
        path
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path) and not f"{path}/".startswith(may)
    ]
    now = _modes(machine)
    changed += [path for path in sorted(modes.keys() & now) if modes[path] != now[path]]
    set_id = [path for path in now if now[path] & _SET_ID and not modes.get(path, 0) & _SET_ID]
    return Effects(outcome, [path for path in changed if not f"{path}/".startswith(may)], set_id)


def _modes(machine: Machine) -> dict[str, int]:
    """Return the mode of every path that is no link."""
    return {
        f"/{path.relative_to(machine.root)}": path.stat().st_mode
        for path in machine.paths()
        if not path.is_symlink()
    }
