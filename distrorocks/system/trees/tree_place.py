"""The directories of a tree with links resolved, according to the present configuration.

A link is resolved if root or this user owns it and nobody else can replace it, as when an
administrator keeps /usr/local on another disk. Any other link stays in the path, where ``Beneath``
refuses it.
"""

from __future__ import annotations

from distrorocks.system.files.trust import UntrustedError, trusted_path
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple

ROCKS, LUA, LIB, BIN = "rocks", "lua", "lib", "bin"


class TreePlace(NamedTuple):
    """``tops`` maps names to the directories in which rocks are deployed, none within another.

    ``commands`` is the directory of commands, ``above`` the one of the rocks directory.
    """

    root: str
    lua_version: str
    tops: tuple[tuple[str, str], ...]
    commands: str
    above: str

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
    return TreePlace(
        resolved(layout.root), layout.lua_version, tuple(sorted(tops.items())), named[BIN], above
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
