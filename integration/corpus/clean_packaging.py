"""``python -m integration.corpus.clean_packaging ROCKS PLACE...``: packages as daemons build them.

ROCKS is a folder of ``.src.rock`` files, or an archive of one. A PLACE is a suite of Debian
(``bookworm``, ``trixie``, ``sid``), where each rock becomes a .deb: it is built in a clean root
with the declared Build-Depends alone and the packaging's own checks, without a network. It is right
if dpkg installs it with what apt says that it needs in another clean root, where its modules can be
required and its autopkgtest passes. ``rpm`` builds Fedora's spec file the same way, by rpm, where
Debian's packages stand for Fedora's.

What counts are the rocks that LuaRocks by itself builds where all libraries are. A strict count is
told first: there each module has to load, those as well of which the packaging says that they are
not tried, and a rock whose code fits no Lua of the distribution is missed where LuaRocks builds it.
``--logs`` keeps what the failed builds printed.
"""

from __future__ import annotations

import argparse
import collections
import shutil
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.formats.rpm import FEDORA
from distrorocks.packaging.scaffold.scaffold import Request, read_rock
from distrorocks.rocks.version import Version
from distrorocks.system.lua.jail import Jail
from integration.corpus.chosen_rocks import add_arguments, chosen_of, rocks_of
from integration.corpus.packaging_corpus import Told
from integration.machines.build_libraries import LIBRARIES
from integration.machines.clean_builds import FAIL, RAN, TOLD, clean_deb_of
from integration.machines.clean_roots import clean_roots
from integration.machines.clean_rpms import NO_STAND_IN, SUITE, clean_rpm_of, rpm_roots
from integration.machines.luarocks_builds import versions_built
from integration.machines.rock_packages import Verdict
from integration.machines.roots import LUA_VERSIONS, Layer
from integration.machines.source_packages import build_root

RPM = "rpm"


class Place(NamedTuple):
    """Where packages are built: what builds one, and LuaRocks' Luas and the root it builds in."""

    build: Callable[[Path, Jail], Verdict]
    luas: tuple[str, ...]
    by_luarocks: Layer


def place(name: str) -> Place:
    """Return a place by its name, with its roots ready."""
    if name == RPM:
        rpm_roots()
        return Place(clean_rpm_of, FEDORA.lua_versions, build_root(SUITE, LIBRARIES))
    clean_roots(name)
    return Place(partial(clean_deb_of, name), LUA_VERSIONS[name], build_root(name, LIBRARIES))


def told(where: Place, rocks: Iterator[Path]) -> Iterator[Told]:
    """Yield what became of each rock, and for which Luas LuaRocks builds it."""
    with Jail() as jail, where.by_luarocks.clone() as machine:
        for rock in rocks:
            try:
                verdict = where.build(rock, jail)
            except (DistrorocksError, OSError, shutil.ReadError, zipfile.BadZipFile) as error:
                verdict = Verdict(rock.name, f"not scaffolded: {str(error)[:160]}")
            luas = declared_luas(rock, where.luas, jail)
            yield Told(verdict, versions_built(machine, rock, luas))


def declared_luas(rock: Path, luas: Sequence[str], jail: Jail) -> tuple[str, ...]:
    """Return the Lua versions that a rock's dependencies allow, all if it cannot be read.

    LuaRocks does not look at them where it is asked to look at no dependency.
    """
    try:
        needs = read_rock(Request(str(rock), "."), jail).facts.dependencies
    except DistrorocksError:
        return tuple(luas)
    asked = [each for each in needs if each.rock_name == "lua"]
    versions = {lua: Version.parse(f"{lua}-1") for lua in luas}
    return tuple(
        lua
        for lua, version in versions.items()
        if all(each.satisfied_by(version) for each in asked)
    )


class Shared:
    """An iterator from which several threads take."""

    def __init__(self, items: Sequence[Path]) -> None:
        self._items = iter(items)
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Path]:
        return self

    def __next__(self) -> Path:
        with self._lock:
            return next(self._items)


def tell(name: str, rocks: Sequence[Path], jobs: int, logs: Path | None) -> None:
    """Build the rocks in one place, print what became of each and the sums."""
    where = place(name)
    waiting = Shared(rocks)
    found: list[Told] = []

    def work(_: int) -> None:
        for each in told(where, waiting):
            print(f"{name} {each}", flush=True)
            found.append(each)
            if logs and each.verdict.reason:
                logs.joinpath(f"{each.verdict.rock}.{name}.log").write_text(each.verdict.log)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, range(jobs)))
    for line in sums(found):
        print(f"{name}: {line}", flush=True)


def sums(found: Sequence[Told]) -> Iterator[str]:
    """Yield what the verdicts of clean roots say together, the strict count first."""
    counted = [each for each in found if not each.verdict.excuse]
    unmeasured = [each for each in counted if NO_STAND_IN in each.verdict.reason]
    counted = [each for each in counted if each not in unmeasured]
    possible = [each for each in counted if each.by_luarocks]
    right = [each for each in possible if each.is_right]
    others = [each for each in found if each.verdict.excuse and each.by_luarocks]
    whole = sum(each.is_whole for each in right)
    yield f"strict: {whole} of {len(possible) + len(others)} rocks that LuaRocks builds"
    yield f"{len(right)} of {len(possible)} rocks that LuaRocks builds are right packages"
    left = sum(bool(each.verdict.unloaded) for each in right)
    yield f"{left} of the right ones have modules that are left out of the check and do not load"
    narrow = sum(not set(each.by_luarocks) <= set(each.verdict.versions) for each in right)
    yield f"{narrow} of the right ones are for fewer Luas than LuaRocks builds them for"
    told_before = sum(each.verdict.reason.startswith(TOLD) for each in possible)
    yield f"{told_before} of the others need what no package has, as a gap of the plan says"
    packaged = len(possible) - told_before
    yield f"{len(right)} of {packaged} where that is packaged, as far as the plan's gaps tell"
    yield f"{len(counted) - len(possible)} more are built by neither"
    excused = sum(bool(each.verdict.excuse) for each in found)
    yield f"{excused} more are for no Lua that the distribution has"
    if unmeasured:
        yield f"{len(unmeasured)} more need what Fedora has and Debian has not for that Lua"
    ran = collections.Counter(each.verdict.upstream for each in counted)
    built = sum(count for state, count in ran.items() if state.startswith(RAN))
    failed = sum(count for state, count in ran.items() if state.startswith(FAIL))
    told = sum(count for state, count in ran.items() if state) - built - failed
    yield (
        f"upstream's tests: failed {failed}; passed at the build {built}, and of these installed"
        f" {ran[f'{RAN} and installed']}; told as a gap {told}"
    )
    kinds = collections.Counter(each.verdict.reason.partition(":")[0] for each in possible)
    yield f"what failed: { {kind: n for kind, n in kinds.most_common() if kind} }"


def main(words: Sequence[str]) -> int:
    """Build the rocks that are chosen in the places that are named."""
    parser = argparse.ArgumentParser(prog="clean_packaging", description=__doc__)
    add_arguments(parser)
    parser.add_argument("places", nargs="+", choices=(*LUA_VERSIONS, RPM), metavar="PLACE")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--logs", type=Path, metavar="DIR")
    asked = parser.parse_args(words)
    if asked.logs:
        asked.logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        rocks = rocks_of(asked.rocks, Path(scratch), chosen_of(asked))
        for name in asked.places:
            tell(name, rocks, asked.jobs, asked.logs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
