"""What can be wrong with a tree: findings, and those that follow from files and their digests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.families.family import Unkept
from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Package
from distrorocks.trees.layout import Layout, Rock

MODIFIED = "modified"
MISSING = "missing"
UNOWNED = "unowned"
ORPHANED = "orphaned"
SHADOWED = "shadowed"
DUPLICATE = "duplicate-provider"
STALE_ROCK = "stale-rock"
STALE_MANIFEST = "stale-manifest"
EMPTY_MANIFEST = "empty-manifest"
BROKEN_MANIFEST = "broken-manifest"
HIDDEN_MANIFEST = "hidden-manifest"
BROKEN_ROCK = "broken-rock"
REPAIR = "distrorocks verify --repair"

_ONE_OF = (ORPHANED, EMPTY_MANIFEST, BROKEN_MANIFEST, BROKEN_ROCK, STALE_MANIFEST, STALE_ROCK)
"""Of these a place has one finding, the first."""


class Finding(NamedTuple):
    """One thing that is not as it should be; ``place`` is a path in the root.

    ``is_ours`` tells whether a repair, which only writes what distrorocks wrote, mends it.
    """

    kind: str
    place: str
    expected: str
    found: str
    hint: str
    is_ours: bool = False


class ListedFile(NamedTuple):
    """A file that a rock_manifest lists: ``found`` is its MD5 now, "" where there is none.

    ``part`` is lua, lib, bin or rest; ``path`` is where it is, or should be.
    """

    rock: Rock
    part: str
    relative: str
    path: str
    expected: str
    found: str


class Owners(NamedTuple):
    """Whose files are whose: by path, and by rock where the file itself is gone.

    ``recorded`` are MD5s that a package database vouches for, ``ours`` what the ledger lists.
    """

    packages: Mapping[str, Package] = MappingProxyType({})
    of_rock: Mapping[Rock, Package] = MappingProxyType({})
    recorded: Mapping[str, str] = MappingProxyType({})
    ours: frozenset[str] = frozenset()

    def hint(self, file: ListedFile, layout: Layout) -> str:
        """Return how a file comes to be again what its rock_manifest lists."""
        if file.path in self.ours:
            return REPAIR
        package = self.packages.get(file.path)
        if not package and not file.found and file.part != "rest":
            package = self.of_rock.get(file.rock)
        if package:
            return FAMILIES[package.family].reinstall_hint(package.name)
        name, version = file.rock
        root = layout.root
        return f"luarocks --lua-version={layout.lua_version} --tree={root} install {name} {version}"


def file_findings(files: Iterable[ListedFile], owners: Owners, layout: Layout) -> list[Finding]:
    """Return the files of one tree's rocks that are gone or not what their rock_manifest says.

    A file whose plain name holds what another rock lists is shadowed. One that its package
    vouches for is right: then the rock_manifest is old, which is told elsewhere.
    """
    files = list(files)
    listed = {(it.part, it.relative, it.expected): it.rock for it in files}
    findings = []
    for it in files:
        if it.found == it.expected:
            continue
        other = listed.get((it.part, it.relative, it.found)) if it.part != "rest" else None
        expected = f"MD5 {it.expected}, by the rock_manifest of {' '.join(it.rock)}"
        hint = owners.hint(it, layout)
        is_ours = it.path in owners.ours
        if not it.found:
            findings.append(Finding(MISSING, it.path, expected, "no file", hint, is_ours))
        elif other and other != it.rock:
            told = f"the file of {' '.join(other)}"
            findings.append(Finding(SHADOWED, it.path, expected, told, hint))
        elif owners.recorded.get(it.path) != it.found:
            told = f"MD5 {it.found}"
            if package := owners.packages.get(it.path):
                told += f" in a file of package {package.name}"
            findings.append(Finding(MODIFIED, it.path, expected, told, hint, is_ours))
    return findings


def promise_finding(unkept: Unkept) -> Finding:
    """Return that a package's file is gone, or not what the package database recorded."""
    package, made = unkept.package, unkept.algorithm
    recorded = f"{made} {unkept.expected}" if unkept.expected else "a file"
    return Finding(
        MODIFIED if unkept.found else MISSING,
        unkept.path,
        f"{recorded}, by the package {package}",
        f"{made} {unkept.found} in a file of package {package}" if unkept.found else "no file",
        FAMILIES[unkept.family].reinstall_hint(package),
    )


def settled(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without those that say again what another says, sorted by place.

    A rock that is gone is not told as broken or old, nor the index that is broken as old; the
    damaged files of a broken rock are not told again, nor that one is broken that lacks a file.
    """
    told = {(it.place, it.kind): it for it in reversed(list(findings))}
    missing = {_above(place) for place, kind in told if kind == MISSING}
    broken = {place for place, kind in told if kind == BROKEN_ROCK} - missing
    return [
        it
        for (place, kind), it in sorted(told.items())
        if not (kind == BROKEN_ROCK and place in missing)
        and not (kind == MODIFIED and _above(place) in broken)
        and not (
            kind in _ONE_OF
            and any((place, other) in told for other in _ONE_OF[: _ONE_OF.index(kind)])
        )
    ]


def _above(path: str) -> str:
    """Return the directory of a path."""
    return path.rpartition("/")[0]
