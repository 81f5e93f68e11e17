"""``python -m benchmarks.hook``: what a trigger of dpkg costs, beside luarocks-admin's way.

Ours is the shell file that dpkg's trigger runs, with all that it starts, on a system of generated
packages. LuaRocks' way is ``luarocks-admin make-manifest`` on an equal tree, which is what an
administrator would run after each transaction; it has no other way for one changed rock, or none.
``nothing yet`` writes every rock's metadata as well, forced to disk, which LuaRocks' way does not
do. The last line of each size is an empty Python, for comparison.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.make_manifest import PACKAGE, PREFERRED_SCRATCH
from benchmarks.side_by_side import Comparison, compare, has_peers
from benchmarks.system_generator import System

LUA_VERSION = "5.4"
TREE = "usr/lib/luarocks"
PYTHON = ("/usr/bin/python3", "-E", "-S", "-c", "pass")


def hook(root: Path) -> list[str]:
    """Return the command of dpkg's trigger for a root that has the code of this checkout."""
    code = root / "usr/share/distrorocks"
    if not code.exists():
        code.mkdir(parents=True)
        shutil.copy(PACKAGE / "hooks/dpkg/start-hook", code)
        shutil.copytree(PACKAGE / "distrorocks", code / "distrorocks")
    return ["env", f"DPKG_ROOT={root}", "sh", str(PACKAGE / "hooks/dpkg/refresh-hook")]


def remove_cache(root: Path) -> None:
    """Take away all that a refresh has ever left in a root."""
    for place in (TREE, "var/lib/distrorocks", "var/cache/distrorocks"):
        shutil.rmtree(root / place, ignore_errors=True)


def row(rocks: int, case: str, found: Comparison) -> str:
    """Return one line of the table."""
    ours, theirs = (median(each.wall for each in runs) for runs in found)
    return (
        f"{rocks:>7} {case:<12} {ours * 1e3:>10.1f} {theirs * 1e3:>10.1f} "
        f"{found.ratio:>8.1f} {found.cpu_ratio:>8.1f}"
    )


def measure(rocks: int, pairs: int, scratch: Path) -> None:
    """Print the lines of one size."""
    root, copy = scratch / "root", scratch / "copy"
    system = System(root, rocks)
    ours = hook(root)
    subprocess.run(ours, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    shutil.copytree(root / TREE, copy / "lib/luarocks")
    theirs = [f"luarocks-admin-{LUA_VERSION}", "make-manifest", "--local-tree", f"--tree={copy}"]
    chosen = count(rocks // 2)
    cases: dict[str, Callable[[], object]] = {
        "nothing yet": lambda: remove_cache(root),
        "one changed": lambda: system.upgrade(next(chosen) % rocks),
        "none changed": lambda: None,
    }
    for case, before in cases.items():
        print(row(rocks, case, compare(ours, theirs, before=before, pairs=pairs)), flush=True)
    empty = compare(ours, PYTHON, before=lambda: None, pairs=pairs)
    print(row(rocks, "(Python)", empty), flush=True)


def main() -> int:
    """Print the table; exit status 2 where luarocks-admin is missing."""
    parser = argparse.ArgumentParser(prog="benchmarks.hook", description=__doc__)
    parser.add_argument("--rocks", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    if not has_peers([LUA_VERSION]):
        return 2
    print("  rocks case            ours ms  theirs ms   faster  (cpu)")
    where = str(PREFERRED_SCRATCH) if PREFERRED_SCRATCH.is_dir() else None
    for rocks in options.rocks:
        with tempfile.TemporaryDirectory(dir=where, prefix="distrorocks-") as scratch:
            measure(rocks, options.pairs, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
