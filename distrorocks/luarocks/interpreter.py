"""The Lua versions that the program ``luarocks`` runs under, from its first lines."""

from __future__ import annotations

import re
from itertools import islice

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.root_path import RootView

_LIMIT = 256 * 1024
_LINES = 10  # as in Debian's lua-any
_INTERPRETER = re.compile(rb"\blua-?(5)\.?([0-9])\b")
_VERSIONS = re.compile(rb"--[ \t]*lua-versions[ \t]*:([^\n]*)", re.IGNORECASE)


def luarocks_versions(view: RootView, path: str) -> tuple[LuaVersion, ...]:
    """Return the versions for the first ``luarocks`` on a ``PATH``, in its order of preference.

    Debian's lists them in a comment (``lua-any``, package lua5.x); one that LuaRocks itself
    installed names its interpreter in the first line. Return () if unknown.
    """
    for directory in filter(None, path.split(":")):
        found = view.find(f"{directory}/luarocks")
        if not found or not found.is_file or not found.status.st_mode & 0o111:
            continue
        try:
            lines = islice(read_bounded(view.host_path(found.path), _LIMIT).split(b"\n"), _LINES)
        except DistrorocksError:
            return ()
        return _told(list(lines))
    return ()


def _told(lines: list[bytes]) -> tuple[LuaVersion, ...]:
    if not lines[0].startswith(b"#!"):
        return ()
    named = _INTERPRETER.search(lines[0])
    texts = [b"%s.%s" % named.groups()] if named else []
    if b"lua-any" in lines[0]:
        listed = next(filter(None, map(_VERSIONS.match, lines)), None)
        texts = listed[1].split() if listed else []
    return tuple(
        LuaVersion(version)
        for version in (text.decode("ascii", "replace") for text in texts)
        if version in LUA_VERSIONS
    )
