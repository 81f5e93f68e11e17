"""The content of a tree's manifest: its rocks, and the providers of modules.

The manifest is untrusted input: a table of the wrong shape is an error that names the field. A
server's manifest is refused, although it has a ``repository`` too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.rocks.dependency import Dependency, dependency_of
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

INSTALLED = "installed"
Mentioning = Callable[[Collection[str]], Collection[str]]


class TreeIndexError(DistrorocksError):
    """A manifest has the wrong shape; the brief names the field by its dotted path."""


class IndexedRock(NamedTuple):
    """One version of a rock in a tree.

    ``arch`` is ``installed``, or that of a rock file in the tree. ``modules`` and ``commands`` map
    a name to a path below its directory; ``closure`` maps each transitive dependency to a version.
    """

    name: str
    version: str
    arch: str = INSTALLED
    modules: Mapping[str, str] = MappingProxyType({})
    commands: Mapping[str, str] = MappingProxyType({})
    closure: Mapping[str, str] = MappingProxyType({})


class TreeIndex(NamedTuple):
    """The rocks of one tree by name; ``modules`` has the providers of each, the owner first.

    ``needs_table`` has the direct dependencies unparsed; ``needs`` parses them. If it has a method
    ``mentioning``, that returns the entries that may name one of some rocks.
    """

    rocks: Mapping[str, tuple[IndexedRock, ...]] = MappingProxyType({})
    modules: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({})
    needs_table: Mapping[Any, LuaValue] = MappingProxyType({})

    @classmethod
    def from_table(cls, table: LuaTable) -> TreeIndex:
        """Convert a manifest's globals to an index, or raise ``TreeIndexError``."""
        repository = _table(table, "repository", "")
        providers = _table(table, "modules", "")
        _table(table, "commands", "")
        rocks = {
            name: tuple(_rocks(name, versions))
            for name, versions in _named(repository, "repository")
        }
        modules = {name: tuple(_providers(name, value)) for name, value in _named(providers, "")}
        needs = _table(table, "dependencies", "") if "dependencies" in table else {}
        return cls(rocks, modules, needs)

    @property
    def every_rock(self) -> Iterator[IndexedRock]:
        """Yield every rock, in no particular order."""
        for rocks in self.rocks.values():
            yield from rocks

    def installed(self, name: str, version: str) -> IndexedRock | None:
        """Return the installed rock of that name and version, or None."""
        for rock in self.rocks.get(name, ()):
            if rock.version == version and rock.arch == INSTALLED:
                return rock
        return None

    def may_need(self, names: Collection[str]) -> Collection[str]:
        """Return the rocks that may depend on one of ``names``, which are in lower case.

        They are all rocks where only parsing would tell, and those without any listed dependency.
        """
        mentioning: Mentioning | None = getattr(self.needs_table, "mentioning", None)
        if mentioning is None:
            return self.rocks.keys()
        return {*mentioning(names), *(self.rocks.keys() - self.needs_table.keys())}

    def needs(self, name: str, version: str) -> tuple[Dependency, ...] | None:
        """Return the direct dependencies of a rock, or None if the manifest does not list them.

        It does not for a rock whose rockspec could not be read. Raise ``DistrorocksError`` if they
        have the wrong shape.
        """
        versions = self.needs_table.get(name)
        found = versions.get(version) if isinstance(versions, dict) else None
        if found is None:
            return None
        place = f"dependencies.{name}.{version}"
        listed = enumerate(sequence(_is_table(found, place)), start=1)
        return tuple(dependency_of(each, f"{place}[{number}]") for number, each in listed)


def _rocks(name: str, versions: LuaValue) -> Iterator[IndexedRock]:
    """Yield the versions of one rock, each with its archs."""
    place = f"repository.{name}"
    for version, archs in _named(_is_table(versions, place), place):
        if not (is_file_name(name) and is_file_name(version)):
            raise TreeIndexError(f"{place}.{version} is not a valid directory name")
        for number, entry in enumerate(sequence(_is_table(archs, f"{place}.{version}")), start=1):
            here = f"{place}.{version}[{number}]"
            table = _is_table(entry, here)
            arch = table.get("arch")
            if not isinstance(arch, str):
                raise TreeIndexError(f"{here}.arch is not a string")
            yield IndexedRock(
                name,
                version,
                arch,
                _texts(table, "modules", here),
                _texts(table, "commands", here),
                _texts(table, "dependencies", here),
            )


def _providers(module: str, value: LuaValue) -> Iterator[tuple[str, str]]:
    """Yield name and version of each rock that provides a module."""
    place = f"modules.{module}"
    for entry in sequence(_is_table(value, place)):
        name, slash, version = entry.rpartition("/") if isinstance(entry, str) else ("", "", "")
        if not slash:
            raise TreeIndexError(f"{place} does not name a rock as name/version")
        yield name, version


def _texts(table: LuaTable, key: str, above: str) -> dict[str, str]:
    """Return a table from text to text; an absent one is empty."""
    if key not in table:
        return {}
    found = _table(table, key, f"{above}.")
    return {
        name: value for name, value in _named(found, f"{above}.{key}") if isinstance(value, str)
    }


def _named(table: LuaTable, place: str) -> Iterator[tuple[str, LuaValue]]:
    """Yield the entries of a table whose keys must be text."""
    for name, value in table.items():
        if not isinstance(name, str):
            raise TreeIndexError(f"{place or 'modules'} has the key {name}, which is not a string")
        yield name, value


def _table(table: LuaTable, key: str, above: str) -> LuaTable:
    """Return the table under a key."""
    return _is_table(table.get(key), above + key)


def _is_table(value: LuaValue, place: str) -> LuaTable:
    """Return a value that is a table; raise ``TreeIndexError`` for any other."""
    if not isinstance(value, dict):
        raise TreeIndexError(
            f"{place} is {'missing' if value is None else 'not a table'}",
            hint="rebuild it: distrorocks make-manifest --local-tree",
        )
    return value
