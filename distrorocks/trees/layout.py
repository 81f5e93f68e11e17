"""The layout of a tree for one Lua version: all its paths, without access to the disk.

LuaRocks deploys below a prefix (``root``): Lua modules to ``share/lua/5.x``, C modules to
``lib/lua/5.x``, commands to ``bin``, metadata to ``lib/luarocks/rocks-5.x``. Distributions change
the second: Debian to ``lib/<triplet>/lua/5.x``, Fedora and openSUSE to ``lib64/lua/5.x``; an entry
of ``rocks_trees`` sets it with ``lib_dir``. Paths are as seen by a program inside the root. Trees
of packages are written by package managers only; LuaRocks does not know that, and installs to the
last tree of its configuration, even over files of packages.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.values import NamedTuple

LOCK_NAME = "lockfile.lfs"
DISTRO_ROOT = "/usr"


Rock = tuple[str, str]
"""The name and version of a rock in a tree."""


class Layout(NamedTuple):
    """The places of one tree: absolute paths without a trailing slash."""

    name: str
    root: str
    lua_version: str
    lua_dir: str
    lib_dir: str
    bin_dir: str
    rocks_dir: str

    @property
    def manifest(self) -> str:
        """The index of the tree."""
        return f"{self.rocks_dir}/manifest"

    @property
    def lock(self) -> str:
        """LuaRocks' lock of the tree, in its root, for all Lua versions."""
        return f"{self.root}/{LOCK_NAME}"

    def below_modules(self, path: str) -> str:
        """Return a path below the directory of Lua or of C modules, "" if it is in neither."""
        for place in (self.lua_dir, self.lib_dir):
            if path.startswith(f"{place}/"):
                return path[len(place) + 1 :]
        return ""

    def rock_dir(self, rock: str, version: str) -> str:
        """Return the directory of one rock's metadata."""
        return f"{self.rocks_dir}/{rock}/{version}"

    def rock_manifest(self, rock: str, version: str) -> str:
        """Return the path of the list of one rock's files."""
        return f"{self.rocks_dir}/{rock}/{version}/rock_manifest"

    def rockspec(self, rock: str, version: str) -> str:
        """Return the path of the copy of one rock's rockspec."""
        return f"{self.rocks_dir}/{rock}/{version}/{rock}-{version}.rockspec"


def tree_layout(
    root: str,
    lua_version: str,
    *,
    name: str = "",
    lua_dir: str = "",
    lib_dir: str = "",
    bin_dir: str = "",
    rocks_dir: str = "",
) -> Layout:
    """Return LuaRocks' layout of a tree, with the directories that its entry overrides."""
    prefix = root.rstrip("/")
    return Layout(
        name=name,
        root=prefix or "/",
        lua_version=lua_version,
        lua_dir=(lua_dir or f"{prefix}/share/lua/{lua_version}").rstrip("/"),
        lib_dir=(lib_dir or f"{prefix}/lib/lua/{lua_version}").rstrip("/"),
        bin_dir=(bin_dir or f"{prefix}/bin").rstrip("/"),
        rocks_dir=(rocks_dir or f"{prefix}/lib/luarocks/rocks-{lua_version}").rstrip("/"),
    )


def distro_layout(
    lua_version: str, *, library_dir: str = "lib", root: str = DISTRO_ROOT, name: str = "distro"
) -> Layout:
    """Return the layout of the tree that packages deploy to.

    ``library_dir`` is the distribution's library directory below ``root``: ``lib``, ``lib64``, or
    Debian's ``lib/x86_64-linux-gnu``.
    """
    lib_dir = f"{root}/{library_dir}/lua/{lua_version}"
    return tree_layout(root, lua_version, name=name, lib_dir=lib_dir)


def library_dir_of(distro: Layout) -> str:
    """Return the library directory that the distribution's layout was made with."""
    below = distro.lib_dir.removeprefix(f"{DISTRO_ROOT}/")
    return below.removesuffix(f"/lua/{distro.lua_version}")


def belongs_to_packages(layout: Layout, files: Iterable[str] = ()) -> bool:
    """Return whether a tree is the distribution's, or contains modules or metadata of packages.

    ``files`` are the paths that packages own.
    """
    if layout.root == DISTRO_ROOT:
        return True
    places = tuple(f"{place}/" for place in (layout.lua_dir, layout.lib_dir, layout.rocks_dir))
    return any(path.startswith(places) for path in files)
