"""Which rocks the installed packages are: each package and Lua version with its files and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from distrorocks.families.lua_files import COMMAND, LIB, LUA, METADATA, LuaFile, classify
from distrorocks.families.name_entry import HIGH
from distrorocks.families.names import NameTable, RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.trees.layout import Layout

INDEPENDENT = frozenset({"all", "noarch", "any"})
_CONFIDENCE = ("high", "medium", "low")


class ProvidedRock(NamedTuple):
    """What one package is to one Lua version: a rock, or the reason why it is none.

    ``lua``, ``lib`` and ``bin`` map a path below the tree's directory to the whole path in the
    root. ``outside`` are modules that lie in none of the tree's directories. ``lua_versions`` are
    all those the package has modules for. ``why_not`` is "" exactly for what is published.
    ``shipped`` are the files that the package has in the rock's own directory, by their path there:
    a rockspec at least, where the package leaves the rock_manifest to us.
    """

    package: Package
    lua_version: str
    lua_versions: tuple[str, ...]
    name: RockName
    version: RockVersion
    lua: Mapping[str, str]
    lib: Mapping[str, str]
    bin: Mapping[str, str]
    outside: tuple[str, ...]
    why_not: str = ""
    shipped: Mapping[str, str] = MappingProxyType({})

    @property
    def rock(self) -> tuple[str, str]:
        """The rock's name and whole version."""
        return self.name.rock, self.version.text

    @property
    def plain(self) -> tuple[Any, ...]:
        """All but the package, as plain tuples and dicts."""
        named = tuple(self.name), tuple(self.version)
        return (*self[1:3], *named, *self[5:10], dict(self.shipped))

    @classmethod
    def from_plain(cls, package: Package, plain: tuple[Any, ...]) -> ProvidedRock:
        """Return what ``plain`` was taken of, which may have lists for its tuples."""
        lua_version, lua_versions, name, version, lua, lib, programs, outside, *rest = plain
        named = RockName(*name)
        return cls(
            package,
            lua_version,
            tuple(lua_versions),
            named._replace(modules=None if named.modules is None else tuple(named.modules)),
            RockVersion(*version),
            *(lua, lib, programs, tuple(outside), *rest),
        )


def provided_rocks(
    packages: Iterable[Package],
    names: NameTable,
    layouts: Mapping[str, Layout],
    *,
    native: frozenset[str],
) -> list[ProvidedRock]:
    """Return an answer for each package and Lua version of ``layouts`` that it has modules for.

    ``native`` are the architectures whose modules this system's Lua loads; packages of others are
    not published.
    """
    return without_rivals(
        offer
        for package in sorted(packages)
        for offer in package_offers(package, names, layouts, native=native)
    )


def package_offers(
    package: Package, names: NameTable, layouts: Mapping[str, Layout], *, native: frozenset[str]
) -> Iterable[ProvidedRock]:
    """Yield the answers of one package, by Lua version; rivals are not looked at."""
    files = [file for path in package.files if (file := classify(path))]
    by_version: dict[str, list[LuaFile]] = {}
    for file in files:
        if file.kind in (LUA, LIB):
            by_version.setdefault(file.lua_version, []).append(file)
    metadata = [file for file in files if file.kind == METADATA]
    shipped = {file.lua_version for file in metadata}
    commands = [file for file in files if file.kind == COMMAND]
    lua_versions = tuple(sorted(by_version))
    for lua_version in lua_versions:
        layout = layouts.get(lua_version)
        if not layout:
            continue
        modules = {file.module for file in by_version[lua_version]} - {""}
        left = left_to_us(file for file in metadata if file.lua_version == lua_version)
        if left:
            yield _completed(package, layout, lua_versions, left, by_version[lua_version], commands)
            continue
        answers = names.rocks_of(package, lua_version, modules)
        for answer, own in _shared_out(answers, by_version[lua_version]):
            why_not = answer.why_not
            if not why_not and package.architecture not in INDEPENDENT | native:
                why_not = f"it is for {package.architecture}, which this system's Lua is not"
            if not why_not and lua_version in shipped:
                why_not = "the package ships its own rock metadata"
            is_first = answer is answers[0]
            yield _offer(
                package,
                layout,
                lua_versions,
                answer,
                names.version_of(package, answer) if answer.rock else RockVersion("", ""),
                [*own, *(commands if is_first else [])],
            )._replace(why_not=why_not)


