"""Lua's search paths as text: variables, what ``luarocks path`` makes of them, files to try.

The rules are those of Lua (luaconf.h, loadlib.c) and of LuaRocks (``luarocks.core.util``,
``luarocks.core.cfg``, ``luarocks.cmd.path``). Nothing here touches the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from distrorocks.patterns import regex
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple

_OF_VERSION = regex(r"/lua/([0-9.]+)/")


class SearchPath(NamedTuple):
    """The values of ``package.path`` and ``package.cpath``."""

    lua: str
    c: str

    def templates(self, directory: str = "") -> tuple[str, ...]:
        """Return the absolute templates that ``require`` tries, in order.

        Relative ones are resolved against ``directory``, and left out if it is "".
        """
        return _absolute(f"{self.lua};{self.c}", directory)

    def c_templates(self, directory: str = "") -> tuple[str, ...]:
        """Return the absolute templates of C libraries, in order."""
        return _absolute(self.c, directory)


def _absolute(path: str, directory: str) -> tuple[str, ...]:
    """Return the templates of a path, relative ones below ``directory`` or left out if it is ""."""
    found = [each for each in path.split(";") if each]
    if directory:
        found = [
            each if each.startswith("/") else f"{directory}/{each.removeprefix('./')}"
            for each in found
        ]
    return tuple(dict.fromkeys(each for each in found if each.startswith("/")))


def variable(name: str, lua_version: str, environment: Mapping[str, str]) -> str:
    """Return the variable that a Lua version reads for ``LUA_PATH``, ``LUA_CPATH`` or ``LUA_INIT``.

    From 5.2 on the one with the version's suffix comes first.
    """
    own = f"{name}_{lua_version.replace('.', '_')}"
    return own if lua_version != "5.1" and own in environment else name


def start_path(
    built_in: SearchPath, lua_version: str, environment: Mapping[str, str]
) -> SearchPath:
    """Return the search paths with which an interpreter starts; ``;;`` is the built-in path."""
    texts = []
    for name, default in zip(("LUA_PATH", "LUA_CPATH"), built_in, strict=True):
        value = environment.get(variable(name, lua_version, environment))
        texts.append(default if value is None else value.replace(";;", f";{default};"))
    return SearchPath(*texts)


def with_trees(start: SearchPath, trees: Iterable[Layout], lua_version: str) -> SearchPath:
    """Return the search paths of a program that runs LuaRocks: the trees come last."""
    entries = of_trees(trees)
    return SearchPath(
        *(
            cleaned(f"{own};{added}", lua_version, keeps_first=True)
            for own, added in zip(start, entries, strict=True)
        )
    )


def exported(
    start: SearchPath,
    trees: Iterable[Layout],
    lua_version: str,
    *,
    chosen: Layout | None = None,
    is_appended: bool = False,
) -> SearchPath:
    """Return what ``luarocks path`` exports if its own interpreter starts with ``start``.

    It puts the ``chosen`` tree and all others first and drops all but the last of equal entries;
    its own search path has the configured trees last already, so they stay behind the standard
    directories. With ``--append`` it puts them last and drops all but the first.
    """
    trees = tuple(trees)
    own = with_trees(start, trees, lua_version)
    added = of_trees(trees if chosen is None else (chosen, *trees))
    pairs = zip(added, own, strict=True)
    texts = (f"{path};{more}" if is_appended else f"{more};{path}" for more, path in pairs)
    return SearchPath(*(cleaned(each, lua_version, keeps_first=is_appended) for each in texts))


def of_trees(trees: Iterable[Layout]) -> SearchPath:
    """Return the entries for the modules of trees."""
    lua, c = [], []
    for each in trees:
        lua += [f"{each.lua_dir}/?.lua", f"{each.lua_dir}/?/init.lua"]
        c.append(f"{each.lib_dir}/?.so")
    return SearchPath(";".join(lua), ";".join(c))


def cleaned(path: str, lua_version: str, *, keeps_first: bool) -> str:
    """Return a path without equal entries, for one Lua version (``util.cleanup_path``)."""
    parts = [
        _OF_VERSION.sub(
            lambda found: found[0] if found[1].startswith(lua_version) else f"/lua/{lua_version}/",
            part.replace("//", "/"),
        )
        for part in path.split(";")
    ]
    if keeps_first:
        return ";".join(dict.fromkeys(parts))
    return ";".join(reversed(dict.fromkeys(reversed(parts))))
