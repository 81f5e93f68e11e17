"""Which names of Lua's C API each Lua version declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.errors import DistrorocksError

NAME = re.compile(r"\b(?:lua|luaL|LUA|LUAL|LUAI)_[A-Za-z]\w*")


class Declared(NamedTuple):
    """The Lua versions whose headers have a name, and those in which it is a macro."""

    versions: frozenset[str]
    macro_in: frozenset[str]


class LuaApi(NamedTuple):
    """The names that are not the same in every version; others say nothing about versions."""

    names: Mapping[str, Declared] = {}

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
    return LuaApi(names)
