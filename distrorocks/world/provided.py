"""Map installed packages to rocks, for each Lua version, with the files and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from distrorocks.families.lua_files import COMMAND, LIB, LUA, METADATA, LuaFile, classify
from distrorocks.families.name_entry import HIGH
from distrorocks.families.names import NameTable, RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.trees.layout import Layout
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

INDEPENDENT = frozenset({"all", "noarch", "any"})
_CONFIDENCE = ("high", "medium", "low")


class ProvidedRock(NamedTuple):
    """The rock that a package provides for one Lua version, or the reason why it provides none.

    ``lua``, ``lib`` and ``bin`` map paths relative to the tree's directory to full paths in the
    root. ``outside`` are modules outside the tree's directories. ``lua_versions`` are all those
    that the package has modules for. ``why_not`` is "" if and only if the rock is published.
    ``shipped`` maps relative paths in the rock's directory to the package's files there: at least a
    rockspec, if the package leaves the rock_manifest to us.
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
        """The rock's name and full version."""
        return self.name.rock, self.version.text

    @property
    def plain(self) -> tuple[Any, ...]:
        """All fields but the package, as plain tuples and dicts."""
        named = tuple(self.name), tuple(self.version)
        return (*self[1:3], *named, *self[5:10], dict(self.shipped))

    @classmethod
    def from_plain(cls, package: Package, plain: tuple[Any, ...]) -> ProvidedRock:
        """Return the inverse of ``plain``; lists are accepted for tuples."""
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
    """Return an answer for each package and each Lua version of ``layouts`` it has modules for.

    ``native`` are the architectures that this system's Lua can load; packages of others are not
    published. If two packages provide the same version of a rock, the one with the higher
    confidence is published.
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
    why_foreign = ""
    if package.architecture not in INDEPENDENT | native:
        why_foreign = f"it is for {package.architecture}, which this system's Lua cannot load"
    for lua_version in lua_versions:
        layout = layouts.get(lua_version)
        if not layout:
            continue
        modules = {file.module for file in by_version[lua_version]} - {""}
        left = left_to_us(file for file in metadata if file.lua_version == lua_version)
        if left:
            own = by_version[lua_version]
            offer = _completed(package, layout, lua_versions, left, own, commands)
            yield offer._replace(why_not=why_foreign)
            continue
        answers = names.rocks_of(package, lua_version, modules)
        for answer, own in _shared_out(answers, by_version[lua_version]):
            why_not = answer.why_not or why_foreign
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
    """Return the files in the directory of a rock that is shipped without a rock_manifest.

    Return {} if the package ships no such rock, or more than one: then its modules cannot be
    assigned.
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
    """Return the rock whose rockspec the package ships, which identifies it."""
    name, version = next(iter(shipped.values()))[len(layout.rocks_dir) + 1 :].split("/")[:2]
    evidence = "the package ships its rockspec"
    answer = RockName(name, HIGH, "package", evidence, True, version=version)
    known = RockVersion(version, "from the rockspec in the package")
    offer = _offer(package, layout, lua_versions, answer, known, [*modules, *commands])
    return offer._replace(shipped=shipped)


def _shared_out(
    answers: tuple[RockName, ...], files: Iterable[LuaFile]
) -> Iterable[tuple[RockName, list[LuaFile]]]:
    """Return each answer with its files: those of its modules, or else all unclaimed ones."""
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
    """Return a rock with its files sorted by the tree's directories."""
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
    """Return the offers with at most one published per rock, version and Lua version."""
    offers = list(offers)
    winners: dict[tuple[str, str, str], ProvidedRock] = {}
    for offer in sorted(offers, key=lambda offer: _CONFIDENCE.index(offer.name.confidence)):
        if not offer.why_not:
            winners.setdefault((offer.lua_version, *offer.rock), offer)
    settled = []
    for offer in offers:
        winner = winners.get((offer.lua_version, *offer.rock), offer)
        if not offer.why_not and winner is not offer:
            own = winner.package.name == offer.package.name
            who = f"{winner.package.name} {winner.package.version}" if own else winner.package.name
            why_not = f"{who} provides the same version of this rock"
            settled.append(offer._replace(why_not=why_not))
        else:
            settled.append(offer)
    return settled
