"""What a trigger of dpkg costs, on generated systems of packages.

Ours is the shell file that dpkg's trigger runs, with all that it starts. The peer is
``luarocks-admin make-manifest`` on an equal tree, which is what an administrator would run after
each transaction; it has no other way for one changed rock, or none. ``all new`` writes every rock's
metadata as well, forced to disk, which the peer does not do: there the floor is a Python that only
writes the same files, else an empty one. What earlier runs wrote is set aside, not removed: for a
minute ext4 looks for another inode where one was freed, which takes a millisecond for each file and
is no part of a first refresh. Before ``none changed`` dpkg has upgraded a package that has nothing
of Lua.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.installed_code import installed_code
from benchmarks.measure import FLOOR, OURS, PACKAGE, PEER, Case, WrongOutput
from benchmarks.system_generator import System

LUA_VERSION = "5.4"
TREE = "usr/lib/luarocks"
SIZES = (100, 300, 1000, 10000)
PYTHON = ("/usr/bin/python3", "-E", "-S", "-c", "pass")
WRITE = """
import os, sys
source, target = sys.argv[1:]
for above, _, names in os.walk(source):
    place = target + above[len(source):]
    os.makedirs(place)
    for name in names:
        with open(f"{above}/{name}", "rb") as read, open(f"{place}/{name}.new", "xb") as file:
            file.write(read.read())
            file.flush()
            os.fsync(file.fileno())
        os.rename(f"{place}/{name}.new", f"{place}/{name}")
"""
AIMS = {
    ("all new", 100): (1.5, 0),
    ("all new", 1000): (2.5, 0),
    ("one changed", 100): (2, 4),
    ("one changed", 1000): (15, 0),
    ("one changed", 10000): (40, 0),
    ("none changed", 300): (20, 1.5),
}
"""How many times the peer's speed is wanted, and how many times an empty Python is accepted."""


def hook(root: Path) -> list[str]:
    """Return the command of dpkg's trigger for a root, into which our code is copied."""
    code = root / "usr/share/distrorocks"
    installed_code(code)
    shutil.copy(PACKAGE / "hooks/dpkg/start-hook", code)
    return ["env", f"DPKG_ROOT={root}", "sh", str(PACKAGE / "hooks/dpkg/refresh-hook")]


def set_aside(root: Path, *places: str) -> None:
    """Move folders of a root out of the way."""
    aside = root / f"srv/aside/{time.monotonic_ns()}"
    aside.mkdir(parents=True)
    for number, place in enumerate(places):
        if (root / place).exists():
            (root / place).rename(aside / str(number))


def set_all_kept_aside(root: Path) -> None:
    """Set aside all that a refresh has ever left in a root."""
    set_aside(root, TREE, "var/lib/distrorocks", "var/cache/distrorocks")


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield three cases for each size."""
    for rocks in sizes or SIZES:
        yield from _cases(scratch / str(rocks), rocks)


def _cases(scratch: Path, rocks: int) -> Iterator[Case]:
    root, copy = scratch / "root", scratch / "copy"
    system = System(root, rocks)
    ours = hook(root)
    subprocess.run(ours, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    shutil.copytree(root / TREE, copy / "lib/luarocks")
    peer = [f"luarocks-admin-{LUA_VERSION}", "make-manifest", "--local-tree", f"--tree={copy}"]
    manifests = {
        OURS: root / TREE / f"rocks-{LUA_VERSION}/manifest",
        PEER: copy / f"lib/luarocks/rocks-{LUA_VERSION}/manifest",
    }
    expected = {OURS: "", PEER: ""}
    numbers = count(rocks // 2)

    def check(who: str, _: str) -> None:
        text = manifests[who].read_text() if who in manifests else ""
        if text and (text.count('arch = "installed"') != rocks or expected[who] not in text):
            raise WrongOutput(f"{manifests[who]} has not all of {rocks} rocks, or not as they are")

    def upgrade() -> None:
        number = next(numbers) % rocks
        version = system.upgrade(number)
        expected[OURS] = f'["{version}-'

    commands = {OURS: ours, PEER: peer, FLOOR: PYTHON}
    aims = {name: aim for (name, size), aim in AIMS.items() if size == rocks}
    yield from triggers(
        Case("hook", rocks, commands, check), root, upgrade, system.upgrade_another, aims
    )


def triggers(
    kind: Case,
    root: Path,
    upgrade: Callable[[], object],
    upgrade_another: Callable[[], object],
    aims: Mapping[str, tuple[float, float]],
) -> Iterator[Case]:
    """Yield what a trigger meets in a root: nothing known, one rock upgraded, or another package.

    ``aims`` has the ``aim`` and the ``near`` of each by its name; the rest is that of ``kind``.
    """
    known, written = root / "tmp/known", "tmp/written"
    shutil.copytree(root / TREE, known, symlinks=True)
    commands = {**kind.commands, FLOOR: [*PYTHON[:-1], WRITE, str(known), str(root / written)]}
    deeds: dict[str, tuple[Callable[[], object], Mapping[str, Sequence[str]]]] = {
        "all new": (lambda: set_all_kept_aside(root), commands),
        "one changed": (upgrade, kind.commands),
        "none changed": (upgrade_another, kind.commands),
    }

    def before(who: str, deed: Callable[[], object]) -> None:
        if who == OURS:
            deed()
        set_aside(root, written)

    for name, (deed, run) in deeds.items():
        aim, near = aims.get(name, (0, 0))
        yield kind._replace(
            name=f"{kind.name}, {name}",
            commands=run,
            before=partial(before, deed=deed),
            aim=aim,
            near=near,
        )
