"""``python -m benchmarks.server_folder``: a rocks server's folder, beside luarocks-admin.

Both publish the same generated folder of rockspecs: ours for five Lua versions as Lua, zip and
JSON, with sums of all files and a page; LuaRocks for four as Lua, with a page. ``full`` is with
nothing known, ``unchanged`` again, ``one added`` with a new rockspec. LuaRocks has one way for all
three. Before a time counts, the manifests that both write must be the same bytes. Times are of the
processor, in all processes; memory is the largest process of ours.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count, cycle
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.make_manifest import PREFERRED_SCRATCH
from benchmarks.server_generator import VERSIONS_PER_ROCK, write_rockspec, write_server
from benchmarks.side_by_side import Comparison, compare, has_peers
from distrorocks.serve.folder.kept import kept_path

COMPARED = ("manifest", "manifest-5.1", "manifest-5.2", "manifest-5.3", "manifest-5.4")
SETTLED = 1.1
"""Seconds after which a file counts as unchanged by its times."""


def commands(folder: Path, copy: Path, lua_version: str) -> tuple[list[str], list[str]]:
    """Return our command and LuaRocks', each for a folder of its own."""
    ours = [sys.executable, "-m", "distrorocks", "make-manifest", str(folder)]
    return ours, [f"luarocks-admin-{lua_version}", "make_manifest", str(copy)]


def refuse_different(folder: Path, copy: Path) -> None:
    """Exit unless both folders have the same manifests."""
    for name in COMPARED:
        if (folder / name).read_bytes() != (copy / name).read_bytes():
            raise SystemExit(f"error: {name} is not the same: the times are worthless")


def peak_memory(command: list[str]) -> int:
    """Return the kilobytes of the largest process of a command."""
    program = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


def row(rockspecs: int, case: str, found: Comparison, memory: int) -> str:
    """Return one line of the table."""
    ours, theirs = (median(each.cpu for each in runs) for runs in found)
    return (
        f"{rockspecs:>9} {case:<12} {ours:>9.3f} {theirs:>9.3f} {found.cpu_ratio:>8.1f} "
        f"{memory / 1000:>7.0f}"
    )


def measure(rockspecs: int, pairs: int, scratch: Path, lua_version: str) -> None:
    """Print the lines of one size."""
    folder, copy = scratch / "ours", scratch / "theirs"
    write_server(folder, rockspecs)
    shutil.copytree(folder, copy)
    words, other = commands(folder, copy, lua_version)
    numbers, chosen = count(rockspecs * VERSIONS_PER_ROCK), Random(2)
    turns = cycle((True, False))

    def forget() -> None:
        Path(kept_path(str(folder))).unlink(missing_ok=True)

    def add() -> None:
        if not next(turns):
            return  # LuaRocks publishes the same files
        path = write_rockspec(folder, next(numbers), chosen)
        shutil.copy(path, copy)
        time.sleep(SETTLED)

    def settle() -> None:
        subprocess.run(words, check=True, capture_output=True)

    time.sleep(SETTLED)
    cases: dict[str, Callable[[], None]] = {"full": forget, "unchanged": settle, "one added": add}
    for case, before in cases.items():
        settle()
        found = compare(words, other, before=before, pairs=pairs)
        refuse_different(folder, copy)
        before()
        print(row(rockspecs, case, found, peak_memory(words)), flush=True)


def main() -> int:
    """Print the table; exit status 2 where luarocks-admin is missing."""
    parser = argparse.ArgumentParser(prog="benchmarks.server_folder", description=__doc__)
    parser.add_argument("--rockspecs", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--lua-version", nargs="+", default=["5.4", "5.1"])
    given = parser.parse_args()
    if not has_peers(given.lua_version):
        return 2
    for lua_version in given.lua_version:
        print(f"LuaRocks on Lua {lua_version}")
        print("rockspecs case         ours CPU theirs CPU   times      MB")
        for rockspecs in given.rockspecs:
            where = str(PREFERRED_SCRATCH) if PREFERRED_SCRATCH.is_dir() else None
            with tempfile.TemporaryDirectory(dir=where, prefix="distrorocks-") as scratch:
                measure(rockspecs, given.pairs, Path(scratch), lua_version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
