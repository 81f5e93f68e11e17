"""The directories of a tree with links resolved, according to the present configuration.

A link is resolved if root or this user owns it and nobody else can replace it, as when an
administrator keeps /usr/local on another disk. Any other link stays in the path, where ``Beneath``
refuses it.
"""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.system.files.trust import UntrustedError, trusted_path
from distrorocks.trees.layout import Layout

UNDO = ".distrorocks-undo-"
"""The prefix of snapshot directories, which are no part of a tree."""

TRIAL = ".tmpluarockstestwritable"
"""The file by which LuaRocks tests whether it can write a directory."""

ROCKS, LUA, LIB, BIN = "rocks", "lua", "lib", "bin"


class TreePlace(NamedTuple):
    """``tops`` maps names to the directories that LuaRocks changes, none within another.

    ``commands`` is the directory of commands, ``undo`` the one of the snapshot.
    """

    root: str
    lua_version: str
    tops: tuple[tuple[str, str], ...]
    commands: str
    undo: str

    def path(self, top: str, name: str) -> str:
        """Return the path of ``name`` in a top ("" for the top itself)."""
        directory = dict(self.tops)[top]
        return f"{directory}/{name}" if name else directory

    def levels(self, top: str) -> int:
        """Return how many directories of a top's path belong to the tree, including the top."""
        path, root = dict(self.tops)[top], self.root.rstrip("/")
        return path.count("/") - (root.count("/") if path.startswith(f"{root}/") else 0)

    def ways(self) -> list[str]:
        """Return the directories between the root and the tops, relative to it, topmost first."""
        root = f"{self.root.rstrip('/')}/"
        found: set[str] = set()
        for _, path in self.tops:
            if path.startswith(root):
                steps = path.removeprefix(root).split("/")
                found.update("/".join(steps[:number]) for number in range(1, len(steps)))
        return sorted(found)

    def way(self, name: str) -> str:
        """Return the path of a directory that is named relative to the root."""
        return f"{self.root.rstrip('/')}/{name}"

    def trials(self) -> list[str]:
        """Return the paths outside the tops at which LuaRocks may leave its test file."""
        return [self.way(f"{name}{TRIAL}") for name in ("", *(f"{way}/" for way in self.ways()))]

    def above(self, top: str, levels: int) -> list[str]:
        """Return a top and its parents, topmost first, ``levels`` in number."""
        path = dict(self.tops)[top]
        found = []
        for _ in range(levels):
            found.append(path)
            path = path.rpartition("/")[0]
        return found[::-1]


def tree_place(layout: Layout) -> TreePlace:
    """Return the place of a tree of this system; its directories need not exist."""
    named = {
        ROCKS: resolved(layout.rocks_dir),
        LUA: resolved(layout.lua_dir),
        LIB: resolved(layout.lib_dir),
        BIN: resolved(commands_directory(layout)),
    }
    tops: dict[str, str] = {}
    for name, path in sorted(named.items(), key=lambda item: len(item[1])):
        if not any(f"{path}/".startswith(f"{other}/") for other in tops.values()):
            tops[name] = path
    above = resolved(layout.rocks_dir.rpartition("/")[0] or "/").rstrip("/")
    undo = f"{above}/{UNDO}{layout.lua_version}"
    return TreePlace(
        resolved(layout.root), layout.lua_version, tuple(sorted(tops.items())), named[BIN], undo
    )


def commands_directory(layout: Layout) -> str:
    """Return where LuaRocks deploys commands: in the tree, whatever ``bin_dir`` is."""
    return f"{layout.root.rstrip('/')}/bin"


def resolved(path: str) -> str:
    """Return a path with the links resolved that root or this user owns."""
    try:
        return trusted_path("/", path)
    except UntrustedError:
        above, _, name = path.rstrip("/").rpartition("/")
        if not name:
            return "/"
        return f"{resolved(above or '/').rstrip('/')}/{name}"
