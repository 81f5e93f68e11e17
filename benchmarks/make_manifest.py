"""A tree's manifest from nothing: no cache, and the former one is removed before each run.

The peer is luarocks-admin on the same tree, and both write the same bytes. The floor is a Python
that only reads the files which have to be read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import FLOOR, OURS, PEER, Case, WrongOutput, start
from benchmarks.tree_generator import write_tree

LUA_VERSIONS = ("5.1", "5.4")
AIMS = {100: 2, 1000: 6, 10000: 10}
NEAR = 2.5
READ = """
import os, sys
for above, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(f"{above}/{name}", "rb") as file:
            file.read()
"""


def reader(folder: Path) -> list[str]:
    """Return the command of a Python that only reads all files of a folder."""
    return [sys.executable, "-I", "-S", "-c", READ, str(folder)]


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield a case for each size and Lua version."""
    for lua_version in LUA_VERSIONS:
        for rocks in sizes or AIMS:
            yield _case(scratch / f"{lua_version}-{rocks}", lua_version, rocks)


def _case(tree: Path, lua_version: str, rocks: int) -> Case:
    rocks_dir = write_tree(tree, rocks, lua_version=lua_version)
    manifest = rocks_dir / "manifest"
    texts: dict[str, bytes] = {}

    def check(who: str, _: str) -> None:
        if who != FLOOR:
            texts[who] = manifest.read_bytes()
        if len(set(texts.values())) > 1:
            raise WrongOutput(f"the two manifests of {rocks} rocks differ")

    words = ("make-manifest", "--local-tree", f"--tree={tree}")
    commands = {
        OURS: start(*words),
        PEER: [f"luarocks-admin-{lua_version}", *words],
        FLOOR: reader(rocks_dir),
    }
    return Case(
        f"make-manifest, Lua {lua_version}",
        rocks,
        commands,
        check,
        before=lambda _: manifest.unlink(missing_ok=True),
        aim=AIMS.get(rocks, 0),
        near=NEAR,
    )
