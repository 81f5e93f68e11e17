"""What a trigger of dpkg costs in a Debian 13 that has every package with a rock in it.

The root is made by its packages; `dpkg` has then upgraded one library, or a package that has
nothing of Lua. Ours and LuaRocks each keep the trees of all Lua versions there: LuaRocks by one
``luarocks-admin make-manifest`` for each, on a copy of the trees that ours has written. The floor
is an empty Python.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.hook import PYTHON, TREE, hook, triggers
from benchmarks.measure import FLOOR, OURS, PEER, Case, WrongOutput
from integration.machines.roots import LUA_VERSIONS, with_every_lua_package

SUITE = "trixie"
UPGRADED, ANOTHER = "lua-say", "dpkg"
ROCK = "say"
AIMS = {"all new": (2.5, 0.0)}


class Upgrades:
    """A dpkg database in which packages get new versions, as dpkg writes it."""

    def __init__(self, root: Path) -> None:
        self._directory = root / "var/lib/dpkg"
        self._numbers = count(1)

    def upgrade(self, package: str) -> str:
        """Write a package's list and its entry anew; return its new upstream version."""
        version = f"9.{next(self._numbers)}"
        (listed,) = (self._directory / "info").glob(f"{package}.list")
        fresh = listed.with_name(f"{package}.list-new")
        fresh.write_bytes(listed.read_bytes())
        fresh.rename(listed)
        status = self._directory / "status"
        entry = re.compile(rf"(?m)(^Package: {re.escape(package)}\n(?:.+\n)*?Version: ).*$")
        text, found = entry.subn(rf"\g<1>{version}-1", status.read_text())
        if found != 1:
            raise WrongOutput(f"{status} has {found} entries of {package}")
        new = status.with_name("status-new")
        new.write_text(text)
        new.rename(status)
        return version


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield three cases; the size is the number of rocks."""
    del sizes
    with with_every_lua_package(SUITE)[0].clone() as machine:
        yield from _cases(machine.root, scratch / "copy")


def _cases(root: Path, copy: Path) -> Iterator[Case]:
    ours = hook(root)
    subprocess.run(ours, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    shutil.copytree(root / TREE, copy / "lib/luarocks", symlinks=True)
    versions = [each for each in LUA_VERSIONS[SUITE] if (root / TREE / f"rocks-{each}").exists()]
    made = [f"luarocks-admin-{each} make-manifest --local-tree --tree={copy}" for each in versions]
    peer = ["sh", "-ec", "\n".join(made)]
    rocks = sum(_rocks(root / TREE, each) for each in versions)
    upgrades, expected = Upgrades(root), {OURS: "", PEER: ""}

    def check(who: str, _: str) -> None:
        trees = {OURS: root / TREE, PEER: copy / "lib/luarocks"}.get(who)
        if trees is None:
            return
        found = sum(_rocks(trees, each) for each in versions)
        text = (trees / f"rocks-{versions[-1]}/manifest").read_text()
        if found != rocks or expected[who] not in text:
            raise WrongOutput(f"the manifests in {trees} have {found} of {rocks} rocks, or others")

    def one() -> None:
        expected[OURS] = f'"{ROCK}/{upgrades.upgrade(UPGRADED)}-'

    kind = Case("Debian 13", rocks, {OURS: ours, PEER: peer, FLOOR: PYTHON}, check)
    yield from triggers(kind, root, one, partial(upgrades.upgrade, ANOTHER), AIMS)


def _rocks(trees: Path, lua_version: str) -> int:
    """Return how many installed rocks the manifest of a tree lists."""
    return (trees / f"rocks-{lua_version}/manifest").read_text().count('arch = "installed"')
