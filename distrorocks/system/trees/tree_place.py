"""Where a tree is: its directories without links, as the configuration of today has them.

A link counts where root or this user made it and nobody else can put another in its place, as when
an administrator keeps /usr/local on another disk. Any other link is left in the path, where
``Beneath`` stops at it.
"""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.system.files.trust import UntrustedError, trusted_path
from distrorocks.trees.layout import Layout

UNDO = ".distrorocks-undo-"
"""How the names of the directories begin that keep a tree: they are no part of it."""

ROCKS, LUA, LIB, BIN = "rocks", "lua", "lib", "bin"


class TreePlace(NamedTuple):
    """``tops`` are names with the directories that LuaRocks changes, none within another one.

    ``commands`` is the directory of commands, ``undo`` the one that keeps the tree in a run.
    """

    root: str
    lua_version: str
    tops: tuple[tuple[str, str], ...]
    commands: str
    undo: str

    def path(self, top: str, name: str) -> str:
        """Return the path of what is called ``name`` ("" for itself) in a top."""
        directory = dict(self.tops)[top]
        return f"{directory}/{name}" if name else directory

    def levels(self, top: str) -> int:
        """Return how many directories of a top's path belong to the tree, itself counted."""
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
        """Return the path of a directory that is called ``name`` relative to the root."""
        return f"{self.root.rstrip('/')}/{name}"

    def above(self, top: str, levels: int) -> list[str]:
        """Return a top and the directories above it, topmost first, ``levels`` in number."""
        path = dict(self.tops)[top]
        found = []
        for _ in range(levels):
            found.append(path)
            path = path.rpartition("/")[0]
        return found[::-1]


def tree_place(layout: Layout) -> TreePlace:
    """Return the place of a tree of this system; none of its directories need be there."""
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
    """Return where LuaRocks deploys commands: below the tree, whatever ``bin_dir`` says."""
    return f"{layout.root.rstrip('/')}/bin"


def resolved(path: str) -> str:
    """Return a path without the links that root or this user made."""
    try:
        return trusted_path("/", path)
    except UntrustedError:
        above, _, name = path.rstrip("/").rpartition("/")
        if not name:
            return "/"
        return f"{resolved(above or '/').rstrip('/')}/{name}"
