"""Manifests: LuaRocks' index of a tree or a rocks server, byte for byte as LuaRocks writes it.

A tree's has four tables: ``commands`` and ``modules`` (item to the rocks that have it; the first
owns the plain file name), ``dependencies`` (direct, parsed) and ``repository`` (each version's
files and transitive dependencies). A server's has only ``repository`` filled, with files by
``arch``. For speed the text is joined from prepared pieces; a test checks that it equals the output
of the general writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType

from distrorocks.lua.value import to_bytes
from distrorocks.rocks.closure import Closures
from distrorocks.rocks.manifest_entry import Entry, block, byte_order, key, keys, string
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

Versions = Mapping[str, Entry]
Files = Mapping[str, Mapping[str, list[str]]]

_MODULES = attrgetter("modules")
_COMMANDS = attrgetter("commands")


class PackedRock(NamedTuple):
    """A rock file: ``arch`` is ``rockspec``, ``src``, ``all`` or a machine's."""

    name: str
    version: str
    arch: str


def tree_manifest(
    entries: Iterable[Entry],
    *,
    provided: frozenset[str] = frozenset(),
    packed: Iterable[PackedRock] = (),
    namespaces: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> bytes:
    """Return the manifest of a tree with these rocks, each version given once.

    ``provided`` names the rocks that the Lua interpreter includes, such as ``lua`` and ``utf8``;
    ``packed`` are rock files in the tree's rocks_dir, which LuaRocks indexes too; ``namespaces``
    has those of the rocks that a dependency with a namespace may name.
    """
    by_name: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, {})[entry.version] = entry
    installed = {name: by_name[name] for name in byte_order(by_name)}
    files = _files(packed)
    versions = {
        name: {*installed.get(name, ()), *files.get(name, ())} for name in {*installed, *files}
    }
    needs = {
        (name, version): entry.needs
        for name, entries_of_name in installed.items()
        for version, entry in entries_of_name.items()
        if entry.needs is not None
    }
    closures = Closures(versions, needs, provided=provided, namespaces=namespaces)
    tables = (
        ("commands", _index(installed, _COMMANDS)),
        ("dependencies", _dependencies(installed)),
        ("modules", _index(installed, _MODULES)),
        ("repository", _repository(installed, files, closures)),
    )
    return to_bytes("".join(f"{name} = {block(texts, 1)}\n" for name, texts in tables))


def server_manifest(packed: Iterable[PackedRock]) -> bytes:
    """Return the manifest of a rocks server: versions with their files, sorted by ``arch``."""
    texts = block(_repository({}, _files(packed), Closures({}, {})), 1)
    return to_bytes(f"commands = {{}}\nmodules = {{}}\nrepository = {texts}\n")


def _files(packed: Iterable[PackedRock]) -> Files:
    """Return name to version to the archs of its files."""
    files: dict[str, dict[str, list[str]]] = {}
    for name, version, arch in packed:
        files.setdefault(name, {}).setdefault(version, []).append(arch)
    return files


def _index(installed: Mapping[str, Versions], items: attrgetter[tuple[str, ...]]) -> list[str]:
    """Return the entries of ``modules`` or ``commands``: item to a list of ``name/version``.

    Rocks come by name, then the newest version first (LuaRocks' ``sort_pkgs``).
    """
    providers: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for name, versions in installed.items():
        for version in _newest_first(versions):
            identifier = string(f"{name}/{version}")
            for item in items(versions[version]):
                if item in providers:
                    several.setdefault(item, [providers[item]]).append(identifier)
                else:
                    providers[item] = identifier
    providers.update((item, ",\n      ".join(rocks)) for item, rocks in several.items())
    names = byte_order(providers)
    texts = zip(keys(names), names, strict=True)
    return [f"{item}{{\n      {providers[name]}\n   }}" for item, name in texts]


def _newest_first(versions: Versions) -> Iterable[str]:
    """Return versions from the newest to the oldest."""
    if len(versions) == 1:
        return versions
    return sorted(versions, key=Version.parse, reverse=True)


def _dependencies(installed: Mapping[str, Versions]) -> list[str]:
    """Return the entries of ``dependencies``; a rock without a rockspec keeps an empty table."""
    texts = []
    for name, versions in installed.items():
        known = [
            f"{key(version)}{text}"
            for version in byte_order(versions)
            if (text := versions[version].dependencies) is not None
        ]
        texts.append(key(name) + block(known, 2))
    return texts


def _repository(installed: Mapping[str, Versions], files: Files, closures: Closures) -> list[str]:
    """Return the entries of ``repository``: name to version to one table for each arch."""
    texts = []
    for name in byte_order({*installed, *files}):
        versions, packed = installed.get(name, {}), files.get(name, {})
        tables = [
            key(version) + block(_arch_tables(version, versions, packed, closures), 3)
            for version in byte_order({*versions, *packed})
        ]
        texts.append(key(name) + block(tables, 2))
    return texts


@lru_cache(maxsize=1 << 16)
def _needed(name: str, version: str) -> str:
    """Return one line of a closure, cached since many rocks share dependencies."""
    return key(name) + string(version)


def _arch_tables(
    version: str, versions: Versions, packed: Mapping[str, list[str]], closures: Closures
) -> list[str]:
    """Return the tables of one version: one per rock file, and one if it is installed."""
    tables = [block([f"arch = {string(arch)}"], 4) for arch in sorted(packed.get(version, ()))]
    entry = versions.get(version)
    if entry:
        needed = closures.of((entry.name, version))
        closure = block([_needed(name, needed[name]) for name in byte_order(needed)], 5)
        tables.append(
            "{\n"
            '            arch = "installed",\n'
            f"            commands = {entry.commands_text},\n"
            f"            dependencies = {closure},\n"
            f"            modules = {entry.modules_text}\n"
            "         }"
        )
    return tables
