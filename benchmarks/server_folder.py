"""A rocks server's folder, published by ours and by luarocks-admin.

Ours writes for five Lua versions Lua, zip and JSON, with sums of all files and a page; LuaRocks for
four, Lua alone, with a page. ``full`` is with nothing known, ``none changed`` again, ``one added``
with a new rockspec. LuaRocks has one way for all three. The manifests that both write must be the
same bytes. The floor is a Python that only reads the rockspecs.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

from benchmarks.make_manifest import reader
from benchmarks.measure import FLOOR, OURS, PEER, Case, WrongOutput, start
from benchmarks.server_generator import VERSIONS_PER_ROCK, write_rockspec, write_server
from distrorocks.serve.folder.kept import kept_path

LUA_VERSION = "5.4"
COMPARED = ("manifest", "manifest-5.1", "manifest-5.2", "manifest-5.3", "manifest-5.4")
SETTLED = 1.1
"""Seconds after which a file counts as unchanged by its times."""
SIZES = (1000, 5000, 20000)
AIMS = {"full": 10, "one added": 50, "none changed": 100}
LARGE = 5000
"""From how many rockspecs on these many times LuaRocks' speed are wanted."""


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield three cases for each size."""
    for rockspecs in sizes or SIZES:
        yield from _cases(scratch / str(rockspecs), rockspecs)


def _cases(scratch: Path, rockspecs: int) -> Iterator[Case]:
    folder, copy = scratch / "ours", scratch / "peer"
    write_server(folder, rockspecs)
    shutil.copytree(folder, copy)
    commands = {
        OURS: start("make-manifest", str(folder)),
        PEER: [f"luarocks-admin-{LUA_VERSION}", "make_manifest", str(copy)],
        FLOOR: reader(scratch / "floor"),
    }
    shutil.copytree(folder, scratch / "floor")
    numbers, chosen = count(rockspecs * VERSIONS_PER_ROCK), Random(2)

    def check(who: str, _: str) -> None:
        if who != PEER:
            return
        for name in COMPARED:
            if (folder / name).read_bytes() != (copy / name).read_bytes():
                raise WrongOutput(f"{name} of {rockspecs} rockspecs is not the same")

    def forget() -> None:
        Path(kept_path(str(folder))).unlink(missing_ok=True)

    def add() -> None:
        shutil.copy(write_rockspec(folder, next(numbers), chosen), copy)
        time.sleep(SETTLED)

    def settle() -> None:
        subprocess.run(commands[OURS], check=True, capture_output=True)

    time.sleep(SETTLED)
    deeds: dict[str, Callable[[], None]] = {
        "full": forget,
        "none changed": settle,
        "one added": add,
    }
    for name, deed in deeds.items():
        settle()
        yield Case(
            f"server folder, {name}",
            rockspecs,
            commands,
            check,
            before=lambda who, deed=deed: deed() if who == OURS else None,  # type: ignore[misc]
            aim=AIMS[name] if rockspecs >= LARGE else 0,
        )
