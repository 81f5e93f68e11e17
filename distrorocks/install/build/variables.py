"""LuaRocks' build variables: their values, and ``$(NAME)`` in the texts of a rockspec."""

from __future__ import annotations

import re
from collections.abc import Mapping

from distrorocks.install.build.request import BuildRequest
from distrorocks.lua.literal import number_text
from distrorocks.lua.value import LuaValue
from distrorocks.patterns import regex

_VARIABLE = regex(r"\$\(([A-Za-z][A-Za-z0-9_]+)\)")
_DEFAULTS = {
    "AR": "ar",
    "CC": "gcc",
    "CFLAGS": "-O2 -fPIC",
    "CMAKE": "cmake",
    "LD": "gcc",
    "LDFLAGS": "",
    "LIBFLAG": "-shared",
    "LIB_EXTENSION": "so",
    "MAKE": "make",
    "OBJ_EXTENSION": "o",
    "RANLIB": "ranlib",
}
"""Those of LuaRocks on Linux that a configuration rarely sets."""

_DIRECTORIES = {
    "LUADIR": "lua",
    "LIBDIR": "lib",
    "BINDIR": "bin",
    "CONFDIR": "conf",
    "DOCDIR": "doc",
}


def values_of(request: BuildRequest) -> dict[str, str]:
    """Return the variables of a build.

    The directories of the rock cannot be overridden, as in LuaRocks (``luarocks.rockspecs``).
    """
    values = {**_DEFAULTS, **request.variables}
    output = request.places.output
    values["PREFIX"] = output
    values |= {name: f"{output}/{below}" for name, below in _DIRECTORIES.items()}
    if request.lua.include_dir:
        values["LUA_INCDIR"] = request.lua.include_dir
    if request.lua.interpreter:
        values.setdefault("LUA", request.lua.interpreter)
    if request.is_at_least("3.1"):
        values["LUA_VERSION"] = request.lua.version
        values |= {f"{k.upper()}_ROCKDIR": v for k, v in request.dependency_dirs.items()}
    values |= request.externals
    return _hardened(values, request)


def _hardened(values: dict[str, str], request: BuildRequest) -> dict[str, str]:
    """Return the variables with the distribution's flags after LuaRocks' own.

    Flags for the linker are put into ``LIBFLAG`` too: many makefiles use only this one.
    """
    flags = request.settings.hardening
    if flags is None:
        return values
    compiling = f"{values['CFLAGS']} {flags.cppflags} {flags.cflags}"
    linking = f"{values['LIBFLAG']} {flags.ldflags}"
    return {**values, "CFLAGS": _spaced(compiling), "LIBFLAG": _spaced(linking)}


def _spaced(text: str) -> str:
    return re.sub(r"  +", " ", text).strip()


class Substitution:
    """Replaces ``$(NAME)`` in texts; ``unmatched`` collects the names without a value, in order.

    A name has at least two characters, other texts stay as they are. There is one pass; what then
    still looks like a variable becomes empty (``luarocks.util``).
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.unmatched: list[str] = []

    def __call__(self, text: str) -> str:
        """Return ``text`` with its variables replaced."""
        once = _VARIABLE.sub(lambda found: self.values.get(found[1], found[0]), text)
        for name in _VARIABLE.findall(once):
            if name not in self.unmatched:
                self.unmatched.append(name)
        return _VARIABLE.sub("", once)

    def of(self, value: LuaValue) -> str | None:
        """Return a string with variables replaced, or a number as text; None for others."""
        if isinstance(value, str):
            return self(value)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number_text(value) if is_number and isinstance(value, (int, float)) else None


def shell_quoted(word: str) -> str:
    """Return a word in single quotes for the shell."""
    return "'" + word.replace("'", "'\\''") + "'"
