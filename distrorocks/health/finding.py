"""Findings about a tree, and those derived from files and their digests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from distrorocks.families.known import FAMILIES
from distrorocks.families.package import Package
from distrorocks.trees.layout import DISTRO_ROOT, Layout, Rock
from distrorocks.values import NamedTuple

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
INTERRUPTED = "interrupted"
REPAIR = "distrorocks verify --repair"
REFRESH = "distrorocks refresh"
CLOSED_HINT = "run this as its owner or as root, or change what it permits"

_ONE_OF = (ORPHANED, EMPTY_MANIFEST, BROKEN_MANIFEST, BROKEN_ROCK, STALE_MANIFEST, STALE_ROCK)
"""At most one of these is reported per place, the first."""


class Finding(NamedTuple):
    """A deviation from the expected state; ``place`` is a path in the root.

    ``is_ours`` says whether ``verify --repair`` can fix it.
    """

    kind: str
    place: str
    expected: str
    found: str
    hint: str
    is_ours: bool = False


def make_hint(layout: Layout) -> str:
    """Return the command that rebuilds the manifest of a tree that is not ours."""
    return (
        f"distrorocks make-manifest --local-tree --tree={layout.root} "
        f"--lua-version {layout.lua_version}"
    )


class ListedFile(NamedTuple):
    """A file listed by a rock_manifest; ``found`` is its current MD5, "" if it is missing.

    ``part`` is lua, lib, bin or rest; ``path`` is its actual or expected path. ``is_closed`` says
    whether it is there, but not for this user to read.
    """

    rock: Rock
    part: str
    relative: str
    path: str
    expected: str
    found: str
    is_closed: bool = False


class Owners(NamedTuple):
    """Owners of files by path, and of missing files by rock.

    ``recorded`` has MD5s from package databases, ``ours`` the files listed in the ledger.
    """

    packages: Mapping[str, Package] = MappingProxyType({})
    of_rock: Mapping[Rock, Package] = MappingProxyType({})
    recorded: Mapping[str, str] = MappingProxyType({})
    ours: frozenset[str] = frozenset()

    def hint(self, file: ListedFile, layout: Layout) -> str:
        """Return how to restore a file to what its rock_manifest lists."""
        if file.is_closed:
            return CLOSED_HINT
        if file.path in self.ours:
            return REPAIR
        package = self.packages.get(file.path)
        is_packages = layout.root == DISTRO_ROOT  # elsewhere a rock has only the name of theirs
        if is_packages and not package and not file.found and file.part != "rest":
            package = self.of_rock.get(file.rock)
        if package:
            return FAMILIES[package.family].reinstall_hint(package.name)
        name, version = file.rock
        if layout.rock_manifest(name, version) in self.ours:
            return REFRESH  # its package is not installed any more
        if is_packages:
            return f"its package is not installed: rm -r {layout.rock_dir(name, version)}"
        root = layout.root
        return f"luarocks --lua-version={layout.lua_version} --tree={root} install {name} {version}"


def file_findings(files: Iterable[ListedFile], owners: Owners, layout: Layout) -> list[Finding]:
    """Return findings for files that are missing or differ from their rock_manifest.

    A file whose content is that of another rock's file of the same name is shadowed. A file that
    matches the package database is fine: its rock_manifest is stale, a finding of its own.
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
            actual = f"the file of {' '.join(other)}"
            findings.append(Finding(SHADOWED, it.path, expected, actual, hint))
        elif owners.recorded.get(it.path) != it.found:
            actual = digest_text("MD5", it.found)
            if package := owners.packages.get(it.path):
                actual += f" in a file of package {package.name}"
            findings.append(Finding(MODIFIED, it.path, expected, actual, hint, is_ours))
    return findings


def settled(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by place, without those implied by another.

    A missing rock is not also broken or stale, and a broken manifest is not also stale; modified
    files of a broken rock and brokenness due to a missing file are not repeated.
    """
    kinds = {(it.place, it.kind): it for it in reversed(list(findings))}
    missing = {_above(place) for place, kind in kinds if kind == MISSING}
    broken = {place for place, kind in kinds if kind == BROKEN_ROCK} - missing
    return [
        it
        for (place, kind), it in sorted(kinds.items())
        if not (kind == BROKEN_ROCK and place in missing)
        and not (kind == MODIFIED and _above(place) in broken)
        and not (
            kind in _ONE_OF
            and any((place, other) in kinds for other in _ONE_OF[: _ONE_OF.index(kind)])
        )
    ]


def digest_text(algorithm: str, found: str) -> str:
    """Return a digest with its algorithm, or the reason why there is no digest."""
    return found if " " in found else f"{algorithm} {found}"


def _above(path: str) -> str:
    """Return the directory of a path."""
    return path.rpartition("/")[0]
