"""The file layer from Python: built once, and told what is to happen through a file that it maps.

Every call that changes something below the watched directories has a number, from 1 on, in the
order of the run; the same run has the same numbers. A first run only counts, and each later one
meets its fault at exactly one of them. ``layer.c`` holds the other half.
"""

from __future__ import annotations

import errno
import functools
import mmap
import signal
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from integration.machines.machine import run
from integration.machines.scratch import live

SOURCE = Path(__file__).with_name("layer.c")
VARIABLE = "FAULTS_CONTROL"
INSIDE = "/faults"
"""Where a scratch root has the layer and its control, when it is preloaded there for all."""

CREATE, WRITE, RENAME, REMOVE, MODE, SYNC = (1 << bit for bit in range(6))
EVERY = 63
NEEDS_ROOM = CREATE | WRITE | RENAME
NOTHING, KILL, TEAR, FAIL, SIGNAL = range(5)
MAIN, CALLER, HOLD = 1, 2, 4

_SIZE = 1 << 20
_HEAD = struct.Struct("12I2000s")


class Fault(NamedTuple):
    """What goes wrong, at the call ``first``: ``deed`` with ``number``, a signal or an errno.

    ``whom`` a kill meets: the program under test (MAIN), who made the call (CALLER), both; HOLD
    stops the caller where it is another one. ``is_lasting`` keeps calls failing from there on;
    only calls of ``classes`` fail.
    """

    deed: int = NOTHING
    first: int = 0
    number: int = 0
    whom: int = MAIN | CALLER
    classes: int = EVERY
    is_lasting: bool = False

    def __str__(self) -> str:
        where = f"{'from' if self.is_lasting else 'at'} call {self.first}"
        if self.deed == FAIL:
            return f"{errno.errorcode[self.number]} {where}"
        if self.deed == SIGNAL:
            return f"{signal.Signals(self.number).name} {where}"
        whom = {MAIN: " of distrorocks", CALLER: " of who made it", MAIN | HOLD: ", rest held"}
        return f"{('counted', 'kill', 'torn write')[self.deed]} {where}{whom.get(self.whom, '')}"


class Call(NamedTuple):
    """One counted call: who made it, of which class, by which name, on what."""

    process: int
    kind: int
    name: str
    path: str


class Control:
    """The file that the layer reads what is to happen from, and counts in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with open(path, "a+b") as file:
            file.truncate(_SIZE)
            self._map = mmap.mmap(file.fileno(), _SIZE)

    def arm(self, fault: Fault, watched: Sequence[str], process: int = 0) -> None:
        """Begin to count; ``process`` is the program under test, 0 for whoever makes the call."""
        below = "".join(f"{path}\n" for path in watched).encode()
        words = (fault.first, fault.is_lasting, fault.deed, fault.number, fault.whom)
        self._map[: _HEAD.size] = _HEAD.pack(
            0, 0, *map(int, words), process, fault.classes, 0, 0, 0, below
        )
        self._map[:4] = struct.pack("I", 1)

    def disarm(self) -> None:
        """Let everything pass uncounted from now on."""
        self._map[:4] = struct.pack("I", 0)

    @property
    def fired(self) -> int:
        """The number of the call that the fault met last, 0 for none."""
        return int(struct.unpack_from("10I", self._map)[9])

    @property
    def calls(self) -> list[Call]:
        """The calls that were counted."""
        end = struct.unpack_from("11I", self._map)[10]
        found = []
        for line in self._map[_HEAD.size : _HEAD.size + end].decode(errors="replace").splitlines():
            process, kind, name, path = line.split(" ", 3)
            found.append(Call(int(process), int(kind), name, path))
        return found


@functools.cache
def built() -> Path:
    """Return the layer as a shared library, built by this machine's compiler."""
    library = Path(tempfile.mkdtemp(prefix="faults-", dir=live())) / "layer.so"
    words = ("-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-nonnull-compare")
    run("gcc", *words, "-o", library, SOURCE, "-ldl")
    return library


def preloaded(control: Path) -> dict[str, str]:
    """Return the variables that load the layer into a program and all that it starts."""
    return {"LD_PRELOAD": str(built()), VARIABLE: str(control)}
