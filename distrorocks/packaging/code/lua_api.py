"""The names of Lua's C API that each Lua version declares, from a shipped table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from distrorocks.system.files.shipped_files import read_shipped, table_rows
from distrorocks.values import NamedTuple

NAME = re.compile(r"\b(?:lua|luaL|LUA|LUAL|LUAI)_[A-Za-z]\w*")


class Declared(NamedTuple):
    """The Lua versions whose headers declare a name, and those in which it is a macro."""

    versions: frozenset[str]
    macro_in: frozenset[str]


class LuaApi(NamedTuple):
    """The names that Lua's headers declare; nothing is known of other names."""

    names: Mapping[str, Declared] = MappingProxyType({})
    versions: frozenset[str] = frozenset()

    def varies(self, name: str) -> bool:
        """Return whether some versions declare a name and others do not."""
        known = self.names.get(name)
        return known is not None and known.versions != self.versions

    def has(self, name: str, version: str) -> bool:
        """Return whether a version declares a name; assume so if the name is unknown."""
        known = self.names.get(name)
        return known is None or version in known.versions

    def is_macro(self, name: str, version: str) -> bool | None:
        """Return whether a name is a macro in a version, None if the name is unknown."""
        known = self.names.get(name)
        return None if known is None else version in known.macro_in


def parse_lua_api(text: str) -> LuaApi:
    """Parse the table: a name, its versions and those in which it is a macro on each line.

    Raise ``DistrorocksError`` for any other line.
    """
    names = {
        name: Declared(frozenset(having.split()), frozenset(macro_in.split()))
        for name, having, macro_in in table_rows(text, 3, "Lua's API")
    }
    versions = frozenset[str]().union(*(each.versions for each in names.values()))
    return LuaApi(names, versions)


@cache
def read_lua_api() -> LuaApi:
    """Return the shipped table."""
    return parse_lua_api(read_shipped("lua_api.tsv"))
