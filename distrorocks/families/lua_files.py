"""Which installed paths matter to LuaRocks: modules, commands, rock metadata, copyright."""

from __future__ import annotations

import re
from collections.abc import Iterable

from distrorocks.patterns import regex
from distrorocks.values import NamedTuple

LUA = "lua"
LIB = "lib"
COMMAND = "bin"
METADATA = "rock"
COPYRIGHT = "copyright"

# Lua's own default paths (luaconf.h) for the prefix /usr, with the directories that Debian
# (multiarch), Fedora and openSUSE (lib64) use instead of lib. `lua/jit` is no version's directory.
_MODULE = regex(
    r"(?P<lua>/usr/share/lua/(?P<lua_version>5\.[1-9][0-9]?))/(?P<lua_path>.+)"
    r"|(?P<lib>/usr/lib(?:64|32)?(?:/[a-z0-9_]+(?:-[a-z0-9_]+)+)?"
    r"/lua/(?P<lib_version>5\.[1-9][0-9]?))/(?P<lib_path>.+)",
    re.DOTALL,
)
_METADATA = regex(
    r"(?P<directory>/usr/(?:lib|lib64|share)/luarocks/rocks-(?P<version>5\.[1-9][0-9]?))/"
    r"(?P<path>[^/]+/[^/]+/.+)",
    re.DOTALL,
)
_COMMAND = regex(r"(?P<directory>/usr/(?:bin|games))/(?P<path>[^/]+)", re.DOTALL)
_COPYRIGHT = regex(r"(?P<directory>/usr/share/doc/[^/]+)/(?P<path>copyright)", re.DOTALL)


class LuaFile(NamedTuple):
    """One path that matters: ``path`` is ``directory`` + "/" + ``relative``.

    ``kind`` is one of the five words above, ``lua_version`` is "5.1" and so on, or empty where
    the path does not contain it (commands, copyright). A ``LUA`` or ``LIB`` file is in a module
    directory, but only one with a ``module`` name can be loaded with ``require``.
    """

    path: str
    kind: str
    lua_version: str
    directory: str
    relative: str

    @property
    def module(self) -> str:
        """Return the name that ``require`` knows the file by, or "" if it is no module."""
        stem, dot, extension = self.relative.rpartition(".")
        if not dot or self.kind not in (LUA, LIB) or extension not in ("lua", "so"):
            return ""
        return stem.replace("/", ".").removesuffix(".init")


def classify(path: str) -> LuaFile | None:
    """Return the kind of ``path``, or None if it does not matter or is not normalized."""
    if "//" in path or "/../" in f"{path}/" or "/./" in f"{path}/" or path.endswith("/"):
        return None
    if found := _MODULE.fullmatch(path):
        part = found.group
        if part("lua"):
            return LuaFile(path, LUA, part("lua_version"), part("lua"), part("lua_path"))
        return LuaFile(path, LIB, part("lib_version"), part("lib"), part("lib_path"))
    for kind, pattern in ((COMMAND, _COMMAND), (COPYRIGHT, _COPYRIGHT), (METADATA, _METADATA)):
        if found := pattern.fullmatch(path):
            version = found["version"] if kind == METADATA else ""
            return LuaFile(path, kind, version, found["directory"], found["path"])
    return None


def has_lua(paths: Iterable[str]) -> bool:
    """Return whether any path is more than a command or a copyright notice."""
    return any(file and file.kind not in (COMMAND, COPYRIGHT) for file in map(classify, paths))


def modules_of(paths: Iterable[str], lua_version: str) -> tuple[str, ...]:
    """Return the names of the modules among ``paths`` for one Lua version, sorted."""
    files = (classify(path) for path in paths)
    names = {file.module for file in files if file and file.lua_version == lua_version}
    return tuple(sorted(names - {""}))
