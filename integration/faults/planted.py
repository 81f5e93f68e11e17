"""Attacks that are planted in a machine before distrorocks runs there, and their effects.

Whoever has an attack gives a function that plants it; what comes back is all that the run changed
outside of where it may.
"""

from __future__ import annotations

import functools
import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from integration.faults.machine_runs import PROGRAM
from integration.machines.machine import Machine, Outcome

_OWN = ("/var/log/distrorocks", "/root/.cache/distrorocks")
_SET_ID = 0o6000
State = dict[str, tuple[int | str, ...]]


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

    ``allowed`` are paths at and below which the run may change what it likes.
    """
    plant(machine)
    before = _state(machine)
    outcome = machine.run(PROGRAM, *words, status=None)
    after = _state(machine)
    may = tuple(f"{path}/" for path in (*allowed, *_OWN))
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    outside = [path for path in sorted(changed) if not f"{path}/".startswith(may)]
    return Effects(outcome, outside, sorted(_set_id(after) - _set_id(before)))


def _set_id(state: State) -> set[str]:
    """Return the paths that have a set-id bit."""
    return {path for path, held in state.items() if int(held[0]) & _SET_ID}


def _state(machine: Machine) -> State:
    """Return of every path mode and owners, and unless it is a directory inode, time and content.

    The times of directories are left out: a lock comes and goes.
    """
    found: State = {}
    for path in machine.paths():
        status = path.lstat()
        held: tuple[int | str, ...] = status.st_mode, status.st_uid, status.st_gid
        if stat.S_ISLNK(status.st_mode):
            held = *held, status.st_ino, status.st_mtime_ns, os.readlink(path)
        elif stat.S_ISREG(status.st_mode):
            content = _digest(path, status.st_ino, status.st_ctime_ns)
            held = *held, status.st_ino, status.st_mtime_ns, content
        found[f"/{path.relative_to(machine.root)}"] = held
    return found


@functools.cache
def _digest(path: Path, inode: int, changed: int) -> str:
    """Return the digest of a file, read once for as long as the kernel's own clock allows."""
    del inode, changed
    return hashlib.sha256(path.read_bytes()).hexdigest()