def left_to_us(metadata: Iterable[LuaFile]) -> dict[str, str]:
    """Return the files in the directory of a rock that is shipped without its rock_manifest.

    They are {} where a package ships no such rock, or more than one: then it is not told which
    modules are whose.
    """
    rocks: dict[str, dict[str, str]] = {}
    for file in metadata:
        name, version, inside = file.relative.split("/", 2)
        rocks.setdefault(f"{name}/{version}", {})[inside] = file.path
    if len(rocks) != 1:
        return {}
    ((rock, files),) = rocks.items()
    is_left = f"{rock.replace('/', '-', 1)}.rockspec" in files and "rock_manifest" not in files
    return files if is_left else {}


def _completed(
    package: Package,
    layout: Layout,
    lua_versions: tuple[str, ...],
    shipped: dict[str, str],
    modules: Iterable[LuaFile],
    commands: Iterable[LuaFile],
) -> ProvidedRock:
    """Return the rock that a package ships the rockspec of: it says itself which one it is."""
    name, version = next(iter(shipped.values()))[len(layout.rocks_dir) + 1 :].split("/")[:2]
    evidence = "the package ships its rockspec"
    answer = RockName(name, HIGH, "package", evidence, True, version=version)
    told = RockVersion(version, "the package says so")
    offer = _offer(package, layout, lua_versions, answer, told, [*modules, *commands])
    return offer._replace(shipped=shipped)


def _shared_out(
    answers: tuple[RockName, ...], files: Iterable[LuaFile]
) -> Iterable[tuple[RockName, list[LuaFile]]]:
    """Return each answer with its files: those it names, or all that no other names."""
    claimed = {module: answer for answer in answers for module in answer.modules or ()}
    rest = next((answer for answer in answers if answer.modules is None), None)
    shares: dict[int, list[LuaFile]] = {id(answer): [] for answer in answers}
    for file in files:
        owner = claimed.get(file.module, rest)
        if owner:
            shares[id(owner)].append(file)
    return [(answer, shares[id(answer)]) for answer in answers]


def _offer(
    package: Package,
    layout: Layout,
    lua_versions: tuple[str, ...],
    name: RockName,
    version: RockVersion,
    files: Iterable[LuaFile],
) -> ProvidedRock:
    """Return a rock with its files put where the tree's layout has them."""
    places = {LUA: layout.lua_dir, LIB: layout.lib_dir, COMMAND: layout.bin_dir}
    found: dict[str, dict[str, str]] = {kind: {} for kind in places}
    outside = []
    for file in files:
        if file.directory == places[file.kind]:
            found[file.kind][file.relative] = file.path
        elif file.kind != COMMAND:
            outside.append(file.path)
    return ProvidedRock(
        package,
        layout.lua_version,
        lua_versions,
        name,
        version,
        lua=found[LUA],
        lib=found[LIB],
        bin=found[COMMAND],
        outside=tuple(outside),
    )


def without_rivals(offers: Iterable[ProvidedRock]) -> list[ProvidedRock]:
    """Return the offers with one of each rock, version and Lua version published: the surest."""
    offers = list(offers)
    winners: dict[tuple[str, str, str], ProvidedRock] = {}
    for offer in sorted(offers, key=lambda offer: _CONFIDENCE.index(offer.name.confidence)):
        if not offer.why_not:
            winners.setdefault((offer.lua_version, *offer.rock), offer)
    settled = []
    for offer in offers:
        winner = winners.get((offer.lua_version, *offer.rock), offer)
        if not offer.why_not and winner is not offer:
            why_not = f"{winner.package.name} is the same version of this rock"
            settled.append(offer._replace(why_not=why_not))
        else:
            settled.append(offer)
    return settled
