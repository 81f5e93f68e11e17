"""Which names of Lua's C API each Lua version declares.

The shipped table of Lua's C API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.shipped_data import read_shipped

NAME = re.compile(r"\b(?:lua|luaL|LUA|LUAL|LUAI)_[A-Za-z]\w*")


class Declared(NamedTuple):
    """The Lua versions whose headers have a name, and those in which it is a macro."""

    versions: frozenset[str]
    macro_in: frozenset[str]


class LuaApi(NamedTuple):
    """The names that Lua's headers declare; of others nothing is known."""

    names: Mapping[str, Declared] = MappingProxyType({})
    versions: frozenset[str] = frozenset()

    def varies(self, name: str) -> bool:
        """Return whether some versions have a name and some do not."""
        known = self.names.get(name)
        return known is not None and known.versions != self.versions

    def has(self, name: str, version: str) -> bool:
        """Return whether a version declares a name, which is so where nothing is known of it."""
        known = self.names.get(name)
        return known is None or version in known.versions

    def is_macro(self, name: str, version: str) -> bool | None:
        """Return whether a name is a macro in a version, None where nothing is known of it."""
        known = self.names.get(name)
        return None if known is None else version in known.macro_in


def parse_lua_api(text: str) -> LuaApi:
    """Return the table of a text: lines of a name, its versions and those where it is a macro.

    Raises ``DistrorocksError`` for a line that is none.
    """
    names = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3:
            raise DistrorocksError(f"no line of the table of Lua's API: {line!r}")
        names[fields[0]] = Declared(frozenset(fields[1].split()), frozenset(fields[2].split()))
    versions = frozenset[str]().union(*(each.versions for each in names.values()))
    return LuaApi(names, versions)


@cache
def read_lua_api() -> LuaApi:
    """Return which names of Lua's C API each Lua version has."""
    return parse_lua_api(read_shipped("lua_api.tsv"))
